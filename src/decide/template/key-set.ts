// Sets of keys of a config: all of them, or a sorted list.
import type { KeySet } from '../../types/config.ts'

/** Whether both name the same keys. */
export function sameKeys(a: KeySet, b: KeySet): boolean {
  if (a === 'all' || b === 'all') return a === b
  return a.length === b.length && a.every((key, index) => key === b[index])
}

/** The keys that are in either. */
export function unionOfKeys(a: KeySet, b: KeySet): KeySet {
  if (a === 'all' || b === 'all') return 'all'
  return [...new Set([...a, ...b])].sort()
}
