// Workloads whose PATCH was refused because somebody wrote them in between: each is looked at again once that is known.
import { versionOf, type Workload } from '../types/workload.ts'
import type { WorkQueue } from './queue/work-queue.ts'
import type { Refetch } from './watch/refetch.ts'
import type { Watches } from './watch/watches.ts'

/** What waiting for a newer version needs. */
export interface RefusalsParts {
  /** The workload of a key, as the stores show it. */
  readonly stored: (workloadKey: string) => Workload | undefined
  readonly watches: Pick<Watches, 'isPolled'>
  readonly queue: Pick<WorkQueue, 'add' | 'addAfter'>
  readonly refetch: Refetch
}

/** Who was refused, and at which version. */
export interface Refusals {
  /** A PATCH that named this version (`versionOf`) was refused: puts the key back once another version is there. */
  awaitNewer(workloadKey: string, version: string): void
  /** The store shows this now. */
  shown(workloadKey: string, workload: Workload): void
  /**
   * Before a look: reads the workload where nothing but the refused version was shown in time. False where it is gone.
   * Throws where it is as it was: then it was refused for another reason, and that is a failure like others.
   */
  overcome(workloadKey: string, signal: AbortSignal): Promise<boolean>
  forget(workloadKey: string): void
}

/** How long the watch may take to show who wrote in between before the workload is read. */
const AWAIT_NEWER_MS = 2_000

/** Bounded by the workloads that are there. */
export function createRefusals({ stored, watches, queue, refetch }: RefusalsParts): Refusals {
  const refused = new Map<string, string>()

  return {
    awaitNewer(key, version) {
      const workload = stored(key)
      if (workload === undefined || versionOf(workload) !== version) {
        queue.add(key)
        return
      }
      refused.set(key, version)
      queue.addAfter(key, watches.isPolled(workload.ref.kind) ? 1 : AWAIT_NEWER_MS)
    },
    shown(key, workload) {
      const version = refused.get(key)
      if (version === undefined || version === versionOf(workload)) return
      refused.delete(key)
      queue.add(key)
    },
    async overcome(key, signal) {
      const workload = stored(key)
      if (workload === undefined || refused.get(key) !== versionOf(workload)) return true
      refused.delete(key)
      const there = await refetch(workload, signal)
      if (there && stored(key) === workload)
        throw new Error(
          `Cannot roll ${key}: the PATCH was refused as outdated, and no newer version is there`,
        )
      return there
    },
    forget(key) {
      refused.delete(key)
    },
  }
}
