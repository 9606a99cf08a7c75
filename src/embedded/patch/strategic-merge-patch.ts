// Strategic merge patch for the built-in kinds: lists of objects are merged by a key of theirs instead of being replaced
// (k8s.io/apimachinery/pkg/util/strategicpatch).

import { isList, isObject, type Json, type JsonObject } from '../object/json.ts'
import { badRequest, internalError } from '../object/status.ts'
import type { Field, ListSchema, Schema, StructSchema } from '../schema/schema.ts'
import { arrangeList, goText, identityOf, itemsByKey } from './patch-list.ts'

const DIRECTIVE = '$patch'
const RETAIN_KEYS = '$retainKeys'
const ORDER = '$setElementOrder/'
const DELETE_FROM = '$deleteFromPrimitiveList/'

/** `target` of type `schema` with `patch` laid over. Throws 400 or 500 for a patch that contradicts itself. */
export function strategicMergePatch(target: JsonObject, patch: JsonObject, schema: StructSchema): JsonObject {
  return mergeObject(target, patch, schema)
}

function mergeObject(target: JsonObject, patch: JsonObject, schema: Schema): JsonObject {
  const directive = patch[DIRECTIVE]
  if (directive === 'replace') return withoutKey(patch, DIRECTIVE)
  if (directive === 'delete') return {}
  if (directive !== undefined) throw unknownDirective(patch)
  // A Map, because a member may have any name, `__proto__` too.
  const merged = new Map(Object.entries(retained(target, patch)))
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || key === RETAIN_KEYS) continue
    const [name, next] = mergeEntry(merged, { key, value, patch, schema })
    if (next === undefined) merged.delete(name)
    else merged.set(name, next)
  }
  return Object.fromEntries(merged)
}

function unknownDirective(patch: JsonObject): Error {
  return internalError(`unknown patch type: ${goText(patch[DIRECTIVE])} in map: ${goText(patch)}`)
}

type Members = ReadonlyMap<string, Json | undefined>

interface Entry {
  readonly key: string
  readonly value: Json
  readonly patch: JsonObject
  readonly schema: Schema
}

/** The member that one entry of a patch is about, and its new value; undefined removes it. */
function mergeEntry(
  merged: Members,
  { key, value, patch, schema }: Entry,
): readonly [string, Json | undefined] {
  if (key.startsWith(DELETE_FROM)) {
    const name = key.slice(DELETE_FROM.length)
    const present = merged.get(name)
    return [
      name,
      isList(present) && isList(value) ? present.filter((each) => !value.includes(each)) : present,
    ]
  }
  if (key.startsWith(ORDER)) {
    const name = key.slice(ORDER.length)
    if (patch[name] === undefined) return [name, reordered(merged.get(name), value, fieldOf(schema, name))]
    checkList(patch[name])
    checkList(value)
    return [name, merged.get(name)]
  }
  return [
    key,
    value === null
      ? undefined
      : mergeMember(merged.get(key), value, { field: fieldOf(schema, key), order: patch[ORDER + key] }),
  ]
}

/** An order is a list, and so is what it orders. */
function checkList(value: Json): void {
  if (isList(value)) return
  throw internalError(
    `expected a []interface {}, but received a ${isObject(value) ? 'map[string]interface {}' : '%!s(<nil>)'}`,
  )
}

function reordered(list: Json | undefined, order: Json, field: Field | undefined): Json | undefined {
  if (!isList(list) || !isList(order) || field?.schema.kind !== 'list') return list
  return arrangeList(list, { order, server: list, schema: field.schema })
}

interface MemberPatch {
  readonly field: Field | undefined
  readonly order: Json | undefined
}

function mergeMember(
  present: Json | undefined,
  value: Json,
  { field, order }: MemberPatch,
): Json | undefined {
  const schema = field?.schema
  if (isList(value) && schema?.kind === 'list' && (isList(present) || isList(order))) {
    const list = isList(present) ? present : []
    return mergeList(list, value, { schema, order: isList(order) ? order : undefined })
  }
  if (isObject(value) && isObject(present)) return mergeObject(present, value, schema ?? ANY)
  return cleaned(value)
}

const ANY: Schema = { kind: 'scalar', scalar: 'any' }

