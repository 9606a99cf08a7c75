// Rollouts with a workloadRef: the Rollout is the workload, and the Deployment holds its pod template (behaviour.md 3).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { defineKinds, removeKinds } from './harness/custom-kinds.ts'
import { eventually } from './harness/eventually.ts'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import { kindInfo } from './harness/kinds.ts'
import type { Namespace, WorkloadHandle } from './harness/namespace.ts'
import { documentedPermissions } from './harness/permissions.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const uses = [envFrom(app)]
const flags = ['--is-Argo-Rollouts=true']
const permissions = documentedPermissions({ name: 'reloader', custom: ['Rollout'] })
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' }

beforeAll(() => defineKinds(world.api, ['Rollout']))
afterAll(() => removeKinds(world.api, ['Rollout']))

async function start(more: Partial<Parameters<typeof world.start>[0]> = {}) {
  const ns = await world.namespace({ custom: ['Rollout'] })
  return world.start({ namespaces: [ns], flags, permissions, ...more })
}

async function borrowing(
  ns: Namespace,
  annotations: Record<string, string>,
  workloadRef: Record<string, string> = { ...DEPLOYMENT, name: 'web' },
): Promise<WorkloadHandle> {
  await ns.create({
    apiVersion: kindInfo('Rollout').apiVersion,
    kind: 'Rollout',
    metadata: { name: 'canary', annotations },
    spec: { replicas: 1, workloadRef },
  })
  return ns.existing('Rollout', 'canary')
}

const OPTED_IN = [
  ['the Rollout', AUTO, {}],
  ['the Deployment', {}, AUTO],
  ['both', AUTO, AUTO],
] as const

test.each(OPTED_IN)(
  '%s may opt in: the Deployment is written once, and the Rollout was rolled',
  async (_, own, lenders) => {
    const { ns, controller } = await start()
    const config = await ns.configMap('app', { a: '1' })
    const web = await ns.workload('web', { annotations: lenders, uses, replicas: 0 })
    const canary = await borrowing(ns, own)
    await controller.decided()
    expect(web.templateChanges).toBe(0)
    for (const round of [1, 2]) {
      await config.set({ a: `changed ${round}` })
      expect(await controller.rolls({ [web.id]: round })).toEqual({ [web.id]: round })
    }
    await eventually(async () => (await canary.events('Reloaded')).length > 0, { what: 'the Event' })
    expect(await web.events('Reloaded')).toEqual([])
  },
)

test('the Rollout may come first, and name another Deployment later', async () => {
  const { ns, controller } = await start()
  const config = await ns.configMap('app', { a: '1' })
  const canary = await borrowing(ns, AUTO)
  await controller.decided()
  const web = await ns.workload('web', { uses, replicas: 0 })
  const other = await ns.workload('other', { uses, replicas: 0 })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1, [other.id]: 0 })).toEqual({ [web.id]: 1, [other.id]: 0 })
  await canary.edit({ spec: { workloadRef: { name: 'other' } } })
  await controller.decided()
  await config.set({ a: '3' })
  expect(await controller.rolls({ [web.id]: 1, [other.id]: 1 })).toEqual({ [web.id]: 1, [other.id]: 1 })
})

test('what the Rollout says counts before what the Deployment says, and without it the Deployment is its own again', async () => {
  const { ns, controller } = await start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses, replicas: 0 })
  const canary = await borrowing(ns, { 'reloader.stakater.com/auto': 'false' })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await canary.delete()
  await controller.decided()
  await config.set({ a: '3' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect(await web.events('Reloaded')).toHaveLength(1)
})

test('a new pod template that comes after the change is the roll, and scaling the Deployment is none', async () => {
  const { ns, controller } = await start({ flags: [...flags, '--settle=2s', '--settle-max=2s'] })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { uses, replicas: 1 })
  await borrowing(ns, AUTO)
  await controller.decided()
  await web.edit({ spec: { replicas: 0 } })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await config.set({ a: '2' })
  await web.editTemplate((template) => {
    template.metadata = { ...template.metadata, annotations: { version: '2' } }
  })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('a change that was missed, because the Deployment was away, is made up for when it is back', async () => {
  const { ns, controller, installation } = await start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { uses, replicas: 0 })
  const canary = await borrowing(ns, AUTO)
  await controller.decided()
  await installation.recorded(canary)
  await web.delete()
  await config.set({ a: '2' })
  await controller.decided()
  const again = await ns.workload('web', { uses, replicas: 0 })
  await eventually(async () => (await again.stamps()).variables.length === 1, { what: 'the roll' })
})

test('a restart is of the Rollout, and leaves the Deployment alone', async () => {
  const { ns, controller } = await start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses, replicas: 0 })
  const canary = await borrowing(ns, { 'reloader.stakater.com/rollout-strategy': 'restart' })
  await controller.decided()
  await config.set({ a: '2' })
  const restarted = async () => {
    const { spec } = (await canary.get()) as { spec?: { restartAt?: string } }
    return spec?.restartAt !== undefined
  }
  await eventually(restarted, { what: 'the restart' })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('a pod template from elsewhere than a Deployment is told of once', async () => {
  const { ns, controller } = await start()
  const config = await ns.configMap('app', { a: '1' })
  const canary = await borrowing(ns, AUTO, { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' })
  await canary.label({ a: 'b' })
  await config.set({ a: '2' })
  await controller.decided()
  const warnings = controller.logs.filter(({ msg }) => String(msg).includes('workloadRef'))
  expect(warnings).toHaveLength(1)
})
