// Puts the parts of the controller together. Only wires: what each part guarantees is said where it is made.
import { type Announce, createAnnounce } from '../controller/announce.ts'
import { createConfigReader } from '../controller/config-reader.ts'
import { type Controller, createController } from '../controller/controller.ts'
import { createObserve, type Observe } from '../controller/observe.ts'
import { createOutOfDate, type OutOfDate } from '../controller/out-of-date.ts'
import { createPendingChanges, type PendingChanges } from '../controller/queue/pending-changes.ts'
import { createReleaseClock } from '../controller/queue/release-clock.ts'
import { createWorkQueue, type WorkQueue } from '../controller/queue/work-queue.ts'
import { createReconcile, type Reconcile } from '../controller/reconcile.ts'
import type { RecordStore } from '../controller/records/record-store.ts'
import type { JobJournal } from '../controller/roll/job-journal.ts'
import { rolloutClientOf } from '../controller/roll/patch-roll.ts'
import { createPause } from '../controller/roll/pause.ts'
import { createRoll, type Roll } from '../controller/roll/roll.ts'
import { createRuns } from '../controller/roll/runs.ts'
import { createWebhookRoll, observeForWebhook } from '../controller/roll/webhook-roll.ts'
import type { Sightings } from '../controller/sightings.ts'
import { createRefetch } from '../controller/watch/refetch.ts'
import { createScope } from '../controller/watch/scope.ts'
import type { Watches } from '../controller/watch/watches.ts'
import { createWorkloadLookup } from '../controller/watch/workload-lookup.ts'
import { type DigestKey, digestContent, digestVersions } from '../decide/content/digest.ts'
import { reduceConfig } from '../decide/reduce-config.ts'
import type { KubeClient } from '../kube/client.ts'
import type { EventRecorder } from '../report/record-event.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { CONFIG_RESOURCES, type ConfigRef } from '../types/config.ts'
import { type KubeObject, refKey } from '../types/object.ts'
import { digestKeyName, journalName, META_INFO_NAME, shardIndexOf } from '../types/own-objects.ts'
import { configId, configIdOf } from '../types/record.ts'
import { timeText } from '../types/time-text.ts'
import type { TemplateHolder, Workload } from '../types/workload.ts'
import type { FirstLook } from './dry-run/first-look.ts'
import { createLookMetrics } from './metrics/look-metrics.ts'
import type { Options } from './options/options.ts'
import type { Outgoing } from './outgoing.ts'
import { workloadReduction } from './wire-watches.ts'

export interface WiringParts {
  readonly options: Options
  readonly client: KubeClient
  readonly records: RecordStore
  readonly recordNamespace: string
  readonly digestKey: DigestKey
  readonly journal: JobJournal
  readonly log: Log
  readonly metrics: Metrics
  readonly recorder: EventRecorder
  readonly sightings: Sightings
  readonly watches: Watches
  readonly outgoing: Outgoing
  /** Of a dry run. */
  readonly firstLook?: FirstLook | undefined
}

/** The controller, and what metrics and probes ask. */
export interface Wired {
  readonly controller: Controller
  readonly watches: Watches
  readonly queue: WorkQueue
  readonly pending: PendingChanges
  readonly outOfDate: OutOfDate
}

const nowMs = () => performance.now()

/** Everything between the client and the exit code; nothing runs yet. */
export function wire(parts: WiringParts): Wired {
  const shared = share(parts)
  const announce = wireAnnounce(shared)
  const reconcile = wireReconcile(shared, announce)
  const controller = wireController(shared, { announce, reconcile })
  const { watches, queue, pending, outOfDate } = shared
  return { controller, watches, queue, pending, outOfDate }
}

type Shared = ReturnType<typeof share>

/** What more than one part of the controller is made with. */
function share(parts: WiringParts) {
  const { options, client, metrics, watches, journal, log } = parts
  const releaseClock = createReleaseClock({ rememberMs: options.settle.releaseMaxMs })
  return {
    ...parts,
    releaseClock,
    pending: createPendingChanges(options.settle, releaseClock),
    outOfDate: createOutOfDate(),
    refetch: createRefetch({ client, workloads: watches.workloads, reduce: workloadReduction(options) }),
    looks: createLookMetrics(metrics),
    queue: createWorkQueue({
      onAdded: () => metrics.queueAdds.inc(),
      onTaken: (waitedMs) => metrics.queueLatency.observe(waitedMs / 1_000),
    }),
    scope: createScope({
      namespaces: options.scope.namespaces,
      ignoredNamespaces: options.scope.ignoredNamespaces,
      selected: watches.namespaces,
    }),
    reader: wireReader(parts),
    runs: createRuns({ client, journal, log, nowMs }),
    update: wireUpdate(parts),
    serverNow: () => serverTimeOf(client) ?? '',
  }
}

/** Takes in a workload as a write of ours left it. */
function wireUpdate({ options, watches }: WiringParts) {
  const reduce = workloadReduction(options)
  return (object: KubeObject, { ref: { kind, namespace, name } }: TemplateHolder) => {
    const { reflected, update } = watches.workloads[kind]
    const previous = reflected.get(namespace, name)
    // Often enough the watch was quicker than the answer.
    if (previous?.resourceVersion === object.metadata.resourceVersion) return
    update(reduce(object, kind, { source: 'watch', previous }))
  }
}

