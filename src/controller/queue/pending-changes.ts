// Changes of configs that a watch showed and that a follower has not taken into account yet: what settles, and until when.
// Only a delay and two facts for the plan hang on them; losing them loses no change, because the record still differs.
import type { Config, ReleaseId } from '../../types/config.ts'
import { isNewer } from '../../types/object.ts'
import type { PendingChange } from '../../types/plan.ts'
import type { ConfigId } from '../../types/record.ts'
import type { ReleaseClock } from './release-clock.ts'

export interface SettleWindows {
  /** Quiet time after a change; `--settle`. */
  readonly settleMs: number
  /** The longest that continuous changes can put a roll off; `--settle-max`. */
  readonly settleMaxMs: number
  /** Quiet time of a whole release, and the longest wait for it. */
  readonly releaseMs: number
  readonly releaseMaxMs: number
}

/** A change as a watch of configs showed it; `after` is missing for a deletion. */
export interface ConfigChange {
  readonly id: ConfigId
  /** Undefined for a deletion that no watch showed. */
  readonly resourceVersion: string | undefined
  readonly before?: Config
  readonly after?: Config
}

interface Noted {
  before?: Config
  first: string
  firstMs: number
  last: string | undefined
  lastMs: number
  releases: readonly ReleaseId[]
  excused: boolean
}

export interface PendingChanges {
  /** Notes a change for one follower. */
  note(workloadKey: string, change: ConfigChange, nowMs: number): void
  /** The pending changes of a workload, each with the time before which it may not start a roll. */
  of(
    workloadKey: string,
    workload: { readonly releases: readonly ReleaseId[]; readonly settleMs: number | undefined },
  ): ReadonlyMap<ConfigId, PendingChange>
  /** The configs of which changes are pending for a workload. */
  idsOf(workloadKey: string): readonly ConfigId[]
  /** The follower has taken the config into account up to `resourceVersion` (undefined: whatever there is). */
  settle(workloadKey: string, id: ConfigId, resourceVersion: string | undefined): void
  /** Of the changes noted now, those of these configs and no others wait because the workload asks for it: that is no delay. */
  excuse(workloadKey: string, ids: ReadonlySet<ConfigId>): void
  /** The workload is gone. */
  forget(workloadKey: string): void
  /** Workloads with a pending change. */
  readonly size: number
  /** The monotonic time of the oldest pending change that is not excused; undefined where there is none. */
  oldestMs(): number | undefined
}

/** Bounded by the followers of what changed: an entry lives until its workload was decided, or is gone. */
export function createPendingChanges(windows: SettleWindows, releaseClock: ReleaseClock): PendingChanges {
  const workloads = new Map<string, Map<ConfigId, Noted>>()

  function notBefore(noted: Noted, releases: readonly ReleaseId[], settleMs: number): number {
    const maxMs = Math.max(windows.settleMaxMs, settleMs)
    const settled = Math.min(noted.lastMs + settleMs, noted.firstMs + maxMs)
    const released = releaseClock.lastChange(noted.releases, releases)
    if (released === undefined) return settled
    return Math.max(settled, Math.min(released + windows.releaseMs, noted.firstMs + windows.releaseMaxMs))
  }

  return {
    note(workloadKey, { id, resourceVersion, before, after }, nowMs) {
      const changes = workloads.get(workloadKey) ?? new Map<ConfigId, Noted>()
      workloads.set(workloadKey, changes)
      const releases = (after ?? before)?.releases ?? []
      const noted = changes.get(id)
      if (noted === undefined) {
        const first = {
          first: resourceVersion ?? before?.resourceVersion ?? '0',
          firstMs: nowMs,
          last: resourceVersion,
          lastMs: nowMs,
          releases,
          excused: false,
        }
        changes.set(id, before === undefined ? first : { ...first, before })
        return
      }
      noted.last = resourceVersion
      noted.lastMs = nowMs
      noted.releases = releases
    },
    of(workloadKey, { releases, settleMs = windows.settleMs }) {
      const changes = workloads.get(workloadKey) ?? new Map<ConfigId, Noted>()
      return new Map(
        [...changes].map(([id, noted]) => {
          const { before, first, last, firstMs: sinceMs } = noted
          const change = {
            first,
            ...(last === undefined ? {} : { last }),
            sinceMs,
            notBeforeMs: notBefore(noted, releases, settleMs),
          }
          return [id, before === undefined ? change : { ...change, before }]
        }),
      )
    },
    idsOf: (workloadKey) => [...(workloads.get(workloadKey)?.keys() ?? [])],
    settle(workloadKey, id, resourceVersion) {
      const changes = workloads.get(workloadKey)
      const noted = changes?.get(id)
      if (changes === undefined || noted === undefined) return
      if (resourceVersion !== undefined && noted.last !== undefined && isNewer(noted.last, resourceVersion)) {
        // What came after it is a change of its own, with a whole window: the longest wait of this one is over.
        noted.first = resourceVersion
        noted.firstMs = noted.lastMs
        delete noted.before
        return
      }
      changes.delete(id)
      if (changes.size === 0) workloads.delete(workloadKey)
    },
    excuse(workloadKey, ids) {
      for (const [id, noted] of workloads.get(workloadKey) ?? []) noted.excused = ids.has(id)
    },
    forget(workloadKey) {
      workloads.delete(workloadKey)
    },
    get size() {
      return workloads.size
    },
    oldestMs() {
      let oldest: number | undefined
      for (const changes of workloads.values()) {
        for (const { firstMs, excused } of changes.values())
          if (!excused) oldest = Math.min(oldest ?? firstMs, firstMs)
      }
      return oldest
    },
  }
}
