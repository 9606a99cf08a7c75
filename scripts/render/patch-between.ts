// A JSON patch (RFC 6902) from one object to another that goes together with other such patches: what is new in a list is
// appended, whatever else was appended before.

/** One operation of a JSON patch. */
export interface Operation {
  readonly op: 'add' | 'remove' | 'replace'
  readonly path: string
  readonly value?: unknown
}

/** The operations that make `after` of `before`, up to the order of list items. */
export function patchBetween(before: unknown, after: unknown, path = ''): readonly Operation[] {
  if (canonical(before) === canonical(after)) return []
  if (isMap(before) && isMap(after)) return betweenMaps(before, after, path)
  if (Array.isArray(before) && Array.isArray(after)) return betweenLists(before, after, path)
  return [{ op: 'replace', path, value: after }]
}

/** JSON with the keys in order: equal for equal values. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    isMap(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  )
}

type PlainMap = Readonly<Record<string, unknown>>

function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function betweenMaps(before: PlainMap, after: PlainMap, path: string): Operation[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key): readonly Operation[] => {
    const at = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (!Object.hasOwn(after, key)) return [{ op: 'remove', path: at }]
    if (!Object.hasOwn(before, key)) return [{ op: 'add', path: at, value: after[key] }]
    return patchBetween(before[key], after[key], at)
  })
}

function betweenLists(before: readonly unknown[], after: readonly unknown[], path: string): Operation[] {
  const known = new Set(before.map(canonical))
  const kept = new Set(after.map(canonical))
  const added = after.filter((each) => !known.has(canonical(each)))
  if ([...known].every((each) => kept.has(each))) {
    return added.map((value) => ({ op: 'add', path: `${path}/-`, value }))
  }
  if (before.length === after.length) {
    return before.flatMap((each, index) => patchBetween(each, after[index], `${path}/${index}`))
  }
  return [{ op: 'replace', path, value: after }]
}
