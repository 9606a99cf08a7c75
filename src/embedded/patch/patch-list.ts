// The order of a merged list, and how Go prints what is wrong with one.
import { canonicalJson, isList, isObject, type Json, type JsonObject } from '../object/json.ts'
import { internalError } from '../object/status.ts'
import type { ListSchema } from '../schema/schema.ts'

/** What tells an item from the others of its list: its merge key, or the scalar itself. */
export function identityOf(item: Json, { mergeKey = '' }: ListSchema): string {
  return canonicalJson(mergeKey === '' ? item : isObject(item) ? item[mergeKey] : undefined)
}

/** The items of a patch's list. Throws 500 for one without its merge key. */
export function itemsByKey(items: readonly Json[], { mergeKey = '' }: ListSchema): readonly JsonObject[] {
  return items.map((item) => {
    if (isObject(item) && (item[mergeKey] !== undefined || item.$patch === 'replace')) return item
    throw internalError(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`)
  })
}

interface Arrangement {
  /** The order that the patch asks for. */
  readonly order: readonly Json[]
  /** The list as it was before the patch. */
  readonly server: readonly Json[]
  readonly schema: ListSchema
}

/**
 * Items that the patch names stand in its order. An item that only the server has goes in front of the first named item
 * that stood behind it, so that a new item, which stood nowhere, comes before the server's own.
 */
export function arrangeList(list: readonly Json[], { order, server, schema }: Arrangement): readonly Json[] {
  const wanted = placesOf(order, schema)
  const former = placesOf(server, schema)
  const place = (item: Json, places: ReadonlyMap<string, number>) =>
    places.get(identityOf(item, schema)) ?? -1
  const placed = list.map(
    (item): Placed => ({ item, wanted: place(item, wanted), former: place(item, former) }),
  )
  const named = insertionSorted(
    placed.filter((each) => each.wanted >= 0),
    (each) => each.wanted,
  )
  const others = insertionSorted(
    placed.filter((each) => each.wanted < 0),
    (each) => each.former,
  )
  return interleaved(others, named).map(({ item }) => item)
}

interface Placed {
  readonly item: Json
  /** The place in the patch's order, or -1. */
  readonly wanted: number
  /** The place in the former list, or -1. */
  readonly former: number
}

function interleaved(others: readonly Placed[], named: readonly Placed[]): readonly Placed[] {
  const left = [...others]
  const arranged: Placed[] = []
  for (const each of named) {
    while (left[0] !== undefined && stoodBefore(left[0], each)) arranged.push(...left.splice(0, 1))
    arranged.push(each)
  }
  return [...arranged, ...left]
}

/**
 * The real server sorts by an order in which an item without a place comes before every other, and every other before
 * it, so that its result depends on the steps of the sort. These are they.
 */
function insertionSorted(items: readonly Placed[], rank: (item: Placed) => number): readonly Placed[] {
  const sorted = [...items]
  const less = (a: Placed, b: Placed) => rank(a) < 0 || rank(b) < 0 || rank(a) < rank(b)
  for (const [start, item] of items.entries()) {
    let at = start
    for (let before = sorted[at - 1]; before !== undefined && less(item, before); before = sorted[at - 1]) {
      sorted[at] = before
      at -= 1
    }
    sorted[at] = item
  }
  return sorted
}

function stoodBefore({ former: a }: Placed, { former: b }: Placed): boolean {
  return a >= 0 && b >= 0 && a < b
}

/** The first place of each item. */
function placesOf(list: readonly Json[], schema: ListSchema): ReadonlyMap<string, number> {
  return new Map(list.map((each, i): [string, number] => [identityOf(each, schema), i]).reverse())
}

/** A value as Go's `%v` prints it. */
export function goText(value: Json | undefined): string {
  if (isList(value)) return `[${value.map(goText).join(' ')}]`
  if (!isObject(value)) return value === null || value === undefined ? '<nil>' : String(value)
  const members = Object.keys(value).toSorted()
  return `map[${members.map((key) => `${key}:${goText(value[key])}`).join(' ')}]`
}
