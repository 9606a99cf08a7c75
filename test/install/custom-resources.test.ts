// Custom resources of others, held against their definitions: the examples for Flux and Argo CD, and what the chart makes
// for Prometheus and the autoscaler.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../../scripts/render/files.ts'
import { installCrds } from './crds.ts'
import { useInstallWorld } from './install-world.ts'
import { kubectl, template } from './tools.ts'

const world = useInstallWorld()
let removeCrds = async () => {}
// Where Go has none of the modules yet, this takes minutes.
beforeAll(async () => {
  removeCrds = await installCrds()
}, 600_000)
afterAll(() => removeCrds())

const dryRun = ['apply', '--server-side', '--dry-run=server', '--validate=strict']

describe('the examples are accepted, strictly and without a warning', () => {
  test.each(['reloader', 'reloader-oci'])('examples/flux/platform/%s', async (name) => {
    const directory = join(ROOT, 'examples', 'flux', 'platform', name)
    expect(await kubectl([...dryRun, `--kustomize=${directory}`])).toMatchObject({ code: 0, stderr: '' })
  })

  test.each(['reloader', 'workloads'])('examples/argocd/%s.yaml', async (name) => {
    const ns = await world.namespace()
    const file = join(ROOT, 'examples', 'argocd', `${name}.yaml`)
    const local = await kubectl(['apply', '--dry-run=client', `--filename=${file}`, '-o=json'])
    const object = JSON.parse(local.stdout) as { metadata: { namespace: string } }
    object.metadata.namespace = ns.name
    const outcome = await kubectl([...dryRun, '--filename=-'], { input: JSON.stringify(object) })
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
  })
})

test('monitors, alerts and autoscaler of the chart are accepted with every value that they know', async () => {
  const ns = await world.namespace()
  const relabeling = [{ sourceLabels: ['pod'], targetLabel: 'instance' }]
  const monitor = {
    enabled: true,
    interval: '30s',
    timeout: '10s',
    scheme: 'http',
    relabelings: relabeling,
    metricRelabelings: relabeling,
    labels: { release: 'prometheus', team: 'a' },
  }
  const reloader = {
    serviceMonitor: { ...monitor, targetLabels: ['team'] },
    podMonitor: { ...monitor, podTargetLabels: ['team'] },
    prometheusRule: { enabled: true, labels: { release: 'prometheus', team: 'a' } },
    verticalPodAutoscaler: {
      enabled: true,
      controlledResources: ['memory'],
      controlledValues: 'RequestsAndLimits',
      minAllowed: { memory: '64Mi' },
      maxAllowed: { memory: '1Gi' },
      recommenders: [{ name: 'default' }],
    },
  }
  const apis = ['monitoring.coreos.com/v1', 'autoscaling.k8s.io/v1'].map((each) => `--api-versions=${each}`)
  const { stdout } = await template({ namespace: ns.name, reloader }, apis)
  for (const kind of ['ServiceMonitor', 'PodMonitor', 'PrometheusRule', 'VerticalPodAutoscaler'])
    expect(stdout).toContain(`kind: ${kind}\n`)
  const outcome = await kubectl([...dryRun, '--filename=-'], { input: stdout })
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
})
