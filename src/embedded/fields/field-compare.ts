// Which fields differ between two states of an object: added, modified, removed
// (sigs.k8s.io/structured-merge-diff/typed, Compare).

import { canonicalJson, isList, isObject, type Json, type JsonObject, jsonEqual } from '../object/json.ts'
import { zeroOf } from '../schema/scalar.ts'
import { type ListSchema, OPEN, type Schema } from '../schema/schema.ts'
import { EMPTY, type FieldSet, SELF, setOf } from './field-set.ts'

/** No field is in more than one of the three. */
export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

const SAME: Comparison = { added: EMPTY, modified: EMPTY, removed: EMPTY }

/** Compares two states of a value. Undefined means that it is not there, which is not null. */
export function compareFields(before: Json | undefined, after: Json | undefined, schema: Schema): Comparison {
  if (before === after || (before === undefined && after === undefined)) return SAME
  if (isLeaf(before, after, schema)) return compareLeaf(before, after)
  const members = memberPairs(before, after, schema)
  const compared = members.map(({ element, pair, schema: inner }) => ({
    element,
    ...compareFields(...pair, inner),
  }))
  return {
    added: setOf(
      before === undefined,
      compared.map(({ element, added }) => [element, added]),
    ),
    modified: setOf(
      false,
      compared.map(({ element, modified }) => [element, modified]),
    ),
    removed: setOf(
      after === undefined,
      compared.map(({ element, removed }) => [element, removed]),
    ),
  }
}

function compareLeaf(before: Json | undefined, after: Json | undefined): Comparison {
  if (before === undefined) return { ...SAME, added: SELF }
  if (after === undefined) return { ...SAME, removed: SELF }
  return jsonEqual(before, after) ? SAME : { ...SAME, modified: SELF }
}

/** Whether the two are compared and merged as a whole: so are containers that are both empty, to be told from none. */
export function isLeaf(before: Json | undefined, after: Json | undefined, schema: Schema): boolean {
  if (schema.kind === 'scalar') return true
  const atomic = schema.kind === 'list' ? schema.ownership === 'atomic' : schema.atomic
  return atomic || isWhole(before, schema) || isWhole(after, schema) || (isVacant(before) && isVacant(after))
}

/** Where no schema says what a value is, only objects have members. */
function isWhole(value: Json | undefined, schema: Schema): boolean {
  return schema === OPEN && value !== undefined && !isObject(value)
}

function isVacant(value: Json | undefined): boolean {
  if (isList(value)) return value.length === 0
  return !isObject(value) || Object.keys(value).length === 0
}

interface MemberPair {
  readonly element: string
  readonly pair: readonly [Json | undefined, Json | undefined]
  readonly schema: Schema
}

function memberPairs(
  before: Json | undefined,
  after: Json | undefined,
  schema: Schema,
): readonly MemberPair[] {
  if (schema.kind === 'list') return itemPairs(before, after, schema)
  const [a, b]: readonly JsonObject[] = [asObject(before), asObject(after)]
  const keys = new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])
  return [...keys].flatMap((key) => {
    const inner =
      schema.kind === 'struct'
        ? (schema.fields.get(key)?.schema ?? schema.rest)
        : schema.kind === 'map'
          ? schema.values
          : undefined
    return inner === undefined
      ? []
      : [{ element: `f:${key}`, pair: [a?.[key], b?.[key]] as const, schema: inner }]
  })
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

function itemPairs(
  before: Json | undefined,
  after: Json | undefined,
  schema: ListSchema,
): readonly MemberPair[] {
  const [a, b] = [itemsByElement(before, schema), itemsByElement(after, schema)]
  return [...new Set([...a.keys(), ...b.keys()])].map((element) => ({
    element,
    pair: [a.get(element), b.get(element)] as const,
    schema: schema.items,
  }))
}

function itemsByElement(list: Json | undefined, schema: ListSchema): ReadonlyMap<string, Json> {
  return new Map((isList(list) ? list : []).map((item) => [elementOf(item, schema), item]))
}

/** The path element of an item, by which it is told from the others of its list. */
export function elementOf(item: Json, { ownership, keys, items }: ListSchema): string {
  if (ownership === 'set') return `v:${canonicalJson(item)}`
  const named = keys.map((key): [string, Json | undefined] => [
    key,
    (isObject(item) ? item[key] : undefined) ?? keyDefault(items, key),
  ])
  return `k:${canonicalJson(Object.fromEntries(named))}`
}

/** What a key of an item counts as that is not given: only protocols have a default that is not zero. */
function keyDefault(items: Schema, key: string): Json | undefined {
  if (items.kind !== 'struct') return undefined
  if (key === 'protocol') return 'TCP'
  const field = items.fields.get(key)
  return field?.presence === 'always' && field.schema.kind === 'scalar'
    ? zeroOf(field.schema.scalar)
    : undefined
}
