// Names, labels and buckets as Stakater's Reloader 1.4.21 has them, written down here a second time on purpose.
import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

const metrics = createMetrics({ byNamespace: true, version: 'v', commit: 'c' })

const INCUMBENT: Readonly<Record<string, readonly [type: string, labels: string]>> = {
  reloader_reload_executed_total: ['counter', 'success'],
  reloader_reload_executed_total_by_namespace: ['counter', 'success,namespace'],
  reloader_reconcile_total: ['counter', 'result'],
  reloader_reconcile_duration_seconds: ['histogram', 'result'],
  reloader_action_total: ['counter', 'workload_kind,result'],
  reloader_action_latency_seconds: ['histogram', 'workload_kind'],
  reloader_skipped_total: ['counter', 'reason'],
  reloader_workqueue_depth: ['gauge', ''],
  reloader_workqueue_adds_total: ['counter', ''],
  reloader_workqueue_latency_seconds: ['histogram', ''],
  reloader_errors_total: ['counter', 'type'],
  reloader_retries_total: ['counter', ''],
  reloader_events_received_total: ['counter', 'event_type,resource_type'],
  reloader_events_processed_total: ['counter', 'event_type,resource_type,result'],
  reloader_workloads_scanned_total: ['counter', 'kind'],
  reloader_workloads_matched_total: ['counter', 'kind'],
  rest_client_requests_total: ['counter', 'code,method,host'],
  rest_client_request_duration_seconds: ['histogram', 'verb,host'],
  process_cpu_seconds_total: ['counter', ''],
  process_resident_memory_bytes: ['gauge', ''],
  process_virtual_memory_bytes: ['gauge', ''],
  process_start_time_seconds: ['gauge', ''],
  process_open_fds: ['gauge', ''],
  process_max_fds: ['gauge', ''],
}

test.each(Object.entries(INCUMBENT))('%s is there, with its type and labels', (name, [type, labels]) => {
  const found = metrics.declarations.find((each) => each.name === name)
  expect(found && [found.type, found.labels.join()]).toEqual([type, labels])
})

test('the buckets have its bounds', async () => {
  metrics.reconcileDuration.observe({ result: 'success' }, 0)
  metrics.actionLatency.observe({ workload_kind: 'Deployment' }, 0)
  metrics.queueLatency.observe(0)
  metrics.restDuration.observe({ verb: 'GET', host: 'h' }, 0)
  const text = await metrics.render()
  const bounds = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}_bucket\\{.*?le="([^"]+)".*`, 'gm'))].map(([, le]) => le).join(' ')
  expect(bounds('reloader_reconcile_duration_seconds')).toBe(
    '0.001 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf',
  )
  expect(bounds('reloader_action_latency_seconds')).toBe('0.01 0.05 0.1 0.25 0.5 1 2.5 5 10 30 60 +Inf')
  expect(bounds('reloader_workqueue_latency_seconds')).toBe(
    '0.001 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 +Inf',
  )
  expect(bounds('rest_client_request_duration_seconds')).toBe('0.001 0.01 0.05 0.1 0.5 1 5 10 30 +Inf')
})
