// The chart in the hands of Helm 3: no fault found, and the same objects made as by Helm 4.
import { beforeAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { CHART } from '../../scripts/render/chart.ts'
import { buildBinaries } from '../controlplane/build.ts'
import { helmLocally, helmThreeLocally } from './tools.ts'

// Where it was never built, this takes minutes.
beforeAll(() => buildBinaries('helm3'), 900_000)

const VALUES: readonly (readonly [string, object])[] = [
  ['the defaults', {}],
  ['one namespace', { reloader: { watchGlobally: false } }],
  ['some namespaces', { reloader: { watchGlobally: false, namespaces: ['a', 'b'], ignoreSecrets: true } }],
  ['several replicas', { reloader: { enableHA: true, deployment: { replicas: 2 } } }],
  [
    'every kind of workload and config',
    { reloader: { isArgoRollouts: true, isOpenshift: true, enableCSIIntegration: true } },
  ],
  [
    'everything beside the Deployment',
    {
      reloader: {
        service: { port: 80 },
        serviceMonitor: { enabled: true },
        podMonitor: { enabled: true },
        prometheusRule: { enabled: true },
        verticalPodAutoscaler: { enabled: true },
        podDisruptionBudget: { enabled: true },
        netpol: { enabled: true },
        deployment: { env: { secret: { ALERT_WEBHOOK_PROXY: 'http://p.example' } } },
      },
    },
  ],
  [
    'settings of every type',
    {
      reloader: {
        namespaceSelector: 'team=a',
        custom_annotations: { auto: 'a/b' },
        compat: ['wave'],
        workers: 8,
        cronJobStrategy: 'next-run',
        dryRun: true,
      },
    },
  ],
]

const APIS = ['monitoring.coreos.com/v1', 'autoscaling.k8s.io/v1'].map((each) => `--api-versions=${each}`)
const TEMPLATE = ['template', 'reloader', CHART, '--namespace=default', '--values=-', ...APIS]

function objectsIn(text: string): readonly unknown[] {
  return parseAllDocuments(text).map((each): unknown => each.toJS())
}

test('it is Helm 3', async () => {
  expect((await helmThreeLocally(['version', '--short'])).stdout).toMatch(/^v3\./)
})

test.each(VALUES)('lint finds no fault with %s', async (_what, values) => {
  const outcome = await helmThreeLocally(['lint', CHART, '--strict', '--values=-'], {
    input: JSON.stringify(values),
  })
  expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('0 chart(s) failed') })
})

test.each(VALUES)('template makes what Helm 4 makes with %s', async (_what, values) => {
  const options = { input: JSON.stringify(values) }
  const made = await helmThreeLocally(TEMPLATE, options)
  expect(made).toMatchObject({ code: 0, stderr: '' })
  expect(objectsIn(made.stdout)).toEqual(objectsIn((await helmLocally(TEMPLATE, options)).stdout))
})

test('template refuses what the schema refuses', async () => {
  const input = JSON.stringify({ reloader: { autoReloadAll: 'yes' } })
  const { code, stderr } = await helmThreeLocally(TEMPLATE, { input })
  expect(code).toBe(1)
  expect(stderr).toContain('autoReloadAll')
})
