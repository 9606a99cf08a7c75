// The order of a merged list, and how Go prints what is wrong with one.
import { canonicalJson, isList, isObject, type Json, type JsonObject } from './json.ts'
import type { ListSchema } from './schema.ts'
import { internalError } from './status.ts'

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
  readonly named: readonly Json[]
  /** The list as it was before the patch. */
  readonly server: readonly Json[]
  readonly schema: ListSchema
}

/**
 * Items that the patch names stand in its order. An item that only the server has goes in front of the first named item
 * that stood behind it, so that a new item, which stood nowhere, comes before the server's own.
 */
export function arrangeList(list: readonly Json[], { named, server, schema }: Arrangement): readonly Json[] {
  const wanted = placesOf(named, schema)
  const former = placesOf(server, schema)
  const place = (item: Json, places: ReadonlyMap<string, number>) =>
    places.get(identityOf(item, schema)) ?? -1
  const ours = list
    .filter((each) => place(each, wanted) >= 0)
    .sort((a, b) => place(a, wanted) - place(b, wanted))
  const theirs = list.filter((each) => place(each, wanted) < 0)
  const arranged: Json[] = []
  for (const item of ours) {
    while (theirs[0] !== undefined && stoodBefore(place(theirs[0], former), place(item, former))) {
      arranged.push(...theirs.splice(0, 1))
    }
    arranged.push(item)
  }
  return [...arranged, ...theirs]
}

function stoodBefore(a: number, b: number): boolean {
  return a >= 0 && b >= 0 && a < b
}

function placesOf(list: readonly Json[], schema: ListSchema): ReadonlyMap<string, number> {
  return new Map(list.map((each, i) => [identityOf(each, schema), i]))
}

/** A value as Go's `%v` prints it. */
export function goText(value: Json | undefined): string {
  if (isList(value)) return `[${value.map(goText).join(' ')}]`
  if (!isObject(value)) return value === null || value === undefined ? '<nil>' : String(value)
  const members = Object.keys(value).toSorted()
  return `map[${members.map((key) => `${key}:${goText(value[key])}`).join(' ')}]`
}
