// Strategic merge patch for the built-in kinds: lists of objects are merged by a key of theirs instead of being replaced.
// Semantics: k8s.io/apimachinery/pkg/util/strategicpatch.
import { canonicalJson, isList, isObject, type Json, type JsonObject } from './json.ts'
import type { Field, ListSchema, Schema, StructSchema } from './schema.ts'
import { badRequest } from './status.ts'

const DIRECTIVE = '$patch'
const RETAIN_KEYS = '$retainKeys'
const ORDER = '$setElementOrder/'
const DELETE_FROM = '$deleteFromPrimitiveList/'

/** `target` of type `schema` with `patch` laid over. Throws 400 for a patch that contradicts itself. */
export function strategicMergePatch(target: JsonObject, patch: JsonObject, schema: StructSchema): JsonObject {
  return mergeObject(target, patch, schema)
}

function mergeObject(target: JsonObject, patch: JsonObject, schema: Schema): JsonObject {
  const directive = patch[DIRECTIVE]
  if (directive === 'replace') return withoutDirectives(patch)
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge') {
    throw badRequest(`Unknown patch type found: ${String(directive)}`)
  }
  const merged: Record<string, Json | undefined> = retained(target, patch)
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$') || value === undefined) continue
    if (value === null) delete merged[key]
    else merged[key] = mergeMember(merged[key], value, { field: fieldOf(schema, key), patch, key })
  }
  applyListDirectives(merged, patch, schema)
  return merged
}

interface Member {
  readonly field: Field | undefined
  readonly patch: JsonObject
  readonly key: string
}

function mergeMember(target: Json | undefined, value: Json, { field, patch, key }: Member): Json {
  const schema = field?.schema
  if (isList(value) && schema?.kind === 'list' && schema.mergeKey !== undefined) {
    const order = patch[ORDER + key]
    return mergeList(isList(target) ? target : [], value, {
      schema,
      order: isList(order) ? order : undefined,
    })
  }
  if (isObject(value) && schema !== undefined && isMergeable(schema)) {
    return mergeObject(isObject(target) ? target : {}, value, schema)
  }
  return value
}

function isMergeable(schema: Schema): boolean {
  return (
    schema.kind === 'struct' || schema.kind === 'map' || (schema.kind === 'scalar' && schema.scalar === 'any')
  )
}

function fieldOf(schema: Schema, key: string): Field | undefined {
  if (schema.kind === 'struct') return schema.fields.get(key)
  const values = schema.kind === 'map' ? schema.values : schema
  return { schema: values, presence: 'nonZero', retainKeys: false }
}

/** With $retainKeys only the named keys of the target survive. */
function retained(target: JsonObject, patch: JsonObject): Record<string, Json | undefined> {
  const kept = patch[RETAIN_KEYS]
  if (!isList(kept)) return { ...target }
  const strange = Object.keys(patch).find((key) => !key.startsWith('$') && !kept.includes(key))
  if (strange !== undefined && patch[strange] !== null) {
    throw badRequest('retainKeys list must contains all fields present in the patch')
  }
  return Object.fromEntries(Object.entries(target).filter(([key]) => kept.includes(key)))
}

/** Directives for lists that the patch gives no items of. */
function applyListDirectives(
  merged: Record<string, Json | undefined>,
  patch: JsonObject,
  schema: Schema,
): void {
  for (const [directive, value] of Object.entries(patch)) {
    if (!isList(value)) continue
    if (directive.startsWith(DELETE_FROM)) {
      const key = directive.slice(DELETE_FROM.length)
      const kept = merged[key]
      if (isList(kept)) merged[key] = kept.filter((item) => !value.includes(item))
    }
    if (directive.startsWith(ORDER)) {
      const key = directive.slice(ORDER.length)
      const list = merged[key]
      const field = fieldOf(schema, key)?.schema
      if (isList(list) && field?.kind === 'list' && !(key in patch))
        merged[key] = ordered(list, value, { schema: field, given: [] })
    }
  }
}

interface ListMerge {
  readonly schema: ListSchema
  readonly order: readonly Json[] | undefined
}

function mergeList(
  target: readonly Json[],
  patch: readonly Json[],
  { schema, order }: ListMerge,
): readonly Json[] {
  if (schema.mergeKey === '') {
    const union = [...target, ...patch.filter((item) => !target.includes(item))]
    return order === undefined ? union : ordered(union, order, { schema, given: patch })
  }
  if (patch.some((item) => isObject(item) && item[DIRECTIVE] === 'replace')) {
    return patch.filter((item) => !(isObject(item) && item[DIRECTIVE] === 'replace'))
  }
  const merged = patch.reduce<readonly Json[]>((list, item) => mergeItem(list, item, schema), target)
  return order === undefined ? merged : ordered(merged, order, { schema, given: patch })
}

/** One item of the patch laid over the items that have the same key. */
function mergeItem(list: readonly Json[], item: Json, schema: ListSchema): readonly Json[] {
  const key = schema.mergeKey ?? ''
  if (!isObject(item) || item[key] === undefined) {
    throw badRequest(`map: ${canonicalJson(item)} does not contain declared merge key: ${key}`)
  }
  const place = list.findIndex((each) => identityOf(each, schema) === identityOf(item, schema))
  if (item[DIRECTIVE] === 'delete') {
    return list.filter((each) => identityOf(each, schema) !== identityOf(item, schema))
  }
  const present = list[place]
  if (!isObject(present)) return [...list, mergeObject({}, item, schema.items)]
  return list.with(place, mergeObject(present, item, schema.items))
}

function identityOf(item: Json | undefined, { mergeKey = '' }: ListSchema): string {
  return canonicalJson(mergeKey === '' ? item : isObject(item) ? item[mergeKey] : undefined)
}

/**
 * Items that the order names stand in that order; items that only the server has keep their place among their own, in
 * front of the named item they stood before.
 */
function ordered(
  list: readonly Json[],
  order: readonly Json[],
  { schema }: { readonly schema: ListSchema; readonly given: readonly Json[] },
): readonly Json[] {
  const rank = new Map(order.map((each, i) => [identityOf(each, schema), i]))
  const named = list
    .filter((each) => rank.has(identityOf(each, schema)))
    .sort((a, b) => (rank.get(identityOf(a, schema)) ?? 0) - (rank.get(identityOf(b, schema)) ?? 0))
  const others = list.filter((each) => !rank.has(identityOf(each, schema)))
  return mergeByPlace(named, others, list)
}

function mergeByPlace(
  named: readonly Json[],
  others: readonly Json[],
  list: readonly Json[],
): readonly Json[] {
  const merged: Json[] = []
  const left = [...others]
  for (const item of named) {
    while (left[0] !== undefined && list.indexOf(left[0]) < list.indexOf(item))
      merged.push(...left.splice(0, 1))
    merged.push(item)
  }
  return [...merged, ...left]
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith('$')))
}
