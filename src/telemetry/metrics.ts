// Every metric of the process is declared here and nowhere else. The incumbent's names and labels are kept where they
// mean something here; docs/metrics.md lists all of them and is held against this file.
import { Registry } from 'prom-client'
import { createDeclare, type Declare, type MetricDeclaration } from './declare-metric.ts'
import { declareProcessMetrics } from './process-metrics.ts'

/** What a set of metrics is made with. */
export interface MetricsOptions {
  /** `METRICS_COUNT_BY_NAMESPACE`: also count rolls by namespace, a series for each namespace ever rolled in. */
  readonly byNamespace: boolean
  readonly version: string
  readonly commit: string
}

/** The metrics of one process, with one registry of their own. */
export type Metrics = ReturnType<typeof createMetrics>

/** Declares every metric; measures nothing until somebody counts or scrapes. */
export function createMetrics({ byNamespace, version, commit }: MetricsOptions) {
  const registry = new Registry()
  const declarations: MetricDeclaration[] = []
  const declare = createDeclare(registry, declarations)
  declareProcessMetrics(declare)
  const buildInfo = declare.gauge(
    'reloader_build_info',
    'Always 1; the labels say which build and which Node.js this is',
    'version',
    'commit',
    'node',
  )
  buildInfo.set({ version, commit, node: process.version }, 1)
  return {
    ...rollMetrics(declare, byNamespace),
    ...reconcileMetrics(declare),
    ...stateMetrics(declare),
    ...queueMetrics(declare),
    ...watchMetrics(declare),
    ...recordMetrics(declare),
    ...requestMetrics(declare),
    ...eventMetrics(declare),
    ...outgoingMetrics(declare),
    declarations,
    contentType: registry.contentType,
    /** The text of a scrape (Prometheus text format 0.0.4). */
    render: (): Promise<string> => registry.metrics(),
  }
}

const LATENCY_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const RECONCILE_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const QUEUE_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const REQUEST_SECONDS = [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30]

function rollMetrics(declare: Declare, byNamespace: boolean) {
  const executed = declare.counter(
    'reloader_reload_executed_total',
    'Rolls carried out (success="true") and rolls that failed (success="false"); a conflict that is decided again is neither',
    'success',
  )
  executed.inc({ success: 'true' }, 0)
  executed.inc({ success: 'false' }, 0)
  return {
    reloadExecuted: executed,
    /** Undefined unless METRICS_COUNT_BY_NAMESPACE=enabled. */
    reloadExecutedByNamespace: byNamespace
      ? declare.counter(
          'reloader_reload_executed_total_by_namespace',
          'As reloader_reload_executed_total, by namespace of the workload; only with METRICS_COUNT_BY_NAMESPACE=enabled',
          'success',
          'namespace',
        )
      : undefined,
    rolls: declare.counter(
      'reloader_rolls_total',
      'Rolls carried out, by the reason of the plan',
      'kind',
      'reason',
    ),
    adoptions: declare.counter(
      'reloader_adoptions_total',
      'First records of a workload or config, made without touching the workload, by reason',
      'reason',
    ),
    rollsReverted: declare.counter(
      'reloader_rolls_reverted_total',
      'Stamps that somebody else removed or put back after our roll',
      'kind',
    ),
    changeToPatch: declare.histogram(
      'reloader_change_to_patch_seconds',
      'From the watch event that showed a config change to the answer of the PATCH that rolled a workload for it, settle window included',
      { buckets: LATENCY_SECONDS },
    ),
    actions: declare.counter(
      'reloader_action_total',
      'PATCHes of workloads by kind and result (success, conflict, gone, error)',
      'workload_kind',
      'result',
    ),
    actionLatency: declare.histogram(
      'reloader_action_latency_seconds',
      'Time from sending a roll to its answer',
      {
        buckets: LATENCY_SECONDS,
        labels: ['workload_kind'],
      },
    ),
  }
}

function reconcileMetrics(declare: Declare) {
  return {
    reconciles: declare.counter(
      'reloader_reconcile_total',
      'Workloads looked at, counted once each time, by result (success, error)',
      'result',
    ),
    reconcileDuration: declare.histogram(
      'reloader_reconcile_duration_seconds',
      'Time to look at one workload',
      {
        buckets: RECONCILE_SECONDS,
        labels: ['result'],
      },
    ),
    skipped: declare.counter(
      'reloader_skipped_total',
      'Workloads that needed nothing, by the reason of the plan',
      'reason',
    ),
    errors: declare.counter(
      'reloader_errors_total',
      'Errors by what they came up in (observe, patch, webhook, annotation)',
      'type',
    ),
    retries: declare.counter('reloader_retries_total', 'Workloads put back on the queue after an error'),
    workloadsScanned: declare.counter(
      'reloader_workloads_scanned_total',
      'Workloads looked at, by kind',
      'kind',
    ),
    workloadsMatched: declare.counter('reloader_workloads_matched_total', 'Workloads rolled', 'kind'),
  }
}

