// `reloader cleanup` after real rolls, as somebody with exactly the documented rights runs it.
import { expect, test } from 'vitest'
import { cleanupRights } from '../../src/cli/rights/cleanup-rights.ts'
import { rulesOf } from '../../src/cli/rights/right.ts'
import { startControllerProcess } from './harness/controller-process.ts'
import { eventually } from './harness/eventually.ts'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import type { Installation } from './harness/installation.ts'
import { canonical, templateOf } from './harness/json.ts'
import type { Namespace } from './harness/namespace.ts'
import { documentedPermissions } from './harness/permissions.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const uses = [envFrom(configMapNamed('app'))]
const PAUSED_AT = 'deployment.reloader.stakater.com/paused-at'
const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const

/** Workloads of three kinds, each rolled once by a change; one that was never rolled; and one that is paused. */
async function begin() {
  const ns = await world.namespace()
  const permissions = documentedPermissions({ name: 'reloader', enableHa: true })
  const installation = await world.install({ namespaces: [ns], flags: ['--enable-ha'], permissions })
  const { home } = installation
  await home.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'reloader-digest-key' } })
  const controller = await installation.start({ env: { POD_NAME: 'one', POD_NAMESPACE: home.name } })
  const config = await ns.configMap('app', { a: '1' })
  const rolled = await Promise.all(
    KINDS.map((kind) => ns.workload('web', { kind, annotations: AUTO, uses, replicas: 0 })),
  )
  const paused = await ns.workload('paused', { annotations: { [PAUSED_AT]: '2026-01-01T00:00:00Z' } })
  await paused.edit({ spec: { paused: true } })
  await installation.recorded(...rolled)
  await config.set({ a: '2' })
  const once = Object.fromEntries(rolled.map(({ id }) => [id, 1]))
  expect(await controller.rolls(once)).toEqual(once)
  return { ns, installation, controller, rolled, paused }
}

async function cleanUp(ns: Namespace, { home, name }: Installation, argv: readonly string[] = []) {
  const rights = cleanupRights({ name, stamps: argv.includes('--stamps'), selectsNamespaces: false })
  const kubeconfig = await world.cluster.controllerKubeconfig({
    namespace: home.name,
    name: 'cleaner',
    clusterRules: rulesOf(rights.filter(({ place }) => place === 'scope')),
    namespaceRules: rulesOf(rights.filter(({ place }) => place === 'own')),
  })
  const process = startControllerProcess({
    args: ['cleanup', `--kubeconfig=${kubeconfig}`, `--namespaces=${ns.name}`, ...argv],
    env: { RELOADER_NAMESPACE: home.name, RELOADER_DEPLOYMENT_NAME: name },
  })
  const { code } = await process.exited
  return { code, text: process.output.join('\n') }
}

/** Every pod template of the namespace as text, by workload. */
async function templates(ns: Namespace): Promise<ReadonlyMap<string, string>> {
  const lists = await Promise.all(
    KINDS.map(async (kind) => (await ns.list(kind)).map((object) => ({ kind, object }))),
  )
  return new Map(
    lists
      .flat()
      .map(({ kind, object }) => [`${kind}/${object.metadata.name}`, canonical(templateOf(object))]),
  )
}

/** What of an installation is in its namespace. */
async function ownObjects({ home }: Installation): Promise<readonly string[]> {
  const objects = await Promise.all(['ConfigMap', 'Secret', 'Lease'].map((kind) => home.list(kind)))
  return objects
    .flat()
    .map(({ metadata }) => metadata.name)
    .filter((name) => /^(reloader-|stakater-)/.test(name))
}

test('after an uninstallation everything of its own goes, what it paused goes on, and nothing rolls', async () => {
  const { ns, installation, controller, rolled, paused } = await begin()
  const alive = await cleanUp(ns, installation, ['--yes'])
  expect([alive.code, alive.text]).toEqual([
    1,
    expect.stringContaining('Refused: Reloader still runs: one renews'),
  ])
  await controller.kill('SIGTERM')
  const left = await ownObjects(installation)
  const certain = ['reloader-digest-key', 'reloader-records-0', 'stakater-reloader-lock']
  expect(left).toEqual(expect.arrayContaining(certain))

  const told = await cleanUp(ns, installation)
  expect([told.code, await ownObjects(installation)], told.text).toEqual([0, left])
  const done = await cleanUp(ns, installation, ['--yes'])
  expect([done.code, await ownObjects(installation)], done.text).toEqual([0, []])
  expect(JSON.stringify(await paused.get())).not.toMatch(/"paused":true|paused-at/)
  await eventually(async () => ns.watch.hasSeen(await paused.get()))
  expect([...rolled, paused].map((each) => each.templateChanges)).toEqual([1, 1, 1, 0])
})

test('with --stamps exactly as many workloads roll as it said first, and none carries a stamp', async () => {
  const { ns, installation, controller, rolled } = await begin()
  await controller.kill('SIGTERM')
  const before = await templates(ns)
  const { code, text } = await cleanUp(ns, installation, ['--yes', '--stamps'])
  expect(code, text).toBe(0)
  const after = await templates(ns)
  const changed = [...after].filter(([id, template]) => template !== before.get(id)).map(([id]) => id)
  expect(changed).toEqual(expect.arrayContaining(rolled.map(({ id }) => id)))
  expect(text).toContain(`\nRolls ${changed.length} workloads: `)
  expect([...after.values()].join()).not.toContain('STAKATER_')
  expect(await cleanUp(ns, installation, ['--yes', '--stamps'])).toMatchObject({
    code: 0,
    text: expect.stringContaining('There is nothing to do.'),
  })
})
