// The controller: what a watch shows puts workload keys on the queue, and workers make those workloads right.
//
//   watch -> store -> reference index -> queue -> observe -> plan -> apply -> record -> report
//
// Nothing here decides anything: an event only says "look at this workload again".
import { reverterOf } from '../decide/stamps/reverted.ts'
import type { Change } from '../kube/store.ts'
import { untilAborted } from '../net/deadline.ts'
import { CONFIG_TYPES, type ConfigType } from '../types/config.ts'
import { refKey } from '../types/object.ts'
import { parseWorkloadKey, WORKLOAD_KINDS, type Workload } from '../types/workload.ts'
import type { Announce } from './announce.ts'
import { createConfigListener } from './config-listener.ts'
import type { ConfigReader } from './config-reader.ts'
import { type Backoff, createBackoff } from './queue/backoff.ts'
import type { PendingChanges } from './queue/pending-changes.ts'
import type { ReleaseClock } from './queue/release-clock.ts'
import type { WorkQueue } from './queue/work-queue.ts'
import { runWorkers, type WorkersOptions } from './queue/workers.ts'
import type { RecordStore } from './records/record-store.ts'
import { createReferenceIndex } from './reference-index.ts'
import { createRefusals } from './refusals.ts'
import type { Result } from './result.ts'
import type { Runs } from './roll/runs.ts'
import type { Sightings } from './sightings.ts'
import type { Refetch } from './watch/refetch.ts'
import type { Scope, SelectedNamespace } from './watch/scope.ts'
import type { Watches } from './watch/watches.ts'
import { isRelevantChange } from './workload-change.ts'

export interface ControllerParts {
  readonly watches: Watches
  readonly scope: Scope
  readonly records: RecordStore
  readonly pending: PendingChanges
  readonly releaseClock: ReleaseClock
  readonly reader: ConfigReader
  readonly queue: WorkQueue
  readonly sightings: Sightings
  readonly announce: Announce
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Result>
  readonly refetch: Refetch
  /** What an earlier roll, or an earlier process, left half done. */
  readonly runs: Pick<Runs, 'unfinished' | 'isUnfinished' | 'finish'>
  readonly workers: number
  readonly onDone: WorkersOptions['onDone']
  readonly nowMs: () => number
  /** API server time, not later than now there (RFC 3339). */
  readonly serverNow: () => string
}

export interface Controller {
  /** Works on what the watches show until `stop` aborts, then finishes what is under way; `abort` ends that too. Never rejects. */
  run(signals: { readonly stop: AbortSignal; readonly abort: AbortSignal }): Promise<void>
  /** True once every store was synced and the workers work. */
  isWorking(): boolean
  /** How many configs of each type are in sight that a workload could follow; walks through all of them. */
  followedConfigs(): readonly (readonly [ConfigType, number])[]
  readonly backoff: Backoff
}

/** A first failure is tried again after a second, later ones up to five minutes apart (behaviour.md 4). */
const BACKOFF = { baseMs: 1_000, maxMs: 300_000 }

