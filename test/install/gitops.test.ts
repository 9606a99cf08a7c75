// Flux and Argo CD, with what their controllers do to the API server done by kubectl and helm: server-side apply under their
// field manager, and their comparison of what is wanted with what is there.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CHART } from '../../scripts/render/chart.ts'
import { ROOT } from '../../scripts/render/files.ts'
import { listenLocally } from '../controlplane/ports.ts'
import { AUTO, configMapNamed, configObject, envFrom, workloadObject } from '../scenarios/harness/fixtures.ts'
import type { Namespace, WorkloadHandle } from '../scenarios/harness/namespace.ts'
import { revisionsOf, rolledOut } from '../scenarios/real/real-tools.ts'
import { useInstallWorld, type Values } from './install-world.ts'
import { deploymentOf } from './installed.ts'
import { done, helm, kubectl } from './tools.ts'

const world = useInstallWorld()
const STRATEGIES = ['annotations', 'env-vars']

/** How each of them applies what is in Git, and compares it with what is there. */
const TOOLS = {
  'Flux, kustomize-controller': [
    '--server-side',
    '--field-manager=kustomize-controller',
    '--force-conflicts',
  ],
  'Flux, helm-controller': ['--server-side', '--field-manager=helm-controller', '--force-conflicts'],
  'Argo CD': ['--field-manager=argocd-controller'],
  'Argo CD with ServerSideApply': ['--server-side', '--field-manager=argocd-controller', '--force-conflicts'],
} as const

/** The labels and annotations that they put on what they apply. */
const MARKS = {
  labels: {
    'kustomize.toolkit.fluxcd.io/name': 'shop',
    'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
  },
  annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' },
}

interface Content {
  readonly config: string
  readonly version?: string
}

/** What is in Git: a ConfigMap and a Deployment that uses it. */
function git({ config, version = '1' }: Content): string {
  const uses = [envFrom(configMapNamed('app'))]
  const env = [{ name: 'VERSION', value: version }]
  const objects = [
    configObject(configMapNamed('app'), { a: config }),
    workloadObject('web', { annotations: AUTO, uses, env, replicas: 2 }),
  ].map((each) => {
    const { labels, annotations } = each.metadata
    const marked = {
      labels: { ...labels, ...MARKS.labels },
      annotations: { ...annotations, ...MARKS.annotations },
    }
    return { ...each, metadata: { ...each.metadata, ...marked } }
  })
  return objects.map((each) => JSON.stringify(each)).join('\n')
}

async function started(strategy: string) {
  const ns = await world.namespace()
  const values = { reloader: { watchGlobally: false, reloadStrategy: strategy, settleRelease: '500ms' } }
  await world.release(ns, { values })
  return { ns, web: ns.existing('Deployment', 'web') }
}

async function revisions(ns: Namespace, web: WorkloadHandle): Promise<number> {
  await rolledOut(web)
  return (await revisionsOf(ns, web)).length
}

describe.each(Object.entries(TOOLS))('%s', (_tool, how) => {
  test.each(STRATEGIES)(
    '%s: a changed ConfigMap in Git is one new ReplicaSet, which shows as no drift and stays',
    async (strategy) => {
      const { ns, web } = await started(strategy)
      const at = (command: string, content: Content) =>
        kubectl([command, ...how, `--namespace=${ns.name}`, '--filename=-'], { input: git(content) })
      await done(at('apply', { config: '1' }))
      const controller = await world.controller(ns, [ns])
      await controller.decided()

      await done(at('apply', { config: '2' }))
      await controller.decided()
      expect([web.rolls, await revisions(ns, web)]).toEqual([1, 2])
      expect(await at('diff', { config: '2' })).toMatchObject({ code: 0, stdout: '' })

      await done(at('apply', { config: '2' }))
      await controller.decided()
      expect([web.templateChanges, await revisions(ns, web)]).toEqual([1, 2])

      await done(at('apply', { config: '3', version: '2' }))
      await controller.decided()
      expect(await revisions(ns, web)).toBe(3)
      expect(await at('diff', { config: '3', version: '2' })).toMatchObject({ code: 0, stdout: '' })
      expect(controller.refused()).toEqual([])
    },
  )
})

describe('Reloader’s own release', () => {
  test('shows no drift after it has worked: the digest key and the records are none of the chart’s', async () => {
    const ns = await world.namespace()
    await world.release(ns, { values: { reloader: { watchGlobally: false } } })
    const app = await world.app(ns)
    const controller = await world.controller(ns, [ns])
    await controller.decided()
    await app.config.set({ a: '2' })
    await controller.decided()
    const { stdout: input } = await done(helm(['get', 'manifest', 'reloader', `--namespace=${ns.name}`]))
    for (const how of [TOOLS['Flux, helm-controller'], TOOLS['Argo CD with ServerSideApply']]) {
      expect(await kubectl(['diff', ...how, '--filename=-'], { input })).toMatchObject({
        code: 0,
        stdout: '',
      })
    }
  })

  test('its records carry no label that a tool that prunes would take for its own', async () => {
    const ns = await world.namespace()
    await world.release(ns, { values: { reloader: { watchGlobally: false } } })
    const controller = await world.controller(ns, [ns])
    await controller.decided()
    const records = (await ns.list('ConfigMap')).filter(({ metadata }) => metadata.name.includes('-records-'))
    expect(records.map(({ metadata }) => Object.keys(metadata.labels ?? {}))).toEqual([
      ['reloader.stakater.com/records'],
    ])
  })
})

describe('examples/flux', () => {
  test('its release installs from a chart repository as it says, into kube-system', async () => {
    const release = parse(
      readFileSync(join(ROOT, 'examples/flux/platform/reloader/release.yaml'), 'utf8'),
    ) as {
      metadata: { name: string; namespace: string }
      spec: { chart: { spec: { chart: string; version: string } }; values: Values }
    }
    const { name, namespace } = release.metadata
    const { chart, version } = release.spec.chart.spec
    const repository = await chartRepository()
    await done(helm(['repo', 'add', 'shop', repository]))
    const leftovers = [
      'delete',
      `--namespace=${namespace}`,
      '--ignore-not-found',
      `secret/${name}-reloader-digest-key`,
    ]
    world.afterwards(() => kubectl(leftovers))
    world.afterwards(() => helm(['uninstall', name, `--namespace=${namespace}`]))
    await done(
      helm(
        [
          'install',
          name,
          `shop/${chart}`,
          `--version=${version}`,
          `--namespace=${namespace}`,
          '--values=-',
          '--wait',
        ],
        {
          input: JSON.stringify(release.spec.values),
        },
      ),
    )
    const deployment = await deploymentOf({ namespace, name: 'reloader-reloader' })
    expect(deployment.spec.template.spec.containers[0].args).toEqual([
      '--reload-strategy=annotations',
      '--log-level=info',
    ])
  })
})

/** The chart with an index that helm made, on 127.0.0.1, until the test ends; its URL. */
async function chartRepository(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'reloader-repository-'))
  world.afterwards(async () => rmSync(directory, { recursive: true, force: true }))
  await done(helm(['package', CHART, `--destination=${directory}`]))
  await done(helm(['repo', 'index', directory]))
  const server = createServer(({ url = '' }, response) => {
    try {
      response.end(readFileSync(join(directory, url.replaceAll('..', ''))))
    } catch {
      response.writeHead(404).end()
    }
  })
  const port = await listenLocally(server)
  world.afterwards(async () => {
    server.close()
  })
  return `http://127.0.0.1:${port}`
}
