// What a change of a config sets going: whoever could follow it is looked at, once the change has settled.
import type { Change } from '../kube/store.ts'
import type { Config, ConfigRef } from '../types/config.ts'
import { configIdOf } from '../types/record.ts'
import type { Workload } from '../types/workload.ts'
import type { ConfigReader } from './config-reader.ts'
import type { ConfigChange, PendingChanges } from './queue/pending-changes.ts'
import type { ReleaseClock } from './queue/release-clock.ts'
import type { WorkQueue } from './queue/work-queue.ts'
import type { ReferenceIndex } from './reference-index.ts'
import type { Scope } from './watch/scope.ts'
import type { Watches } from './watch/watches.ts'

/** Whom a change of a config concerns. */
export interface ConfigListenerParts {
  readonly watches: Pick<Watches, 'pollSoon'>
  readonly scope: Pick<Scope, 'includes'>
  readonly index: Pick<ReferenceIndex, 'followersOf'>
  /** The workload of a key, as the stores show it. */
  readonly stored: (workloadKey: string) => Workload | undefined
  readonly pending: Pick<PendingChanges, 'note' | 'of'>
  readonly releaseClock: Pick<ReleaseClock, 'touch'>
  readonly reader: Pick<ConfigReader, 'forget'>
  readonly queue: Pick<WorkQueue, 'addAfter'>
  readonly nowMs: () => number
  /** API server time, not later than now there (RFC 3339). */
  readonly serverNow: () => string
}

/** Takes in what a store of configs tells. */
export function createConfigListener(parts: ConfigListenerParts): (change: Change<Config>) => void {
  const { watches, scope, index, stored, pending, queue, nowMs } = parts

  function note(ref: ConfigRef, change: Omit<ConfigChange, 'id'>): void {
    const id = configIdOf(ref)
    for (const key of index.followersOf(ref)) {
      const workload = stored(key)
      // Out of sight until the object is back that holds its pod template: it is looked at then.
      if (workload === undefined) continue
      pending.note(key, { id, ...change }, nowMs())
      const { notBeforeMs = 0 } = pending.of(key, pendingOptions(workload)).get(id) ?? {}
      // What begins to be followed is read at once, so that whatever becomes of it next is compared with that.
      const begins = change.after?.flagsSince === change.after?.resourceVersion
      queue.addAfter(key, begins ? 0 : notBeforeMs - nowMs())
    }
  }

  return (change) => {
    const before = change.type === 'added' ? undefined : change.old
    const after = change.type === 'deleted' ? undefined : change.new
    const { ref, releases } = change.type === 'deleted' ? change.old : change.new
    parts.reader.forget(ref)
    parts.releaseClock.touch(releases, nowMs())
    if (!scope.includes(ref.namespace)) return
    // Where workloads are polled, one that began to follow this config may not be known yet.
    if (mayDifferInData(before, after, parts.serverNow()))
      watches.pollSoon(ref.namespace, { again: change.type === 'added' && change.from === 'watch' })
    note(ref, {
      resourceVersion: change.type === 'deleted' ? change.resourceVersion : change.new.resourceVersion,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    })
  }
}

/** Longer than two writes of data can be apart and still bear one time: that has whole seconds, and clocks drift. */
const LATELY_MS = 10_000

/** Not where a config only has other labels or annotations, as that of an election has every two seconds. */
function mayDifferInData(before: Config | undefined, after: Config | undefined, now: string): boolean {
  if (after?.dataTime === undefined || before?.dataWriters !== after.dataWriters) return true
  return Date.parse(now) - Date.parse(after.dataTime) < LATELY_MS
}

function pendingOptions({ releases, settings }: Workload) {
  return { releases, settleMs: settings.settleMs }
}
