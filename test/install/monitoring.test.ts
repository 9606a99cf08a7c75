// What Prometheus itself says of the metrics, the alerts and the queries of the dashboard, by its promtool; and the chart's
// PrometheusRule.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { MONITORING, readAlerts, readPanels, readRules } from '../packaging/monitoring.ts'
import { INCUMBENT_QUERIES } from '../packaging/queries.ts'
import { eventually } from '../scenarios/harness/eventually.ts'
import { atFirst, refuseWith } from '../scenarios/harness/faults.ts'
import { AUTO, configMapNamed, envFrom } from '../scenarios/harness/fixtures.ts'
import { useWorld } from '../scenarios/harness/world.ts'
import { promtool } from './promtool.ts'
import { rendered } from './rendered.ts'

const world = useWorld()
let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'reloader-monitoring-'))
})
afterAll(async () => {
  await rm(directory, { recursive: true, force: true })
})

/** A scrape of a process that has adopted, failed and rolled. */
async function scrapeAfterWork(): Promise<string> {
  const { ns, controller, installation } = await world.start({
    env: { METRICS_COUNT_BY_NAMESPACE: 'enabled' },
  })
  const config = await ns.configMap('app', { a: '1' })
  const used = envFrom(configMapNamed('app'))
  const web = await ns.workload('web', { annotations: AUTO, uses: [used], replicas: 0 })
  await installation.recorded(web)
  controller.proxy.onRequest({ verb: 'patch', name: 'web' }, atFirst(1, refuseWith(500)))
  await config.set({ a: '2' })
  await eventually(() => web.rolls === 1)
  // So that some look has nothing to do.
  await web.annotate({ 'reloader.stakater.com/settle': '60ms' })
  await eventually(async () => (await controller.metric('reloader_skipped_total')) > 0)
  return await controller.scrape()
}

/** The samples of a scrape as promtool's tests have them, the same for ten minutes. */
function seriesOf(text: string) {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return samples.map((line) => {
    const end = line.lastIndexOf(' ')
    const [series, value] = [line.slice(0, end), line.slice(end + 1)]
    const labelled = series.includes('{')
      ? series.replace('{', '{job="reloader",')
      : `${series}{job="reloader"}`
    return { series: labelled, values: `${value}x10` }
  })
}

/** Whether a query answers anything, as an expectation. */
function answers(expr: string) {
  return { expr: `sum(count(${expr}) > bool 0)`, eval_time: '10m', exp_samples: [{ labels: '{}', value: 1 }] }
}

test('a live scrape is what promtool wants of one, and answers the dashboard and what the incumbent is asked', async () => {
  const text = await scrapeAfterWork()
  // The name is the incumbent's, and asked for by a variable; promtool misses the ending of a counter.
  const asByDefault = text.split('\n').filter((line) => !line.includes('_total_by_namespace'))
  const outcome = await promtool(['check', 'metrics'], asByDefault.join('\n'))
  expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' })
  const ofDashboard = readPanels()
    .flatMap(({ targets }) => targets.map(({ expr }) => expr))
    .map((expr) => expr.replaceAll('$job', 'reloader').replaceAll('$__rate_interval', '5m'))
    // There is nothing to show where nothing is amiss.
    .filter((expr) => !/watch_restarts|result!=|memory_limit/.test(expr))
  const tests = [
    {
      interval: '1m',
      input_series: seriesOf(text),
      promql_expr_test: [...INCUMBENT_QUERIES, ...ofDashboard].map(answers),
    },
  ]
  const file = join(directory, 'queries.yaml')
  await writeFile(file, stringify({ rule_files: [], tests }))
  expect(await promtool(['test', 'rules', file])).toMatchObject({ code: 0, stderr: '' })
})

describe('the alerts', () => {
  test('are rules that Prometheus takes', async () => {
    const outcome = await promtool(['check', 'rules', join(MONITORING, 'alerts.yaml')])
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(outcome.stdout).toContain(`${readAlerts().length} rules found`)
  })

  test('fire when they should, and are silent when they should be', async () => {
    const outcome = await promtool(['test', 'rules', join(MONITORING, 'alerts.test.yaml')])
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
  })

  test('are in no cluster unless asked for, and then all of them', async () => {
    expect((await rendered()).kinds).not.toContain('PrometheusRule')
    const prometheusRule = { enabled: true, namespace: 'watch', labels: { release: 'prometheus', team: 'a' } }
    const rule = (await rendered({ reloader: { prometheusRule } })).find('PrometheusRule')
    expect(rule.metadata).toMatchObject({ namespace: 'watch', labels: { team: 'a' } })
    expect(rule.spec).toEqual(readRules())
  })
})
