// What a server-side apply makes of the stored object: the applied configuration laid over it by type
// (sigs.k8s.io/structured-merge-diff/typed, Merge).
import { isList, isObject, type Json } from '../object/json.ts'
import type { ListSchema, Schema } from '../schema/schema.ts'
import { elementOf, isLeaf } from './field-compare.ts'
import { memberType } from './field-members.ts'

/** `live` with `applied` laid over; nothing is removed. Undefined where both are. */
export function mergeFields(
  live: Json | undefined,
  applied: Json | undefined,
  schema: Schema,
): Json | undefined {
  if (isLeaf(live, applied, schema)) return applied === undefined ? live : applied
  if (schema.kind === 'list') {
    const merged = mergeLists(isList(live) ? live : [], isList(applied) ? applied : [], schema)
    return merged.length === 0 ? undefined : merged
  }
  const [a, b] = [isObject(live) ? live : {}, isObject(applied) ? applied : {}]
  const members = [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => {
    const type = memberType(schema, key)
    const merged = type === undefined ? a[key] : mergeFields(a[key], b[key], type.schema)
    return merged === undefined ? [] : [[key, merged] as const]
  })
  return members.length === 0 ? undefined : Object.fromEntries(members)
}

interface Item {
  readonly element: string
  readonly value: Json
}

/**
 * Items that are in both are merged and stand in the order of the applied list; those that only the live list has keep
 * their places among them as far as that order lets them.
 */
function mergeLists(live: readonly Json[], applied: readonly Json[], schema: ListSchema): readonly Json[] {
  const [left, right] = [itemsOf(live, schema), itemsOf(applied, schema)]
  const [inLeft, inRight] = [uniqueByElement(left), uniqueByElement(right)]
  const shared = right.filter(({ element }) => inLeft.has(element)).map(({ element }) => element)
  const merge = (element: string) => mergeFields(inLeft.get(element), inRight.get(element), schema.items)
  const done = new Set<string>()
  const merged: (Json | undefined)[] = []
  let [l, r] = [0, 0]
  while (l < left.length || r < right.length) {
    const [a, b] = [left[l], right[r]]
    if (a !== undefined && b !== undefined && a.element === b.element) {
      merged.push(merge(a.element))
      done.add(a.element)
      shared.shift()
      l += 1
      r += 1
    } else if (a !== undefined && !inRight.has(a.element)) {
      merged.push(a.value)
      l += 1
    } else if (a !== undefined && b !== undefined && isOutOfTurn(a, shared)) {
      l += 1
    } else {
      if (a !== undefined && done.has(a.element)) l += 1
      if (b === undefined) continue
      merged.push(merge(b.element))
      done.add(b.element)
      if (shared[0] === b.element) shared.shift()
      r += 1
    }
  }
  return merged.filter((each) => each !== undefined)
}

/** A shared item whose place comes later. */
function isOutOfTurn({ element }: Item, shared: readonly string[]): boolean {
  return shared[0] !== undefined && shared[0] !== element
}

function itemsOf(list: readonly Json[], schema: ListSchema): readonly Item[] {
  return list.map((value) => ({ element: elementOf(value, schema), value }))
}

/** What is there twice is merged with nothing. */
function uniqueByElement(items: readonly Item[]): ReadonlyMap<string, Json | undefined> {
  const found = new Map<string, Json | undefined>()
  for (const { element, value } of items) found.set(element, found.has(element) ? undefined : value)
  return found
}
