// Argo Rollouts and DeploymentConfigs: the core rules, the JSON patch, and restarts (behaviour.md 3 and 4).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { defineKinds, removeKinds } from './harness/custom-kinds.ts'
import { eventually, nextSecond } from './harness/eventually.ts'
import { atFirst, cutRequest, refuseWith } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom, secretNamed } from './harness/fixtures.ts'
import { CUSTOM_KINDS, kindInfo } from './harness/kinds.ts'
import type { WorkloadHandle } from './harness/namespace.ts'
import { documentedPermissions } from './harness/permissions.ts'
import { incumbentHash, stampVariableName } from './harness/stamps.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const flags = ['--is-Argo-Rollouts=true']
const permissions = documentedPermissions({ name: 'reloader', custom: CUSTOM_KINDS })
const RESTART = { ...AUTO, 'reloader.stakater.com/rollout-strategy': 'restart' }

beforeAll(() => defineKinds(world.api, CUSTOM_KINDS))
afterAll(() => removeKinds(world.api, CUSTOM_KINDS))

async function start(more: readonly string[] = []) {
  const ns = await world.namespace({ custom: CUSTOM_KINDS })
  return world.start({ namespaces: [ns], flags: [...flags, ...more], permissions })
}

test.each(CUSTOM_KINDS)('a %s is adopted untouched, and rolled once for each change', async (kind) => {
  const { ns, controller, installation } = await start()
  const config = await ns.configMap('app', { a: '1' })
  const secret = await ns.secret('other', { password: 'first-secret' })
  const web = await ns.workload('web', {
    kind,
    annotations: AUTO,
    uses: [envFrom(app), envFrom(secretNamed('other'))],
  })
  await controller.decided()
  await installation.recorded(web)
  expect(controller.proxy.requestsLike({ verb: 'patch', namespace: ns.name, name: 'web' })).toEqual([])
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await secret.set({ password: 'second-secret' })
  expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
  const { variables } = await web.stamps()
  expect(variables.map(({ name }) => name).sort()).toEqual([
    stampVariableName(app),
    stampVariableName(secretNamed('other')),
  ])
  expect((await web.events('Reloaded')).length).toBeGreaterThan(0)
})

test('a Rollout is left alone without --is-Argo-Rollouts', async () => {
  const ns = await world.namespace({ custom: ['Rollout'] })
  const { controller } = await world.start({ namespaces: [ns], permissions })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { kind: 'Rollout', annotations: AUTO, uses: [envFrom(app)] })
  await config.set({ a: '2' })
  await ns.workload('plain', { annotations: AUTO, uses: [envFrom(app)] })
  expect(controller.proxy.requestsLike({ resource: 'rollouts' })).toEqual([])
  expect(web.templateChanges).toBe(0)
})

