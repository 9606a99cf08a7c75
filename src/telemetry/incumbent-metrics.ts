// The metrics of Stakater's Reloader 1.4.21: names, labels, words in labels and bounds of buckets are the incumbent's, so
// that dashboards and alerts made for it go on to work. What it counts twice or never is counted right.
import type { Declare } from './declare-metric.ts'

const ACTION_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const RECONCILE_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const QUEUE_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const REQUEST_SECONDS = [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30]

/** Declares all of them, but for those of a Go runtime. */
export function declareIncumbentMetrics(declare: Declare, options: { readonly byNamespace: boolean }) {
  return {
    ...rollMetrics(declare, options.byNamespace),
    ...reconcileMetrics(declare),
    ...queueMetrics(declare),
    ...eventMetrics(declare),
    ...requestMetrics(declare),
  }
}

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
    actions: declare.counter(
      'reloader_action_total',
      'Writes that roll a workload, by kind and result (success, error, and conflict or gone: decided again)',
      'workload_kind',
      'result',
    ),
    actionLatency: declare.histogram(
      'reloader_action_latency_seconds',
      'Time from sending a roll to its answer',
      { buckets: ACTION_SECONDS, labels: ['workload_kind'] },
    ),
  }
}

function reconcileMetrics(declare: Declare) {
  const errors = declare.counter(
    'reloader_errors_total',
    'Looks that failed (handler_error), annotation entries that are ignored (annotation) and objects that are left alone (object), being invalid',
    'type',
  )
  for (const type of ['handler_error', 'annotation', 'object']) errors.inc({ type }, 0)
  return {
    errors,
    reconciles: declare.counter(
      'reloader_reconcile_total',
      'Looks at a workload, each counted once, by result (success: rolled or recorded, skipped: nothing to do now, error)',
      'result',
    ),
    reconcileDuration: declare.histogram(
      'reloader_reconcile_duration_seconds',
      'Time of one look at a workload, requests included',
      { buckets: RECONCILE_SECONDS, labels: ['result'] },
    ),
    skipped: declare.counter(
      'reloader_skipped_total',
      'Looks that had nothing to do (ignored_or_not_selected, no_data_change, strategy_not_updated: the template carries the stamp already)',
      'reason',
    ),
    retries: declare.counter('reloader_retries_total', 'Workloads put back on the queue after an error'),
    workloadsScanned: declare.counter(
      'reloader_workloads_scanned_total',
      'Decisions about a workload that were carried out, by kind',
      'kind',
    ),
    workloadsMatched: declare.counter(
      'reloader_workloads_matched_total',
      'Workloads rolled, by kind',
      'kind',
    ),
  }
}

function queueMetrics(declare: Declare) {
  return {
    queueDepth: declare.gauge('reloader_workqueue_depth', 'Workloads that wait for a worker now'),
    queueAdds: declare.counter(
      'reloader_workqueue_adds_total',
      'Workloads added to the queue; one already waiting is not added',
    ),
    queueLatency: declare.histogram(
      'reloader_workqueue_latency_seconds',
      'Time that a workload waited for a worker',
      { buckets: QUEUE_SECONDS },
    ),
  }
}

function eventMetrics(declare: Declare) {
  return {
    eventsReceived: declare.counter(
      'reloader_events_received_total',
      'Watch events by type (add, update, delete) and resource, workloads included',
      'event_type',
      'resource_type',
    ),
    eventsProcessed: declare.counter(
      'reloader_events_processed_total',
      'Watch events that were taken in; the result is always success, because none is ever dropped',
      'event_type',
      'resource_type',
      'result',
    ),
  }
}

function requestMetrics(declare: Declare) {
  return {
    restRequests: declare.counter(
      'rest_client_requests_total',
      'Requests to the Kubernetes API by HTTP method, status code and host; code is <error> when there was no answer',
      'code',
      'method',
      'host',
    ),
    restDuration: declare.histogram(
      'rest_client_request_duration_seconds',
      'Time until the head of the answer of the Kubernetes API arrived; verb is the HTTP method, as with client-go',
      { buckets: REQUEST_SECONDS, labels: ['verb', 'host'] },
    ),
  }
}
