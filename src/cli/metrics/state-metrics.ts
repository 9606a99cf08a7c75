// Gauges that describe a state are set when somebody scrapes.
import type { Controller } from '../../controller/controller.ts'
import type { OutOfDate } from '../../controller/out-of-date.ts'
import type { PendingChanges } from '../../controller/queue/pending-changes.ts'
import type { WorkQueue } from '../../controller/queue/work-queue.ts'
import type { RecordStore } from '../../controller/records/record-store.ts'
import type { Watches } from '../../controller/watch/watches.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { CONFIG_RESOURCES } from '../../types/config.ts'
import { WORKLOAD_KINDS } from '../../types/workload.ts'
import { workloadsInSight } from '../in-sight.ts'

/** What of a controller at work the gauges tell. */
export interface Work {
  readonly controller: Pick<Controller, 'backoff' | 'followedConfigs'>
  readonly queue: Pick<WorkQueue, 'depth'>
  readonly pending: Pick<PendingChanges, 'size' | 'oldestMs'>
  readonly outOfDate: Pick<OutOfDate, 'size' | 'oldestMs'>
  readonly records: Pick<RecordStore, 'size' | 'isPersistent'>
}

/** What is in sight, and what RBAC keeps out of it. */
export function sampleStores(
  metrics: Pick<Metrics, 'workloads' | 'forbidden'>,
  watches: Pick<Watches, 'workloads' | 'namespaces' | 'forbidden'>,
): void {
  for (const kind of WORKLOAD_KINDS) {
    const { length: optedIn } = workloadsInSight(watches, kind).filter(({ settings }) => settings.optedIn)
    metrics.workloads.set({ kind }, optedIn)
  }
  for (const { resource, list, watch } of watches.forbidden()) {
    metrics.forbidden.set({ resource: resource.plural, verb: 'list' }, list ? 1 : 0)
    metrics.forbidden.set({ resource: resource.plural, verb: 'watch' }, watch ? 1 : 0)
  }
}

/** What there is to do. Zeroes where nothing acts: what a former leader left is told by the present one. */
export function sampleWork(metrics: Metrics, work: Work | undefined): void {
  const oldestMs = work === undefined ? undefined : oldestUnapplied(work)
  metrics.pendingWorkloads.set(work?.pending.size ?? 0)
  metrics.outOfDateWorkloads.set(work?.outOfDate.size ?? 0)
  metrics.failingWorkloads.set(work?.controller.backoff.size ?? 0)
  metrics.oldestUnappliedChange.set(oldestMs === undefined ? 0 : (performance.now() - oldestMs) / 1_000)
  metrics.queueDepth.set(work?.queue.depth ?? 0)
  metrics.records.set(work?.records.size ?? 0)
  metrics.recordsInMemoryOnly.set(work === undefined || work.records.isPersistent() ? 0 : 1)
  metrics.followedConfigs.reset()
  for (const [kind, count] of work?.controller.followedConfigs() ?? [])
    metrics.followedConfigs.set({ type: CONFIG_RESOURCES[kind].plural }, count)
}

/** Found at start, a change is in no watch; seen by a watch, it may not be known to need a roll yet. */
function oldestUnapplied({ pending, outOfDate }: Work): number | undefined {
  const times = [pending.oldestMs(), outOfDate.oldestMs()].filter((each) => each !== undefined)
  return times.length === 0 ? undefined : Math.min(...times)
}