function stateMetrics(declare: Declare) {
  return {
    pendingWorkloads: declare.gauge(
      'reloader_pending_workloads',
      'Workloads with a change that has not been carried out yet: settling, held, waiting or failing',
    ),
    failingWorkloads: declare.gauge(
      'reloader_failing_workloads',
      'Workloads whose last attempt failed and that back off',
    ),
    oldestUnappliedChange: declare.gauge(
      'reloader_oldest_unapplied_change_seconds',
      'Age of the oldest change that has not been carried out yet; 0 when there is none',
    ),
    followedConfigs: declare.gauge(
      'reloader_followed_configs',
      'Configs that at least one workload follows',
      'type',
    ),
    workloads: declare.gauge('reloader_workloads', 'Workloads that are opted in', 'kind'),
    ready: declare.gauge('reloader_ready', '1 while /readyz answers 200'),
    leader: declare.gauge(
      'reloader_leader',
      '1 on the replica that acts: the leader with --enable-ha, every process without it',
    ),
  }
}

function queueMetrics(declare: Declare) {
  return {
    queueDepth: declare.gauge('reloader_workqueue_depth', 'Workloads waiting in the queue'),
    queueAdds: declare.counter(
      'reloader_workqueue_adds_total',
      'Workloads added to the queue; one already waiting is not added',
    ),
    queueLatency: declare.histogram(
      'reloader_workqueue_latency_seconds',
      'Time that a workload waited in the queue',
      {
        buckets: QUEUE_SECONDS,
      },
    ),
  }
}

function watchMetrics(declare: Declare) {
  return {
    eventsReceived: declare.counter(
      'reloader_events_received_total',
      'Watch events by type (add, update, delete) and resource',
      'event_type',
      'resource_type',
    ),
    watchRestarts: declare.counter(
      'reloader_watch_restarts_total',
      'Watches that ended and were taken up again, by resource',
      'resource',
    ),
    forbidden: declare.gauge(
      'reloader_forbidden',
      '1 while RBAC forbids this verb on this resource; docs/permissions.md has the rule that is missing',
      'resource',
      'verb',
    ),
    configReads: declare.counter(
      'reloader_config_reads_total',
      'GETs of the content of a followed config (result: success, not_found, error)',
      'type',
      'result',
    ),
  }
}

function recordMetrics(declare: Declare) {
  return {
    recordWrites: declare.counter(
      'reloader_record_writes_total',
      'Writes of shards of the record store (result: success, conflict, error)',
      'result',
    ),
    records: declare.gauge('reloader_records', 'Workloads that have a record'),
    recordsInMemoryOnly: declare.gauge(
      'reloader_records_in_memory_only',
      '1 when RBAC keeps the records out of the cluster: what changes while Reloader is down is then lost',
    ),
  }
}

function requestMetrics(declare: Declare) {
  return {
    requests: declare.counter(
      'rest_client_requests_total',
      'Requests to the Kubernetes API by method, status code and host; code is <error> when there was no answer',
      'code',
      'method',
      'host',
    ),
    requestDuration: declare.histogram(
      'rest_client_request_duration_seconds',
      'Time until the head of the answer of the Kubernetes API arrived',
      { buckets: REQUEST_SECONDS, labels: ['verb', 'host'] },
    ),
  }
}

function eventMetrics(declare: Declare) {
  return {
    kubernetesEvents: declare.counter(
      'reloader_kubernetes_events_total',
      'Kubernetes Events by reason and result (created, updated, dropped, limited, rejected)',
      'reason',
      'result',
    ),
  }
}

function outgoingMetrics(declare: Declare) {
  return {
    alerts: declare.counter(
      'reloader_alerts_total',
      'Alerts by sink and what became of them (sent, refused, dropped)',
      'sink',
      'result',
    ),
    webhookCalls: declare.counter(
      'reloader_webhook_calls_total',
      'Calls of the webhook by result (success, error); an error is called again',
      'result',
    ),
  }
}
