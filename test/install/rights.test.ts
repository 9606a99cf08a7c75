// For each shape of rights: the controller runs under the ServiceAccount that the chart made, does its work without being
// refused anything, and the API server refuses what it has no business with.
import { describe, expect, test } from 'vitest'
import { canonical } from '../../scripts/render/patch-between.ts'
import { eventually } from '../scenarios/harness/eventually.ts'
import { documentedPermissions } from '../scenarios/harness/permissions.ts'
import { rollsAfterChange, useInstallWorld } from './install-world.ts'
import { may, type RunningController } from './installed.ts'
import { rendered } from './rendered.ts'

const world = useInstallWorld()

const userIn = (namespace: string) => `system:serviceaccount:${namespace}:reloader-reloader`

async function shape(values: Readonly<Record<string, unknown>>) {
  const [home, other] = [await world.namespace(), await world.namespace({ team: 'a' })]
  await world.release(home, { values: { reloader: values } })
  return { home, other, user: userIn(home.name) }
}

/** How many GETs of configs of the namespace have been answered. */
function readsIn({ proxy }: RunningController, namespace: string): number {
  const reads = proxy.requestsLike({ verb: 'get', where: (each) => each.namespace === namespace })
  return reads.filter(({ finished }) => finished).length
}

/** What nobody needs, whatever the values. */
const NEVER = [
  ['delete', 'configmaps'],
  ['delete', 'secrets'],
  ['create', 'secrets'],
  ['delete', 'deployments.apps'],
  ['create', 'pods'],
  ['patch', 'jobs.batch'],
  ['create', 'cronjobs.batch'],
  ['update', 'deployments.apps'],
  ['patch', 'replicasets.apps'],
  ['escalate', 'roles.rbac.authorization.k8s.io'],
  ['impersonate', 'users'],
]

async function expectRefused(user: string, requests: readonly (readonly string[])[]): Promise<void> {
  const allowed = await Promise.all(requests.map((each) => may(user, each)))
  expect(requests.filter((_each, index) => allowed[index])).toEqual([])
}

describe('the whole cluster', () => {
  test('a workload in any namespace is rolled once, and nothing is refused', async () => {
    const { home, other, user } = await shape({})
    const app = await world.app(other)
    const controller = await world.controller(home, [other])
    expect(await rollsAfterChange(app, controller)).toBe(1)
    expect(controller.refused()).toEqual([])
    const elsewhere = [`--namespace=${other.name}`]
    await expectRefused(user, [
      ...NEVER.map((each) => [...each, `--namespace=${home.name}`]),
      ['create', 'configmaps', ...elsewhere],
      ['update', 'secrets/reloader-reloader-digest-key', ...elsewhere],
      ['update', 'secrets/other', `--namespace=${home.name}`],
      ['list', 'namespaces'],
      ['list', 'pods', ...elsewhere],
      ['list', 'leases.coordination.k8s.io', `--namespace=${home.name}`],
    ])
  })

  test('a namespace selector brings the right to see namespaces, and is heeded', async () => {
    const { home, other, user } = await shape({ namespaceSelector: 'team:a' })
    const [app, unseen] = [await world.app(other), await world.app(await world.namespace())]
    const controller = await world.controller(home, [other])
    expect(await may(user, ['watch', 'namespaces'])).toBe(true)
    await unseen.config.set({ a: '2' })
    expect(await rollsAfterChange(app, controller)).toBe(1)
    expect([unseen.web.rolls, controller.refused()]).toEqual([0, []])
  })

  test('without Secrets they can not be read', async () => {
    const { home, other, user } = await shape({ ignoreSecrets: true })
    const app = await world.app(other)
    const controller = await world.controller(home, [other])
    await controller.decided({ types: ['ConfigMap'] })
    await app.secret.set({ p: 'changed' })
    await app.config.set({ a: 'changed' })
    await controller.decided({ types: ['ConfigMap'] })
    expect([app.web.rolls, controller.refused()]).toEqual([1, []])
    const everywhere = '--all-namespaces'
    await expectRefused(user, [
      ['get', 'secrets', everywhere],
      ['list', 'secrets', everywhere],
      ['watch', 'secrets', everywhere],
    ])
  })

  test('a dry run says what it would roll, with the right to read alone', async () => {
    const { home, other, user } = await shape({ dryRun: true })
    const app = await world.app(other)
    const controller = await world.controller(home, [])
    await eventually(() => readsIn(controller, other.name) >= 2, {
      what: 'the configs of the workload to be read',
    })
    await app.config.set({ a: '2' })
    await eventually(
      () => controller.process.output.some((line) => /dry run/i.test(line) && line.includes('web')),
      {
        what: 'the line that says what would be rolled',
      },
    )
    expect([app.web.rolls, controller.refused()]).toEqual([0, []])
    await expectRefused(user, [
      ['patch', 'deployments.apps', '--all-namespaces'],
      ['create', 'events', '--all-namespaces'],
      ['create', 'configmaps', `--namespace=${home.name}`],
    ])
  })
})

