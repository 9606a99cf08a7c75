// Walks over a value by its type, as sigs.k8s.io/structured-merge-diff/typed does: which fields it mentions, and what is
// left of it without some of them.
import { isList, isObject, type Json, type JsonObject } from '../object/json.ts'
import type { ListSchema, Schema } from '../schema/schema.ts'
import { elementOf } from './field-compare.ts'
import { EMPTY, type FieldSet, isEmptySet, SELF, setOf } from './field-set.ts'

interface MemberType {
  readonly schema: Schema
  /** A field that the type names, rather than a key of a map. */
  readonly named: boolean
}

/** The type of a member of an object; undefined where the type has no such member. */
export function memberType(schema: Schema, key: string): MemberType | undefined {
  if (schema.kind === 'map') return { schema: schema.values, named: false }
  if (schema.kind !== 'struct') return undefined
  const field = schema.fields.get(key)
  if (field !== undefined) return { schema: field.schema, named: true }
  return schema.rest && { schema: schema.rest, named: false }
}

/** Whether nothing within the value is owned on its own. */
function isWhole(value: Json, schema: Schema): boolean {
  if (schema.kind === 'scalar') return true
  if (schema.kind === 'list') return schema.ownership === 'atomic'
  return schema.atomic || (value !== null && !isObject(value))
}

/** Every leaf and item that a value mentions. */
export function fieldsOf(value: Json, schema: Schema): FieldSet {
  if (isWhole(value, schema)) return SELF
  if (isList(value) && schema.kind === 'list') return fieldsOfList(value, schema)
  if (!isObject(value)) return EMPTY
  const members = Object.entries(value).flatMap(([key, member]) => {
    const type = memberType(schema, key)
    if (type === undefined || member === undefined) return []
    const fields = fieldsOf(member, type.schema)
    return [[`f:${key}`, type.named && !isBlank(member) ? fields : withSelf(fields)] as const]
  })
  return setOf(false, members)
}

function isBlank(value: Json): boolean {
  return value === null || (isObject(value) && Object.keys(value).length === 0)
}

/** An item of which there are several is mentioned, and nothing in it. */
function fieldsOfList(list: readonly Json[], schema: ListSchema): FieldSet {
  const members = new Map<string, FieldSet>()
  for (const item of list) {
    const element = elementOf(item, schema)
    members.set(element, members.has(element) ? SELF : withSelf(fieldsOf(item, schema.items)))
  }
  return { self: false, children: members }
}

function withSelf({ children }: FieldSet): FieldSet {
  return { self: true, children }
}

/** The set with every field that has something below it, but not every list and map. */
export function withNamedFields({ self, children }: FieldSet, schema: Schema | undefined): FieldSet {
  const members = [...children].map(([element, child]): readonly [string, FieldSet] => {
    const type = elementType(element, schema)
    const inner = withNamedFields(child, type?.schema)
    return [element, type?.named && child.children.size > 0 ? withSelf(inner) : inner]
  })
  return { self, children: new Map(members) }
}

function elementType(element: string, schema: Schema | undefined): MemberType | undefined {
  if (schema === undefined) return undefined
  if (element.startsWith('f:')) return memberType(schema, element.slice(2))
  return schema.kind === 'list' ? { schema: schema.items, named: false } : undefined
}

/** What is left of a value without the fields and items of a set; null where nothing is. */
export function withoutFields(value: Json, removed: FieldSet, schema: Schema): Json {
  if (isList(value)) return schema.kind === 'list' ? listWithout(value, removed, schema) : value
  if (!isObject(value)) return value
  return isWhole(value, schema) ? null : objectWithout(value, removed, schema)
}

function listWithout(list: readonly Json[], removed: FieldSet, schema: ListSchema): Json {
  if (schema.ownership === 'atomic') return null
  const kept = list.flatMap((item) => {
    const below = removed.children.get(elementOf(item, schema)) ?? EMPTY
    if (below.self) return []
    return [isEmptySet(below) ? item : withoutFields(item, below, schema.items)]
  })
  return kept.length === 0 ? null : kept
}

function objectWithout(value: JsonObject, removed: FieldSet, schema: Schema): Json {
  const kept = Object.entries(value).flatMap(([key, member]) => {
    const below = removed.children.get(`f:${key}`) ?? EMPTY
    const type = memberType(schema, key)
    if (below.self || member === undefined) return []
    return [
      [key, isEmptySet(below) || type === undefined ? member : withoutFields(member, below, type.schema)],
    ]
  })
  return kept.length === 0 ? null : Object.fromEntries(kept)
}
