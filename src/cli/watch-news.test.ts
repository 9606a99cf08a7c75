import { expect, test } from 'vitest'
import { createMetrics } from '../telemetry/metrics.ts'
import { WORKLOAD_RESOURCES } from '../types/workload.ts'
import { createWatchNews } from './watch-news.ts'

function setUp() {
  const lines: string[] = []
  const say = (msg: string) => lines.push(msg)
  const metrics = createMetrics({ byNamespace: false, version: 'v', commit: 'c' })
  return { news: createWatchNews({ log: { info: say, warn: say }, metrics }), lines, metrics }
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