test.each(CUSTOM_KINDS)('a %s is annotated with the annotations strategy', async (kind) => {
  const { ns, controller } = await start(['--reload-strategy=annotations'])
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { kind, annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect(JSON.parse((await web.stamps()).annotation ?? '')).toMatchObject({ type: 'CONFIGMAP', name: 'app' })
})

test('while the server of their API is down at start, workloads of other kinds are rolled, and these when it is back', async () => {
  const ns = await world.namespace({ custom: CUSTOM_KINDS })
  const config = await ns.configMap('app', { a: '1' })
  const uses = [envFrom(app)]
  const installation = await world.install({ namespaces: [ns], flags, permissions })
  let recover = () => {}
  const controller = await installation.start({
    prepare(proxy) {
      const reads = { verb: ['list', 'watch'], resource: 'deploymentconfigs' } as const
      recover = proxy.onRequest(reads, refuseWith(503, { reason: 'ServiceUnavailable' }))
    },
  })
  const web = await ns.workload('web', { annotations: AUTO, uses })
  await installation.recorded(web)
  await config.set({ a: '2' })
  await eventually(() => web.rolls === 1, { what: 'the roll of the Deployment' })
  const legacy = await ns.workload('legacy', { kind: 'DeploymentConfig', annotations: AUTO, uses })
  recover()
  await installation.recorded(legacy)
  await config.set({ a: '3' })
  const expected = { [web.id]: 2, [legacy.id]: 1 }
  expect(await controller.rolls(expected)).toEqual(expected)
})

test('somebody who writes between reading and patching is not undone, and the roll still happens, once', async () => {
  const { ns, controller } = await start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { kind: 'Rollout', annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  const beforePatch = atFirst(1, async () => void (await web.label({ mine: 'stays' })))
  controller.proxy.onRequest({ verb: 'patch', resource: 'rollouts', name: 'web' }, beforePatch)
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect((await web.get()).metadata.labels).toMatchObject({ mine: 'stays' })
  expect(await web.events('ReloadFail')).toEqual([])
})

test('a patch that leads nowhere any more is no failure: the new pods have read the config', async () => {
  const { ns, controller } = await start()
  const config = await ns.configMap('app', { a: '1' })
  const uses = [{ ...envFrom(app), container: 1 }]
  const web = await ns.workload('web', { kind: 'Rollout', annotations: AUTO, uses, containers: ['a', 'b'] })
  await controller.decided()
  const beforePatch = atFirst(1, async () => {
    await web.editTemplate((template) => {
      template.spec.containers = template.spec.containers.slice(1)
    })
  })
  controller.proxy.onRequest({ verb: 'patch', resource: 'rollouts', name: 'web' }, beforePatch)
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  expect(await web.stamps()).toEqual({ variables: [], annotation: undefined })
  expect(await web.events('ReloadFail')).toEqual([])
})

test('what has no pod template is nothing to roll, and delays nobody', async () => {
  const { ns, controller } = await start()
  const config = await ns.configMap('app', { a: '1' })
  for (const [name, template] of [
    ['none', undefined],
    ['null', null],
    ['empty', { spec: { containers: [] } }],
  ] as const) {
    await ns.create({
      apiVersion: kindInfo('DeploymentConfig').apiVersion,
      kind: 'DeploymentConfig',
      metadata: { name, annotations: { ...AUTO, 'configmap.reloader.stakater.com/reload': 'app' } },
      spec: { replicas: 1, triggers: null, ...(template === undefined ? {} : { template }) },
    })
  }
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect(controller.proxy.requestsLike({ verb: 'patch', resource: 'deploymentconfigs' })).toEqual([])
})

test('a stamp of the incumbent that shows a missed change rolls a Rollout once, an up-to-date one does not', async () => {
  const ns = await world.namespace({ custom: CUSTOM_KINDS })
  const config = await ns.configMap('app', { a: '1' })
  const made = (name: string, data: Record<string, string>) =>
    ns.workload(name, {
      kind: 'Rollout',
      annotations: AUTO,
      uses: [envFrom(app)],
      env: [{ name: stampVariableName(app), value: incumbentHash(data) }],
    })
  const [stale, current] = [await made('stale', { a: '1' }), await made('current', { a: '2' })]
  await nextSecond()
  await nextSecond()
  await config.set({ a: '2' })
  const installation = await world.install({ namespaces: [ns], flags, permissions })
  const controller = await installation.start()
  const expected = { [stale.id]: 1, [current.id]: 0 }
  expect(await controller.rolls(expected)).toEqual(expected)
})

async function restartAt(rollout: WorkloadHandle): Promise<number | undefined> {
  const { spec } = (await rollout.get()) as { spec?: { restartAt?: string } }
  return spec?.restartAt === undefined ? undefined : Date.parse(spec.restartAt)
}

test('a Rollout that asks for it is restarted: later than the change and each time later, and its pod template stays', async () => {
  const { ns, controller } = await start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { kind: 'Rollout', annotations: RESTART, uses: [envFrom(app)] })
  await controller.decided()
  const beganMs = Math.floor(Date.now() / 1_000) * 1_000
  await config.set({ a: '2' })
  await eventually(async () => (await restartAt(web)) !== undefined, { what: 'the restart' })
  const first = (await restartAt(web)) ?? 0
  expect(first).toBeGreaterThan(beganMs)
  await config.set({ a: '3' })
  await eventually(async () => (await restartAt(web)) !== first, { what: 'the second restart' })
  await controller.decided()
  expect(await restartAt(web)).toBeGreaterThan(first)
  expect(web.templateChanges).toBe(0)
  expect(await web.stamps()).toEqual({ variables: [], annotation: undefined })
  const patches = controller.proxy.requestsLike({ verb: 'patch', resource: 'rollouts' })
  expect(patches.map(({ status }) => status)).toEqual([200, 200])
})

test('a restart is not repeated by who does not know of it, and is there for a deleted config too', async () => {
  const { ns, controller, installation } = await start(['--reload-on-delete=true'])
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { kind: 'Rollout', annotations: RESTART, uses: [envFrom(app)] })
  await controller.decided()
  await installation.recorded(web)
  controller.proxy.onRequest({ verb: 'update', resource: 'configmaps' }, cutRequest())
  await config.set({ a: '2' })
  await eventually(async () => (await restartAt(web)) !== undefined, { what: 'the restart' })
  const first = await restartAt(web)
  await controller.kill('SIGKILL')
  const next = await installation.start()
  await next.decided()
  expect(await restartAt(web)).toBe(first)
  await config.delete()
  await eventually(async () => (await restartAt(web)) !== first, { what: 'the restart for the deletion' })
})
