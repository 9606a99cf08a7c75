// A map that forgets what was used least recently once it is full.

/** A map with room for so many entries. Reading an entry is using it. */
export interface BoundedMap<V> {
  readonly size: () => number
  readonly get: (key: string) => V | undefined
  readonly set: (key: string, value: V) => void
}

/** An empty map that never holds more than `maxEntries`. */
export function createBoundedMap<V>(maxEntries: number): BoundedMap<V> {
  // A Map iterates in the order of insertion: what was touched last is kept at its end.
  const entries = new Map<string, V>()

  const set = (key: string, value: V) => {
    entries.delete(key)
    entries.set(key, value)
    if (entries.size <= maxEntries) return
    for (const oldest of entries.keys()) {
      entries.delete(oldest)
      return
    }
  }

  return {
    size: () => entries.size,
    get: (key) => {
      const value = entries.get(key)
      if (value !== undefined) set(key, value)
      return value
    },
    set,
  }
}
