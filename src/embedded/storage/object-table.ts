// The objects of one resource with their recent changes, from which every recent state can be had.
import type { ApiObject } from '../object/api-object.ts'
import { expired } from '../object/status.ts'

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly revision: number
  readonly key: string
  /** The object after the change; of a deletion, its last state under the version of the deletion. */
  readonly object: ApiObject
  readonly previous?: ApiObject
}

/** An object under its storage key. */
export type KeyedObject = readonly [string, ApiObject]

export interface ObjectTable {
  readonly get: (key: string) => ApiObject | undefined
  /** The objects as of a version, sorted by key, byte by byte. Throws 410 where its later changes were thrown away. */
  readonly listAt: (revision: number) => readonly KeyedObject[]
  /** Carries a change out and tells the listeners. */
  readonly record: (change: Change) => void
  /** The changes after a version, oldest first, or undefined where some of them were thrown away. */
  readonly changesSince: (revision: number) => readonly Change[] | undefined
  readonly subscribe: (listener: (change: Change) => void) => () => void
  /** Forgets the changes up to a version. */
  readonly compact: (revision: number) => void
}

/** An empty table that keeps at least so many changes, and at most twice as many. */
export function createObjectTable(historyLimit: number): ObjectTable {
  const objects = new Map<string, ApiObject>()
  const listeners = new Set<(change: Change) => void>()
  let history: readonly Change[] = []
  let recent: Change[] = []
  const untold: Change[] = []
  let compacted = 0
  /** The present keys in order, until one comes or goes. */
  let keys: readonly string[] | undefined

  /** Thrown away by the half, so that nothing is shifted at every write. */
  function remember(change: Change): void {
    recent.push(change)
    if (recent.length < historyLimit) return
    compacted = history.at(-1)?.revision ?? compacted
    history = recent
    recent = []
  }

  /** A listener may write: what it writes is told after what it was told, to everybody. */
  function tell(change: Change): void {
    untold.push(change)
    if (untold.length > 1) return
    for (let next = untold[0]; next !== undefined; next = untold[0]) {
      try {
        for (const listener of [...listeners]) listener(next)
      } finally {
        untold.shift()
      }
    }
  }

  function changesSince(revision: number): readonly Change[] | undefined {
    if (revision < compacted) return undefined
    return [...after(history, revision), ...after(recent, revision)]
  }

  return {
    get: (key) => objects.get(key),
    listAt(revision) {
      const later = changesSince(revision)
      if (later === undefined) throw expired('The resourceVersion for the provided list is too old.')
      if (later.length > 0) return listed(undone(objects, later))
      keys ??= sortedKeys(objects)
      return listed(objects, keys)
    },
    record(change) {
      if (change.type === 'DELETED') objects.delete(change.key)
      else objects.set(change.key, change.object)
      if (change.type !== 'MODIFIED') keys = undefined
      remember(change)
      tell(change)
    },
    changesSince,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    compact(revision) {
      history = []
      recent = []
      compacted = revision
    },
  }
}

/** The objects with later changes undone, last first. */
function undone(
  objects: ReadonlyMap<string, ApiObject>,
  later: readonly Change[],
): ReadonlyMap<string, ApiObject> {
  const past = new Map(objects)
  for (const { key, previous } of later.toReversed()) {
    if (previous === undefined) past.delete(key)
    else past.set(key, previous)
  }
  return past
}

/** Keys are ASCII, so code units are bytes. */
function sortedKeys(objects: ReadonlyMap<string, ApiObject>): readonly string[] {
  return [...objects.keys()].sort((a, b) => (a < b ? -1 : 1))
}

function listed(objects: ReadonlyMap<string, ApiObject>, keys = sortedKeys(objects)): readonly KeyedObject[] {
  return keys.flatMap((key): KeyedObject[] => {
    const object = objects.get(key)
    return object === undefined ? [] : [[key, object]]
  })
}

/** The changes after a version; where they begin is found by halving. */
function after(history: readonly Change[], revision: number): readonly Change[] {
  let low = 0
  let high = history.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((history[middle]?.revision ?? 0) > revision) high = middle
    else low = middle + 1
  }
  return history.slice(low)
}
