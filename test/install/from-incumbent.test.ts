// The way over from the incumbent's chart, and back: one command, one controller, no workload restarted.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CHART } from '../../scripts/render/chart.ts'
import { eventually } from '../scenarios/harness/eventually.ts'
import { AUTO, configMapNamed, envFrom } from '../scenarios/harness/fixtures.ts'
import type { Namespace } from '../scenarios/harness/namespace.ts'
import { incumbentHash, stampVariableName } from '../scenarios/harness/stamps.ts'
import { type ReleaseOptions, useInstallWorld } from './install-world.ts'
import { deploymentOf } from './installed.ts'
import { rendered } from './rendered.ts'
import { done, helm, kubectl } from './tools.ts'

const world = useInstallWorld()
const INCUMBENT = join(import.meta.dirname, 'incumbent')
const name = 'reloader-reloader'

/** The incumbent's release, and a workload that it has rolled once. */
async function withIncumbent(options: ReleaseOptions = {}) {
  const home = await world.namespace()
  await world.release(home, { ...options, chart: INCUMBENT, args: ['--wait', ...(options.args ?? [])] })
  const config = await home.configMap('app', { a: '1' })
  const env = [{ name: stampVariableName(configMapNamed('app')), value: incumbentHash({ a: '1' }) }]
  const uses = [envFrom(configMapNamed('app'))]
  const web = await home.workload('web', { annotations: AUTO, uses, env })
  return { home, config, web }
}

/** Names of all roles and bindings of the release. */
async function rolesOf({ name: namespace }: Namespace): Promise<string[]> {
  const { stdout } = await done(
    kubectl(['get', 'roles,rolebindings', `--namespace=${namespace}`, '-l=release=reloader', '-o=name']),
  )
  const wide = await done(
    kubectl(['get', 'clusterroles,clusterrolebindings', '-l=release=reloader', '-o=name']),
  )
  return `${stdout}${wide.stdout}`
    .split('\n')
    .filter((each) => each !== '')
    .sort()
}

async function imagesOf(home: Namespace): Promise<string[]> {
  const { stdout } = await done(
    kubectl(['get', 'pods', `--namespace=${home.name}`, `-l=app=${name}`, '-o=json']),
  )
  const { items } = JSON.parse(stdout) as {
    items: { metadata: { deletionTimestamp?: string }; spec: { containers: { image: string }[] } }[]
  }
  const alive = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  return alive.flatMap(({ spec }) => spec.containers.map(({ image }) => image))
}

const WAYS: readonly (readonly [string, ReleaseOptions, ReleaseOptions])[] = [
  ['plain', {}, {}],
  [
    'from a release that was applied on the client’s side, as helm 3 does',
    { args: ['--server-side=false'] },
    {},
  ],
  ['with --reset-then-reuse-values', {}, { args: ['--reset-then-reuse-values'] }],
  [
    'in one namespace',
    { values: { reloader: { watchGlobally: false } } },
    { values: { reloader: { watchGlobally: false } } },
  ],
]

describe('helm upgrade', () => {
  test.each(WAYS)(
    '%s: no workload is restarted, one controller is left, and no role without use',
    async (_way, before, after) => {
      const { home, config, web } = await withIncumbent(before)
      const old = await deploymentOf({ namespace: home.name, name })
      const { args = [], ...values } = after
      await world.release(home, { ...values, command: 'upgrade', args: [...args, '--wait'] })
      const now = await deploymentOf({ namespace: home.name, name })
      expect(now.metadata).toHaveProperty('uid', (old.metadata as { uid?: string }).uid)
      const { container, objects } = await rendered(after.values ?? {})
      await eventually(async () => (await imagesOf(home)).join() === container.image, {
        what: 'one pod, of ours',
      })
      expect(now.spec.template.spec.containers[0].env?.map((each) => each.name)).toEqual(
        container.env.map((each) => each.name),
      )
      const roles = objects.filter(({ kind }) => /Role/.test(kind))
      expect(await rolesOf(home)).toHaveLength(roles.length)

      const controller = await world.controller(home, [home])
      await controller.decided()
      expect([web.templateChanges, controller.refused()]).toEqual([0, []])
      await config.set({ a: '2' })
      await controller.decided()
      expect(web.rolls).toBe(1)
    },
  )

  test('with --reuse-values, which would keep the incumbent’s image: one clear line, and nothing is changed', async () => {
    const { home } = await withIncumbent()
    const before = await deploymentOf({ namespace: home.name, name })
    const { code, stderr } = await helm([
      'upgrade',
      'reloader',
      CHART,
      `--namespace=${home.name}`,
      '--reuse-values',
    ])
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toContain('use --reset-then-reuse-values instead of --reuse-values')
    expect(await deploymentOf({ namespace: home.name, name })).toEqual(before)
  })

  test('values that were given to the incumbent keep their meaning', async () => {
    const values = { reloader: { reloadStrategy: 'annotations', logLevel: 'debug' } }
    const { home } = await withIncumbent({ values })
    await world.release(home, { command: 'upgrade', args: ['--reset-then-reuse-values'] })
    const { spec } = await deploymentOf({ namespace: home.name, name })
    expect(spec.template.spec.containers[0].args).toEqual([
      '--reload-strategy=annotations',
      '--log-level=debug',
    ])
  })
})

test('helm rollback brings the incumbent back: no workload is restarted, and nothing of ours is left but the key and the records', async () => {
  const { home, web } = await withIncumbent()
  const roles = await rolesOf(home)
  await world.release(home, { command: 'upgrade', args: ['--wait'] })
  const controller = await world.controller(home, [home])
  await controller.decided()
  await controller.stop()
  await done(helm(['rollback', 'reloader', '1', `--namespace=${home.name}`, '--wait']))
  await eventually(async () => (await imagesOf(home)).join() === 'ghcr.io/stakater/reloader:v1.4.21', {
    what: 'one pod, of the incumbent',
  })
  expect(await rolesOf(home)).toEqual(roles)
  expect(web.templateChanges).toBe(0)
})