function wireAnnounce({ options, log, metrics, recorder, outOfDate, outgoing, reader }: Shared): Announce {
  return createAnnounce({
    log,
    metrics,
    recorder,
    outOfDate,
    alert: outgoing.alerts?.send,
    webhookMode: outgoing.webhook !== undefined,
    dryRun: options.dryRun,
    nowMs,
    changedKeys: ({ observation }, { stamps }) =>
      stamps.flatMap(({ follow: { config } }) =>
        reader.changedKeys(config, observation.record?.configs[configIdOf(config)]),
      ),
  })
}

/** In webhook mode whoever is to act is told, and nothing is patched. */
function wireRoll({ options, client, metrics, records, runs, update, outgoing, reader }: Shared): Roll {
  const { dryRun } = options
  const { webhook } = outgoing
  if (webhook !== undefined)
    return createWebhookRoll({ webhook, changedKeys: reader.changedKeys, dryRun, nowMs })
  return createRoll({
    client,
    records,
    update,
    runs,
    dryRun,
    pausedAtAnnotation: options.annotationNames.pausedAt,
    onPatch: ({ ref: { kind } }, result, durationMs) => {
      metrics.actions.inc({ workload_kind: kind, result })
      metrics.actionLatency.observe({ workload_kind: kind }, durationMs / 1_000)
    },
  })
}

function wireObserve(shared: Shared): Observe {
  const { options, watches, records, pending, reader, scope, sightings, digestKey, serverNow } = shared
  const observe = createObserve({
    configs: watches.configs,
    blind: watches.blind,
    records,
    pending,
    reader,
    scope,
    bornUnseen: sightings.bornUnseen,
    policy: options.policy,
    follow: { types: options.scope.configTypes, keyLevel: options.keyLevel, isOwn: isOwn(shared) },
    digestKeyId: digestKey.id,
    serverNow,
    nowMs,
  })
  return shared.outgoing.webhook === undefined ? observe : observeForWebhook(observe)
}

function wireReconcile(shared: Shared, announce: Announce): Reconcile {
  const { options, client, log, watches, scope, records, sightings, looks, pending, update } = shared
  const { serverNow, firstLook, refetch } = shared
  const { dryRun } = options
  const refresh = async ({ ref, lender }: Workload) => {
    for (const each of lender === undefined ? [ref] : [ref, lender.ref])
      if (watches.isPolled(each.kind)) await watches.pollNow(each.kind, each.namespace)
  }
  return createReconcile({
    workloadOf: createWorkloadLookup({
      workloads: watches.workloads,
      scope,
      isOurs: ({ ref, uid }) => !dryRun && records.get(ref, uid) !== undefined,
    }),
    observe: wireObserve(shared),
    lookAtPause: createPause({
      client: rolloutClientOf(client),
      pausedAtAnnotation: options.annotationNames.pausedAt,
      update,
      serverNow,
      log,
      onRefused: announce.resumeFailed,
      dryRun,
    }),
    refresh,
    confirm: async (workload, signal) => {
      if (watches.isPolled(workload.ref.kind)) await refresh(workload)
      else await refetch(workload, signal)
    },
    roll: wireRoll(shared),
    remember: (record, how) => {
      records.put(record, how)
      const unread = Object.values(record.configs).some(({ state }) => state === 'unread')
      sightings.recorded(refKey(record.workload), { unread })
    },
    pending,
    report: {
      planned: (look) => {
        looks.planned(look)
        announce.planned(look)
        firstLook?.looked(look)
      },
      rollFailed: announce.rollFailed,
      outOfScope: announce.forget,
    },
    nowMs,
  })
}

function wireController(
  { options, looks, ...shared }: Shared,
  { announce, reconcile }: { readonly announce: Announce; readonly reconcile: Reconcile },
): Controller {
  const controller = createController({
    ...shared,
    announce,
    reconcile,
    nowMs,
    workers: options.workers,
    onDone: (key, outcome) => {
      looks.done(key, outcome)
      const { error } = outcome
      if (error !== undefined) announce.failed(key, error, controller.backoff.failures(key))
    },
  })
  return controller
}

/** API server time now or so long ago (RFC 3339, whole seconds), not later than it was there; undefined before its first answer. */
export function serverTimeOf(client: KubeClient, { agoMs = 0 } = {}): string | undefined {
  const timeMs = client.serverTime()
  return timeMs === undefined ? undefined : timeText(timeMs - agoMs)
}

function wireReader({ options, client, digestKey: key, metrics }: WiringParts) {
  const { annotationNames: names } = options
  return createConfigReader({
    client,
    digest: (object, { ref, incumbentHash }) => digestContent(object, { type: ref.kind, key, incumbentHash }),
    digestVersions: (config, { incumbentHash }) => digestVersions(config, { key, incumbentHash }),
    reduce: (object, previous) => reduceConfig(object, { type: previous.ref.kind, names, previous }),
    onRead: ({ kind }, state) => {
      const result = state === 'present' ? 'success' : state === 'absent' ? 'not_found' : 'error'
      metrics.configReads.inc({ type: CONFIG_RESOURCES[kind].plural, result })
    },
  })
}

/** Our own objects are followed by nobody (behaviour.md 2). */
function isOwn({ options, recordNamespace }: WiringParts): (ref: ConfigRef) => boolean {
  const { name } = options.records
  const own = new Set([
    configId('Secret', digestKeyName(name)),
    configId('ConfigMap', journalName(name)),
    configId('ConfigMap', META_INFO_NAME),
  ])
  return (ref) =>
    ref.namespace === recordNamespace &&
    (own.has(configIdOf(ref)) || (ref.kind === 'ConfigMap' && shardIndexOf(name, ref.name) !== undefined))
}
