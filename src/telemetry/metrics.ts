// Every metric of the process is declared here, in incumbent-metrics.ts and in process-metrics.ts, and nowhere else;
// docs/metrics.md lists all of them and is held against these files.
import { Registry } from 'prom-client'
import { WORKLOAD_KINDS } from '../types/workload.ts'
import { createDeclare, type Declare, type MetricDeclaration } from './declare-metric.ts'
import { declareIncumbentMetrics } from './incumbent-metrics.ts'
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
  const incumbent = declareIncumbentMetrics(declare, { byNamespace })
  const own = {
    ...decisionMetrics(declare),
    ...stateMetrics(declare),
    ...watchMetrics(declare),
    ...recordMetrics(declare),
    ...sendingMetrics(declare),
  }
  const buildInfo = declare.gauge(
    'reloader_build_info',
    'Always 1; the labels say which build and which Node.js this is',
    'version',
    'commit',
    'node',
  )
  buildInfo.set({ version, commit, node: process.version }, 1)
  declareProcessMetrics(declare)
  return {
    ...incumbent,
    ...own,
    declarations,
    contentType: registry.contentType,
    /** The text of a scrape (Prometheus text format 0.0.4). */
    render: (): Promise<string> => registry.metrics(),
  }
}

const LATENCY_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

function decisionMetrics(declare: Declare) {
  const rollsReverted = declare.counter(
    'reloader_rolls_reverted_total',
    'Stamps that somebody else took out of a pod template after our roll',
    'kind',
  )
  // An alert on an increase would not see the first one of a series that begins with it.
  for (const kind of WORKLOAD_KINDS) rollsReverted.inc({ kind }, 0)
  return {
    rollsReverted,
    plans: declare.counter(
      'reloader_plans_total',
      'Decisions about workloads that were carried out, by what was to be done (skip, adopt, record, roll, wait, hold) and why',
      'plan',
      'reason',
    ),
    rolls: declare.counter(
      'reloader_rolls_total',
      'Rolls carried out, by kind of workload and reason',
      'kind',
      'reason',
    ),
    adoptions: declare.counter(
      'reloader_adoptions_total',
      'Configs whose present content was taken for known without touching the workload, by reason',
      'reason',
    ),
    changeToPatch: declare.histogram(
      'reloader_change_to_patch_seconds',
      'From the watch event of a config write to the answer of the write that rolled a workload for it, settle window included; once for each config that a roll carries',
      { buckets: LATENCY_SECONDS },
    ),
  }
}

function stateMetrics(declare: Declare) {
  return {
    pendingWorkloads: declare.gauge(
      'reloader_pending_workloads',
      'Workloads with a change that was seen and is not dealt with yet: settling, held, waiting or failing',
    ),
    failingWorkloads: declare.gauge(
      'reloader_failing_workloads',
      'Workloads whose last attempt failed and that back off',
    ),
    outOfDateWorkloads: declare.gauge(
      'reloader_out_of_date_workloads',
      'Workloads known to need a roll that they have not got: it failed, or --dry-run kept it back',
    ),
    oldestUnappliedChange: declare.gauge(
      'reloader_oldest_unapplied_change_seconds',
      'Age of the oldest change that is not dealt with yet, since it was first seen, but for those that wait for a Job to end; 0 when there is none',
    ),
    followedConfigs: declare.gauge(
      'reloader_followed_configs',
      'Configs that at least one workload follows',
      'type',
    ),
    workloads: declare.gauge('reloader_workloads', 'Workloads in sight that are opted in', 'kind'),
    ready: declare.gauge('reloader_ready', '1 while /readyz answers 200'),
    leader: declare.gauge(
      'reloader_leader',
      '1 on the replica that acts: the leader with --enable-ha, every process without it',
    ),
  }
}

function watchMetrics(declare: Declare) {
  return {
    watchRestarts: declare.counter(
      'reloader_watch_restarts_total',
      'Watches that ended and were taken up again, by resource',
      'resource',
    ),
    lists: declare.counter(
      'reloader_lists_total',
      'Complete lists taken in, by resource: at start, where a watch could not be taken up again, and where RBAC forbids to watch',
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
    apiRequests: declare.counter(
      'reloader_api_requests_total',
      'Requests to the Kubernetes API by verb of RBAC (get, list, watch, create, update, patch, delete) and status code, <error> when there was no answer',
      'verb',
      'code',
    ),
  }
}

function recordMetrics(declare: Declare) {
  const recordWrites = declare.counter(
    'reloader_record_writes_total',
    'Writes of shards of the record store (result: success, error); a lost race is merged and tried again, and counts once',
    'result',
  )
  for (const result of ['success', 'error']) recordWrites.inc({ result }, 0)
  return {
    recordWrites,
    records: declare.gauge('reloader_records', 'Workloads that have a record'),
    recordsInMemoryOnly: declare.gauge(
      'reloader_records_in_memory_only',
      '1 when RBAC keeps the records out of the cluster: what changes while Reloader is down is then lost',
    ),
  }
}

function sendingMetrics(declare: Declare) {
  return {
    kubernetesEvents: declare.counter(
      'reloader_kubernetes_events_total',
      'Kubernetes Events by reason and result (created, updated, dropped, limited, rejected)',
      'reason',
      'result',
    ),
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
