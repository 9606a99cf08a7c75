// Opted-in workloads that nothing is remembered of yet, and which of them came into being while nobody watched.
import { refKey } from '../types/object.ts'
import type { Workload } from '../types/workload.ts'

export interface Sightings {
  /** A workload came into sight; `unseen`: no watch showed its birth. */
  appeared(workload: Workload, options: { readonly unseen: boolean }): void
  /** An opted-in workload that nothing is remembered of yet. */
  unrecorded(workloadKey: string): void
  /** It was recorded. `unread`: but for a config that nobody could read yet, so that how it was born still matters. */
  recorded(workloadKey: string, options?: { readonly unread: boolean }): void
  forget(workloadKey: string): void
  bornUnseen(workloadKey: string): boolean
  /** True when every opted-in workload in sight has a record: only then may be said until when all was watched. */
  isComplete(): boolean
}

/** Bounded by the workloads that have no record yet, or one without a config that could not be read. */
export function createSightings(): Sightings {
  const unseen = new Set<string>()
  const waiting = new Set<string>()
  const forget = (key: string) => {
    unseen.delete(key)
    waiting.delete(key)
  }
  return {
    appeared({ ref }, options) {
      if (options.unseen) unseen.add(refKey(ref))
      else unseen.delete(refKey(ref))
    },
    unrecorded: (key) => waiting.add(key),
    recorded(key, { unread } = { unread: false }) {
      waiting.delete(key)
      if (!unread) unseen.delete(key)
    },
    forget,
    bornUnseen: (key) => unseen.has(key),
    isComplete: () => waiting.size === 0,
  }
}
