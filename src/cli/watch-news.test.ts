import { expect, test } from 'vitest'
import { createMetrics } from '../telemetry/metrics.ts'
import { WORKLOAD_RESOURCES } from '../types/workload.ts'
import { createWatchNews } from './watch-news.ts'

function setUp() {
  const lines: string[] = []
  const info: string[] = []
  const clock = { nowMs: 0 }
  const log = {
    debug: () => {},
    info: (msg: string) => info.push(msg),
    warn: (msg: string) => lines.push(msg),
  }
  const metrics = createMetrics({ byNamespace: false, version: 'v', commit: 'c' })
  const news = createWatchNews({ log, metrics, nowMs: () => clock.nowMs })
  return { news, lines, info, metrics, clock }
}

test('an object that has not the form of one is told of once, and again when something else is wrong with it', async () => {
  const { news, lines, metrics } = setUp()
  const bad = (name: string, problem: string) =>
    news.onBadObject(WORKLOAD_RESOURCES.Rollout, { namespace: 'shop', name, error: new TypeError(problem) })
  for (const name of ['a', 'a', 'b', 'a']) bad(name, 'volumes is not iterable')
  bad('a', 'containers is not iterable')
  const said = 'is left alone, because it has not the form of one:'
  expect(lines).toEqual([
    `rollouts/shop/a ${said} volumes is not iterable`,
    `rollouts/shop/b ${said} volumes is not iterable`,
    `rollouts/shop/a ${said} containers is not iterable`,
  ])
  expect(await metrics.render()).toContain('reloader_errors_total{type="object"} 3\n')
})

test('what RBAC forbids in many namespaces is one warning, which names the value of the chart', () => {
  const { news, lines, info } = setUp()
  const refused = (plural: string, namespace: string) =>
    news.onProblem({
      verb: 'list',
      resource: { group: '', version: 'v1', plural },
      namespace,
      error: new Error('refused'),
    })
  for (const namespace of ['a', 'b', 'a']) refused('deploymentconfigs', namespace)
  refused('secrets', '')
  const grant = 'grant it as docs/permissions.md says'
  const inA = `RBAC forbids to list deploymentconfigs in namespace a; ${grant}, in the chart by reloader.isOpenshift=true: refused`
  expect(lines).toEqual([inA, inA, `RBAC forbids to list secrets in the whole cluster; ${grant}: refused`])
  expect(info).toEqual([inA.replace('namespace a', 'namespace b')])
})

test('why the watches of a resource fail is told once a minute, whatever their number, and at once when it changes', () => {
  const { news, info, clock } = setUp()
  const { Deployment, Job } = WORKLOAD_RESOURCES
  const gone = new Error('connect ECONNREFUSED')
  for (const resource of [Deployment, Deployment, Job]) news.onRetry(resource, gone)
  clock.nowMs = 59_999
  news.onRetry(Deployment, gone)
  news.onRetry(Job, new Error('the server answered 500'))
  clock.nowMs = 60_000
  news.onRetry(Deployment, gone)
  expect(info).toEqual([
    'Watching deployments is taken up again: connect ECONNREFUSED',
    'Watching jobs is taken up again: connect ECONNREFUSED',
    'Watching jobs is taken up again: the server answered 500',
    'Watching deployments is taken up again: connect ECONNREFUSED',
  ])
})
