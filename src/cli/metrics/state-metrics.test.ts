import { expect, test, vi } from 'vitest'
import { workload } from '../../../test/builders.ts'
import { AUTO } from '../../../test/fake/workbench.ts'
import { workloadStores } from '../../../test/fake/workload-stores.ts'
import { createOutOfDate } from '../../controller/out-of-date.ts'
import { createBackoff } from '../../controller/queue/backoff.ts'
import type { SelectedNamespace } from '../../controller/watch/scope.ts'
import { createStore } from '../../kube/store.ts'
import { createMetrics } from '../../telemetry/metrics.ts'
import { WORKLOAD_RESOURCES } from '../../types/workload.ts'
import { sampleStores, sampleWork, type Work } from './state-metrics.ts'

function setUp() {
  const metrics = createMetrics({ byNamespace: false, version: 'v', commit: 'c' })
  const value = async (series: string) => {
    const line = (await metrics.render()).split('\n').find((each) => each.startsWith(`${series} `))
    return line === undefined ? undefined : Number(line.slice(series.length))
  }
  return { metrics, value }
}

function workOf(rest: Partial<Work> = {}): Work {
  return {
    controller: { backoff: createBackoff({ baseMs: 1, maxMs: 1 }), followedConfigs: () => [['Secret', 3]] },
    queue: { depth: 7 },
    pending: { size: 2, oldestMs: () => undefined },
    outOfDate: createOutOfDate(),
    records: { size: 5, isPersistent: () => false },
    ...rest,
  }
}

test('a controller at work tells what there is to do', async () => {
  const { metrics, value } = setUp()
  const work = workOf()
  work.controller.backoff.when('a')
  sampleWork(metrics, work)
  expect(await value('reloader_pending_workloads')).toBe(2)
  expect(await value('reloader_failing_workloads')).toBe(1)
  expect(await value('reloader_workqueue_depth')).toBe(7)
  expect(await value('reloader_records')).toBe(5)
  expect(await value('reloader_records_in_memory_only')).toBe(1)
  expect(await value('reloader_followed_configs{type="secrets"}')).toBe(3)
})

test('a replica that does not act any more has nothing to do', async () => {
  const { metrics, value } = setUp()
  sampleWork(metrics, workOf())
  sampleWork(metrics, undefined)
  for (const name of ['pending_workloads', 'workqueue_depth', 'records', 'records_in_memory_only'])
    expect(await value(`reloader_${name}`)).toBe(0)
  expect(await value('reloader_followed_configs{type="secrets"}')).toBeUndefined()
})

test.each([
  [40_000, undefined, 60],
  [undefined, 10_000, 90],
  [40_000, 10_000, 90],
  [10_000, 40_000, 90],
  [undefined, undefined, 0],
])('of a change seen at %s and one found at %s the older one counts', async (seen, found, age) => {
  vi.spyOn(performance, 'now').mockReturnValue(100_000)
  const { metrics, value } = setUp()
  const outOfDate = createOutOfDate()
  if (found !== undefined) outOfDate.add('a', found)
  sampleWork(metrics, workOf({ pending: { size: 1, oldestMs: () => seen }, outOfDate }))
  vi.restoreAllMocks()
  expect(await value('reloader_oldest_unapplied_change_seconds')).toBe(age)
})

test('workloads count once they are opted in, and a right that is granted again is not missing', async () => {
  const { metrics, value } = setUp()
  const workloads = workloadStores()
  workloads.Deployment.set(workload({ metadata: { name: 'in' }, annotations: AUTO }), 'list')
  workloads.Deployment.set(workload({ metadata: { name: 'out' } }), 'list')
  const resource = WORKLOAD_RESOURCES.Deployment
  const watchesThat = (watch: boolean) => ({
    workloads,
    namespaces: undefined,
    forbidden: () => [{ resource, list: false, watch }],
  })
  sampleStores(metrics, watchesThat(true))
  expect(await value('reloader_workloads{kind="Deployment"}')).toBe(1)
  expect(await value('reloader_forbidden{resource="deployments",verb="watch"}')).toBe(1)
  sampleStores(metrics, watchesThat(false))
  expect(await value('reloader_forbidden{resource="deployments",verb="watch"}')).toBe(0)
})

test('of workloads in namespaces that are not selected nobody is told', async () => {
  const { metrics, value } = setUp()
  const workloads = workloadStores()
  for (const namespace of ['shop', 'blog'])
    workloads.Deployment.set(workload({ metadata: { name: 'in', namespace }, annotations: AUTO }), 'list')
  const selected = createStore<SelectedNamespace>()
  const ref = { namespace: '', name: 'shop' }
  selected.set({ ref, name: 'shop', uid: 'u', resourceVersion: '1', watched: false }, 'list')
  sampleStores(metrics, { workloads, namespaces: selected.store, forbidden: () => [] })
  expect(await value('reloader_workloads{kind="Deployment"}')).toBe(1)
})