/** A controller at rest. */
export function createController(parts: ControllerParts): Controller {
  const { watches, scope, records, pending, releaseClock, queue, sightings, announce, nowMs } = parts
  const index = createReferenceIndex()
  const backoff = createBackoff(BACKOFF)
  /** Workloads that have a record and that the stores did not show at first: gone, unless the records are the newer ones. */
  const missing = new Set<string>()
  /** API server time since which whoever acts has watched over what came into being; undefined: nobody knows. */
  let watchedSince: string | undefined
  let working = false

  function stored(key: string): Workload | undefined {
    const { kind, namespace, name } = parseWorkloadKey(key)
    return watches.workloads[kind]?.store.get(namespace, name)
  }

  const refusals = createRefusals({ ...parts, stored })
  const onConfig = createConfigListener({ ...parts, index, stored })

  /** Whole seconds: what was created in the last one may have come after it. */
  function isUnseen({ creationTimestamp }: Workload): boolean {
    return watchedSince !== undefined && creationTimestamp >= watchedSince
  }

  function onWorkload(change: Change<Workload>): void {
    if (change.type === 'deleted') {
      onWorkloadGone(refKey(change.old.ref))
      return
    }
    const workload = change.new
    const key = refKey(workload.ref)
    refusals.shown(key, workload)
    const before = change.type === 'modified' && change.old.uid === workload.uid ? change.old : undefined
    const reverter = before === undefined ? undefined : reverterOf(before, workload)
    if (reverter !== undefined) announce.reverted(workload, reverter)
    if (before !== undefined && !isRelevantChange(before, workload)) return
    if (before === undefined) {
      // A first list that comes late shows what has long been there.
      const unseen = change.from === 'sync' ? isUnseen(workload) : change.from !== 'watch'
      sightings.appeared(workload, { unseen })
    }
    take(workload, { wasOptedIn: before?.settings.optedIn === true })
    if (before?.templates.at(-1) !== workload.templates.at(-1)) releaseClock.touch(workload.releases, nowMs())
  }

  function onWorkloadGone(key: string): void {
    index.delete(key)
    records.remove(key)
    pending.forget(key)
    backoff.forget(key)
    sightings.forget(key)
    announce.forget(key)
    refusals.forget(key)
    if (parts.runs.isUnfinished(key)) queue.add(key)
  }

  /** Puts a workload in the index, and on the queue if there is anything to do or to say about it. */
  function take(workload: Workload, { wasOptedIn = false } = {}): void {
    const key = refKey(workload.ref)
    index.set(workload)
    const { optedIn, invalid } = workload.settings
    const recorded = records.get(workload.ref, workload.uid) !== undefined
    if (!optedIn || !scope.includes(workload.ref.namespace)) sightings.forget(key)
    else if (!recorded) sightings.unrecorded(key)
    // Opted out while it is being adopted, it is about to have a record.
    const remembered = recorded || wasOptedIn
    if (optedIn || invalid.length > 0 || remembered || workload.pause !== undefined) queue.add(key)
  }

  function onNamespace(change: Change<SelectedNamespace>): void {
    if (change.type === 'modified' && change.old.resourceVersion === change.new.resourceVersion) return
    const { name } = change.type === 'deleted' ? change.old : change.new
    for (const kind of WORKLOAD_KINDS)
      for (const workload of watches.workloads[kind].store.byNamespace(name)) take(workload)
  }

  /** Everything in the stores: look at all of it once, and at the records of what is not there. */
  function takeAll(): void {
    for (const kind of WORKLOAD_KINDS) {
      for (const workload of watches.workloads[kind].store.list()) {
        sightings.appeared(workload, { unseen: isUnseen(workload) })
        take(workload)
      }
    }
    for (const key of parts.runs.unfinished()) queue.add(key)
    for (const key of records.keys()) {
      if (!isMissing(key)) continue
      missing.add(key)
      queue.add(key)
    }
  }

  /** Only where a synced list covers the place. */
  function isMissing(key: string): boolean {
    const { kind, namespace } = parseWorkloadKey(key)
    const store = watches.workloads[kind]?.store
    return store?.isSynced(namespace) === true && scope.includes(namespace) && stored(key) === undefined
  }

  function listen(): readonly (() => void)[] {
    return [
      ...Object.values(watches.configs).map((store) => store.onChange(onConfig)),
      ...Object.values(watches.workloads).map(({ store }) => store.onChange(onWorkload)),
      ...(watches.namespaces === undefined ? [] : [watches.namespaces.onChange(onNamespace)]),
    ]
  }

  /** A watch may lag behind the records that another replica wrote, so only the API server can say that a workload is gone. */
  async function forgetIfGone(key: string, signal: AbortSignal): Promise<void> {
    const ref = parseWorkloadKey(key)
    if (isMissing(key) && !(await parts.refetch({ ref }, signal)) && isMissing(key)) records.remove(key)
    missing.delete(key)
  }

  async function reconcile(key: string, signal: AbortSignal): Promise<Result> {
    const unfinished = await parts.runs.finish(key, signal)
    if (unfinished !== undefined) return unfinished
    if (missing.has(key)) await forgetIfGone(key, signal)
    // Once it is gone, the watch says so.
    return (await refusals.overcome(key, signal)) ? parts.reconcile(key, signal) : {}
  }

  return {
    async run({ stop, abort }) {
      await untilAborted(watches.settled, stop).catch(() => {})
      if (stop.aborted) return
      const listeners = listen()
      watchedSince = records.watchedUntil()
      takeAll()
      // At the very first start all that is there is as old as it may be; what comes later was born while we were there.
      watchedSince ??= parts.serverNow() || undefined
      working = true
      const { workers: count, onDone } = parts
      const { awaitNewer } = refusals
      await runWorkers({ queue, backoff, count, reconcile, awaitNewer, onDone }, { stop, abort })
      working = false
      for (const end of listeners) end()
    },
    isWorking: () => working,
    followedConfigs: () =>
      CONFIG_TYPES.map((type) => {
        let count = 0
        for (const { ref } of watches.configs[type].list()) if (index.hasFollowers(ref)) count += 1
        return [type, count]
      }),
    backoff,
  }
}