describe('several replicas', () => {
  test('have the right to elect one, and to see no other lease', async () => {
    const { home, other, user } = await shape({ enableHA: true, deployment: { replicas: 2 } })
    const app = await world.app(other)
    const controller = await world.controller(home, [other])
    expect(await rollsAfterChange(app, controller)).toBe(1)
    expect(controller.refused()).toEqual([])
    await expectRefused(user, [
      ['list', 'leases.coordination.k8s.io', `--namespace=${home.name}`],
      ['get', 'leases.coordination.k8s.io/other', `--namespace=${home.name}`],
      ['delete', 'leases.coordination.k8s.io/stakater-reloader-lock', `--namespace=${home.name}`],
      ['get', 'leases.coordination.k8s.io/stakater-reloader-lock', `--namespace=${other.name}`],
    ])
  })

  test('get exactly the rights that the scenarios run under', async () => {
    const { find } = await rendered({ reloader: { enableHA: true, namespaceSelector: 'team=a' } })
    const name = 'reloader-reloader'
    const expected = documentedPermissions({ name, namespaceSelector: true, enableHa: true })
    const sorted = (rules: unknown) => (rules as readonly unknown[]).map(canonical).sort()
    expect(sorted(find('ClusterRole').rules)).toEqual(sorted(expected.clusterRules))
    expect(sorted(find('Role').rules)).toEqual(sorted(expected.namespaceRules))
  })
})

describe('namespaces', () => {
  test('those that are named, and that of the release, get a Role each; nothing of the cluster is granted', async () => {
    const [home, other, unseen] = [await world.namespace(), await world.namespace(), await world.namespace()]
    const values = { watchGlobally: false, namespaces: [other.name] }
    await world.release(home, { values: { reloader: values } })
    const [here, there] = [await world.app(home), await world.app(other)]
    const controller = await world.controller(home, [home, other])
    await controller.decided()
    await here.config.set({ a: '2' })
    expect(await rollsAfterChange(there, controller)).toBe(1)
    expect([here.web.rolls, controller.refused()]).toEqual([1, []])
    const user = userIn(home.name)
    await expectRefused(user, [
      ...NEVER.flatMap((each) => [home, other].map(({ name }) => [...each, `--namespace=${name}`])),
      ['get', 'secrets', `--namespace=${unseen.name}`],
      ['list', 'secrets', '--all-namespaces'],
      ['patch', 'deployments.apps', `--namespace=${unseen.name}`],
    ])
  })

  test('only that of the release: no other can be read', async () => {
    const [home, other] = [await world.namespace(), await world.namespace()]
    await world.release(home, { values: { reloader: { watchGlobally: false } } })
    const app = await world.app(home)
    const controller = await world.controller(home, [home])
    expect(await rollsAfterChange(app, controller)).toBe(1)
    expect(controller.refused()).toEqual([])
    await expectRefused(userIn(home.name), [
      ['get', 'secrets', `--namespace=${other.name}`],
      ['list', 'configmaps', `--namespace=${other.name}`],
      ['list', 'namespaces'],
    ])
  })
})
