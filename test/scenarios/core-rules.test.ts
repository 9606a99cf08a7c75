// behaviour.md section 2: the core rule, row by row, with the options as they are by default.
import { expect, test } from 'vitest'
import { forbid, refuseWith } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom, secretNamed } from './harness/fixtures.ts'
import { WORKLOAD_KINDS } from './harness/kinds.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const other = secretNamed('other')

test('a workload without a record is adopted: nothing is written to it, whatever its kind', async () => {
  const { ns, controller, installation } = await world.start()
  await ns.configMap('app', { a: '1' })
  const made = await Promise.all(
    WORKLOAD_KINDS.map((kind) =>
      ns.workload('web', { kind, annotations: AUTO, uses: [envFrom(app)], replicas: 0 }),
    ),
  )
  await controller.decided()
  await installation.recorded(...made)
  expect(controller.proxy.requestsLike({ verb: 'patch', namespace: ns.name, name: 'web' })).toEqual([])
  for (const workload of made) {
    const managers = (await workload.get()).metadata.managedFields?.map(({ manager }) => manager)
    expect(managers).not.toContain('Reloader')
    expect(ns.watch.templateChanges(workload.id)).toBe(0)
  }
})

test('a config whose content changes rolls every kind of workload that uses it, once', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  for (const kind of WORKLOAD_KINDS)
    await ns.workload('web', { kind, annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  const expected = { 'Deployment/web': 1, 'StatefulSet/web': 1, 'DaemonSet/web': 1 }
  expect(await controller.rolls(expected)).toEqual(expected)
})

test('a Secret whose content changes rolls a workload that uses it, once', async () => {
  const { ns, controller } = await world.start()
  const secret = await ns.secret('other', { password: 'first-secret' })
  await ns.workload('web', { annotations: AUTO, uses: [envFrom(other)] })
  await controller.decided()
  await secret.set({ password: 'second-secret' })
  expect(await controller.rolls({ 'Deployment/web': 1 })).toEqual({ 'Deployment/web': 1 })
})

test('every later change rolls once more', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '0' })
  await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  for (const round of [1, 2, 3]) {
    await config.set({ a: String(round) })
    expect(await controller.rolls({ 'Deployment/web': round })).toEqual({ 'Deployment/web': round })
  }
})

test('a config that is referenced later is adopted, and its changes count from then on', async () => {
  const { ns, controller } = await world.start()
  await ns.configMap('app', { a: '1' })
  const later = await ns.configMap('later', { b: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await web.editTemplate(({ spec }) => {
    for (const container of spec.containers) container.envFrom?.push({ configMapRef: { name: 'later' } })
  })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await later.set({ b: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a config that changes in nothing but its labels, annotations and field managers rolls nothing', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const secret = await ns.secret('other', { password: 'stays-the-same' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app), envFrom(other)] })
  await controller.decided()
  for (const each of [config, secret]) {
    await each.label({ team: 'a' })
    await each.annotate({ note: 'b' })
    await each.edit({ metadata: { managedFields: [{}] } })
  }
  await config.edit({ data: { a: '1' } }, { fieldManager: 'somebody-else' })
  await secret.edit({ type: 'Opaque' }, { fieldManager: 'somebody-else' })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('a missing config that is created is adopted, and its changes count from then on', async () => {
  const { ns, controller } = await world.start()
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  const config = await ns.configMap('app', { a: '1' })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a config that is deleted rolls nothing, nor when it comes back as it was; with other content it is a change', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.delete()
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await config.set({ a: '1' })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await config.delete()
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a config that may not be read holds up nobody else, is never taken for absent, and is healed when it can be read', async () => {
  const { ns, controller } = await world.start({
    flags: ['--reload-on-delete=true', '--reload-on-create=true'],
  })
  const config = await ns.configMap('app', { a: '1' })
  const free = await ns.configMap('free', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  const both = await ns.workload('both', {
    annotations: AUTO,
    uses: [envFrom(app), envFrom(configMapNamed('free'))],
  })
  const unaffected = await ns.workload('unaffected', {
    annotations: AUTO,
    uses: [envFrom(configMapNamed('free'))],
  })
  await controller.decided()
  const heal = controller.proxy.onRequest({ verb: 'get', resource: 'configmaps', name: 'app' }, forbid())
  await config.set({ a: '2' })
  await free.set({ a: '2' })
  const meanwhile = { [web.id]: 0, [both.id]: 1, [unaffected.id]: 1 }
  expect(await controller.rolls(meanwhile, { pending: 2 })).toEqual(meanwhile)
  heal()
  const healed = { [web.id]: 1, [both.id]: 2, [unaffected.id]: 1 }
  expect(await controller.rolls(healed)).toEqual(healed)
})

test('a config that cannot be read when its workload is adopted is adopted when it can be read', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const heal = controller.proxy.onRequest(
    { verb: 'get', resource: 'configmaps', name: 'app' },
    refuseWith(500),
  )
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  heal()
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})
