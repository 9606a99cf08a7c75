// Puts the parts of the controller together. Only wires: what each part guarantees is said where it is made.
import { createAnnounce } from '../controller/announce.ts'
import { createConfigReader } from '../controller/config-reader.ts'
import { type Controller, createController } from '../controller/controller.ts'
import { createObserve } from '../controller/observe.ts'
import { createOutOfDate, type OutOfDate } from '../controller/out-of-date.ts'
import { createPendingChanges, type PendingChanges } from '../controller/queue/pending-changes.ts'
import { createReleaseClock } from '../controller/queue/release-clock.ts'
import { createWorkQueue, type WorkQueue } from '../controller/queue/work-queue.ts'
import { createReconcile } from '../controller/reconcile.ts'
import type { RecordStore } from '../controller/records/record-store.ts'
import type { JobJournal } from '../controller/roll/job-journal.ts'
import { rolloutClientOf } from '../controller/roll/patch-roll.ts'
import { createPause } from '../controller/roll/pause.ts'
import { createRoll } from '../controller/roll/roll.ts'
import { createRuns } from '../controller/roll/runs.ts'
import { createWebhookRoll, observeForWebhook } from '../controller/roll/webhook-roll.ts'
import type { Sightings } from '../controller/sightings.ts'
import { createRefetch } from '../controller/watch/refetch.ts'
import { createScope } from '../controller/watch/scope.ts'
import { createWatches, type Watches, type WorkloadSeen } from '../controller/watch/watches.ts'
import { type DigestKey, digestContent, digestVersions } from '../decide/content/digest.ts'
import { reducePodStatus } from '../decide/content/pod-status.ts'
import { borrow } from '../decide/kinds/loan.ts'
import { leftPaused } from '../decide/kinds/pause.ts'
import { isOwnedJob } from '../decide/kinds/run-state.ts'
import { reduceConfig } from '../decide/reduce-config.ts'
import { reduceWorkload } from '../decide/reduce-workload.ts'
import type { KubeClient } from '../kube/client.ts'
import type { EventRecorder } from '../report/record-event.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { CONFIG_RESOURCES, type ConfigRef } from '../types/config.ts'
import { type KubeObject, refKey } from '../types/object.ts'
import { digestKeyName, journalName, META_INFO_NAME, shardIndexOf } from '../types/own-objects.ts'
import { configId, configIdOf } from '../types/record.ts'
import { parseWorkloadKey, type TemplateHolder, type Workload, type WorkloadKind } from '../types/workload.ts'
import type { FirstLook } from './dry-run/first-look.ts'
import { createLookMetrics } from './metrics/look-metrics.ts'
import { countWatchEvents } from './metrics/watch-metrics.ts'
import type { Options } from './options/options.ts'
import type { Outgoing } from './outgoing.ts'
import { createWatchNews } from './watch-news.ts'

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
  const { options, client, records, log, metrics, recorder, sightings, watches, outgoing } = parts
  const releaseClock = createReleaseClock({ rememberMs: options.settle.releaseMaxMs })
  const pending = createPendingChanges(options.settle, releaseClock)
  const outOfDate = createOutOfDate()
  const looks = createLookMetrics(metrics)
  const queue = createWorkQueue({
    onAdded: () => metrics.queueAdds.inc(),
    onTaken: (waitedMs) => metrics.queueLatency.observe(waitedMs / 1_000),
  })
  const scope = createScope({
    namespaces: options.scope.namespaces,
    ignoredNamespaces: options.scope.ignoredNamespaces,
    selected: watches.namespaces,
  })
  const reader = wireReader(parts)
  const announce = createAnnounce({
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
  const workloadOf = (key: string) => {
    const { kind, namespace, name } = parseWorkloadKey(key)
    const workload = watches.workloads[kind]?.store.get(namespace, name)
    if (workload === undefined || scope.includes(namespace)) return workload
    // Another installation may look after it: only who has a record of it paused it.
    const isOurs = !options.dryRun && records.get(workload.ref, workload.uid) !== undefined
    return isOurs ? leftPaused(workload) : undefined
  }
  const update = (object: KubeObject, { ref }: TemplateHolder) => {
    const { kind, namespace, name } = ref
    const { reflected, update } = watches.workloads[kind]
    const previous = reflected.get(namespace, name)
    // Often enough the watch was quicker than the answer.
    if (previous?.resourceVersion === object.metadata.resourceVersion) return
    update(reduceTo(options, object, kind, { source: 'watch', previous }))
  }
  const runs = createRuns({ client, journal: parts.journal, log, nowMs })
  const { webhook } = outgoing
  const roll =
    webhook !== undefined
      ? createWebhookRoll({ webhook, changedKeys: reader.changedKeys, dryRun: options.dryRun, nowMs })
      : createRoll({
          client,
          records,
          update,
          runs,
          dryRun: options.dryRun,
          pausedAtAnnotation: options.annotationNames.pausedAt,
          onPatch: ({ ref: { kind } }, result, durationMs) => {
            metrics.actions.inc({ workload_kind: kind, result })
            metrics.actionLatency.observe({ workload_kind: kind }, durationMs / 1_000)
          },
        })
  const serverNow = () => serverTimeOf(client) ?? ''
  const observe = createObserve({
    configs: watches.configs,
    blind: watches.blind,
    records,
    pending,
    reader,
    scope,
    bornUnseen: sightings.bornUnseen,
    policy: options.policy,
    follow: { types: options.scope.configTypes, keyLevel: options.keyLevel, isOwn: isOwn(parts) },
    digestKeyId: parts.digestKey.id,
    serverNow,
    nowMs,
  })
  const lookAtPause = createPause({
    client: rolloutClientOf(client),
    pausedAtAnnotation: options.annotationNames.pausedAt,
    update,
    serverNow,
    log,
    dryRun: options.dryRun,
  })
  const reconcile = createReconcile({
    workloadOf,
    lookAtPause,
    pending,
    nowMs,
    report: {
      planned: (look) => {
        looks.planned(look)
        announce.planned(look)
        parts.firstLook?.looked(look)
      },
      rollFailed: announce.rollFailed,
      outOfScope: announce.forget,
    },
    refresh: async ({ ref, lender }) => {
      for (const each of lender === undefined ? [ref] : [ref, lender.ref])
        if (watches.isPolled(each.kind)) await watches.pollNow(each.kind, each.namespace)
    },
    remember: (record, how) => {
      records.put(record, how)
      const unread = Object.values(record.configs).some(({ state }) => state === 'unread')
      sightings.recorded(refKey(record.workload), { unread })
    },
    observe: webhook === undefined ? observe : observeForWebhook(observe),
    roll,
  })
  const controller = createController({
    watches,
    scope,
    records,
    pending,
    releaseClock,
    reader,
    queue,
    sightings,
    announce,
    reconcile,
    runs,
    nowMs,
    serverNow,
    workers: options.workers,
    refetch: createRefetch({
      client,
      workloads: watches.workloads,
      reduce: (object, kind, seen) => reduceTo(options, object, kind, seen),
    }),
    onDone: (key, outcome) => {
      looks.done(key, outcome)
      const { error } = outcome
      if (error !== undefined) announce.failed(key, error, controller.backoff.failures(key))
    },
  })
  return { controller, watches, queue, pending, outOfDate }
}

/** API server time (RFC 3339, whole seconds), not later than now there; undefined before its first answer. */
export function serverTimeOf(client: KubeClient): string | undefined {
  const timeMs = client.serverTime()
  return timeMs === undefined ? undefined : `${new Date(timeMs).toISOString().slice(0, 19)}Z`
}

/** Watches of everything in scope; nothing is asked yet. */
export function wireWatches(parts: Pick<WiringParts, 'options' | 'client' | 'log' | 'metrics'>): Watches {
  const { options, client, log, metrics } = parts
  const { scope, annotationNames: names, autoReloadAll } = options
  const ignored = new Set(scope.ignoredNamespaces)
  const isIgnored = ({ metadata }: KubeObject) => ignored.has(metadata.namespace ?? '')
  const watches = createWatches({
    client,
    namespaces: scope.namespaces,
    namespaceSelector: scope.namespaceSelector,
    configTypes: scope.configTypes,
    workloadKinds: scope.workloadKinds,
    configSelector: scope.configSelector,
    reduceConfig: (object, type, previous) =>
      isIgnored(object) ? undefined : reduceConfig(object, { type, names, previous }),
    reducePodStatus: (object, previous) =>
      isIgnored(object) ? undefined : reducePodStatus(object, { previous }),
    reduceWorkload: (object, kind, seen) =>
      isIgnored(object) || isOwnedJob(object, kind) ? undefined : reduceTo(options, object, kind, seen),
    borrow: (borrower, lender, seen) => borrow(borrower, lender, { names, autoReloadAll, ...seen }),
    ...createWatchNews({ log, metrics }),
  })
  countWatchEvents(watches, metrics)
  return watches
}

function reduceTo(options: Options, object: KubeObject, kind: WorkloadKind, seen: WorkloadSeen): Workload {
  const { annotationNames: names, autoReloadAll, compat, imagePullSecrets } = options
  const lends = kind === 'Deployment' && options.scope.workloadKinds.includes('Rollout')
  return reduceWorkload(object, { kind, names, autoReloadAll, compat, imagePullSecrets, lends, ...seen })
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