function fieldOf(schema: Schema, key: string): Field | undefined {
  if (schema.kind === 'struct') return schema.fields.get(key)
  return { schema: schema.kind === 'map' ? schema.values : schema, presence: 'nonZero', retainKeys: false }
}

/** With $retainKeys only the named keys of the target survive. */
function retained(target: JsonObject, patch: JsonObject): JsonObject {
  const kept = patch[RETAIN_KEYS]
  if (kept === undefined) return target
  const given = Object.keys(patch).filter((key) => !key.startsWith('$') && patch[key] !== null)
  if (!isList(kept) || given.some((key) => !kept.includes(key))) {
    throw badRequest('invalid patch format of retainKeys')
  }
  return Object.fromEntries(Object.entries(target).filter(([key]) => kept.includes(key)))
}

interface ListPatch {
  readonly schema: ListSchema
  readonly order: readonly Json[] | undefined
}

function mergeList(
  target: readonly Json[],
  patch: readonly Json[],
  { schema, order }: ListPatch,
): readonly Json[] {
  if (schema.mergeKey === undefined) return patch
  if (schema.mergeKey === '') {
    const union = [...new Set([...target, ...patch])]
    return arrangeList(union, { order: order ?? patch, server: target, schema })
  }
  if (order !== undefined) checkOrder(patch, order, schema)
  const special = itemsByKey(patch, schema).filter((item) => DIRECTIVE in item)
  const plain = itemsByKey(patch, schema).filter((item) => !(DIRECTIVE in item))
  const kept = special.reduce((list, item) => withoutItem(list, item, schema), target)
  const replaced = special.some((item) => item[DIRECTIVE] === 'replace')
  const merged = replaced ? kept : plain.reduce((list, item) => mergeItem(list, item, schema), kept)
  // What replaces a list is taken for that of the server, and brought into its order: what has one name stands together.
  const arranged = replaced
    ? arrangeList(plain, { order: [], server: plain, schema })
    : arrangeList(merged, { order: plain, server: kept, schema })
  if (order === undefined) return arranged
  // The real server takes new items for old ones as far as they fill the places of those that were deleted.
  const server = kept.length < target.length ? merged.slice(0, target.length) : target
  return arrangeList(arranged, { order, server, schema })
}

/** The list without the item that a directive of deletion names. */
function withoutItem(list: readonly Json[], item: JsonObject, schema: ListSchema): readonly Json[] {
  if (item[DIRECTIVE] === 'replace') return list
  if (item[DIRECTIVE] !== 'delete') throw unknownDirective(item)
  return list.filter((each) => identityOf(each, schema) !== identityOf(item, schema))
}

/** One item of the patch laid over the item that has the same key, or appended. */
function mergeItem(list: readonly Json[], item: JsonObject, schema: ListSchema): readonly Json[] {
  const place = list.findIndex((each) => identityOf(each, schema) === identityOf(item, schema))
  const present = list[place]
  return isObject(present) ? list.with(place, mergeObject(present, item, schema.items)) : [...list, item]
}

/**
 * Items stand in a patch in the order that it asks for. What is left of the items when the order ends is refused, be it
 * an item that is a directive, as the real server does.
 */
function checkOrder(patch: readonly Json[], order: readonly Json[], schema: ListSchema): void {
  const items = itemsByKey(patch, schema).filter((item) => item[DIRECTIVE] !== 'delete')
  if (order.length === 0 || patch.length === 0) return
  let matched = 0
  let place = 0
  while (matched < items.length && place < order.length) {
    const item = items[matched] ?? {}
    const named = identityOf(item, schema) === identityOf(order[place] ?? null, schema)
    if (DIRECTIVE in item || named) matched += 1
    if (!(DIRECTIVE in item)) place += 1
  }
  if (matched === items.length) return
  throw internalError(
    `The order in patch list:\n${goText(patch)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`,
  )
}

/** A value that nothing was there to merge with: without nulls, and without objects that are directives. */
function cleaned(value: Json): Json | undefined {
  if (isList(value)) return value.flatMap((each) => cleaned(each) ?? [])
  if (!isObject(value)) return value
  if (DIRECTIVE in value) return undefined
  const members = Object.entries(value).flatMap(([key, each]) => {
    const kept = each === null || each === undefined ? undefined : cleaned(each)
    return kept === undefined ? [] : [[key, kept] as const]
  })
  return Object.fromEntries(members)
}

function withoutKey(value: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([each]) => each !== key))
}
