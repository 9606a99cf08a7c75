// PromQL as far as a test has to understand it: which metrics an expression names, and by which labels.

/** One metric in an expression. */
export interface Selector {
  readonly metric: string
  readonly labels: readonly string[]
}

/** The prefixes that all metrics have. */
const SELECTOR = /\b((?:reloader|process|nodejs|rest_client)_\w+)(?:\{([^}]*)\})?/g

/** The metrics that an expression names, each with the labels that it is selected by. */
export function selectorsOf(expression: string): readonly Selector[] {
  return [...expression.matchAll(SELECTOR)].map(([, metric = '', matchers = '']) => ({
    metric,
    labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  }))
}

/** The labels that an expression groups by, or leaves out. */
export function groupingOf(expression: string): readonly string[] {
  return [...expression.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)].flatMap(([, labels = '']) =>
    labels
      .split(',')
      .map((label) => label.trim())
      .filter((label) => label !== ''),
  )
}

/** The labels that a text shows: `{{ label }}` in a legend, `{{ $labels.label }}` in an annotation. */
export function shownIn(text: string): readonly string[] {
  return [...text.matchAll(/\{\{\s*(?:\$labels\.)?([a-z]\w*)\s*\}\}/g)].map(([, label = '']) => label)
}

/** What people ask of Stakater's Reloader today, in dashboards and alerts. */
export const INCUMBENT_QUERIES: readonly string[] = [
  'reloader_reload_executed_total{success="false"}',
  'sum(increase(reloader_reload_executed_total{success="true"}[1h]))',
  'sum by (success) (rate(reloader_reload_executed_total[5m]))',
  'sum by (namespace) (increase(reloader_reload_executed_total_by_namespace{success="true"}[1h]))',
  'sum by (result) (rate(reloader_reconcile_total[5m]))',
  'rate(reloader_reconcile_total{result="error"}[5m])',
  'rate(reloader_reconcile_total{result="skipped"}[5m])',
  'histogram_quantile(0.95, sum by (le, result) (rate(reloader_reconcile_duration_seconds_bucket[5m])))',
  'sum by (workload_kind, result) (reloader_action_total)',
  'histogram_quantile(0.95, sum by (le, workload_kind) (rate(reloader_action_latency_seconds_bucket[5m])))',
  'sum by (reason) (rate(reloader_skipped_total[5m]))',
  'reloader_skipped_total{reason="no_data_change"}',
  'reloader_workqueue_depth',
  'rate(reloader_workqueue_adds_total[5m])',
  'histogram_quantile(0.99, sum by (le) (rate(reloader_workqueue_latency_seconds_bucket[5m])))',
  'sum by (type) (rate(reloader_errors_total[5m]))',
  'increase(reloader_errors_total{type="handler_error"}[15m])',
  'sum(rate(reloader_retries_total[5m]))',
  'sum by (event_type, resource_type) (rate(reloader_events_received_total{resource_type="configmaps"}[5m]))',
  'sum(rate(reloader_events_processed_total{result="success"}[5m]))',
  'sum by (kind) (rate(reloader_workloads_scanned_total[5m]))',
  'reloader_workloads_matched_total{kind="Deployment"}',
  'sum by (code, method) (rate(rest_client_requests_total{method="GET", code="200"}[5m]))',
  'histogram_quantile(0.99, sum by (le, verb) (rate(rest_client_request_duration_seconds_bucket{verb="PATCH"}[5m])))',
  'process_resident_memory_bytes',
  'rate(process_cpu_seconds_total[5m])',
  'process_open_fds / process_max_fds',
]
