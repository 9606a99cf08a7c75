// behaviour.md 2a-2c and 2f: what is adopted and what is not, at a first look and when a workload is followed anew.
import { expect, test } from 'vitest'
import { createGate, nextSecond } from './harness/eventually.ts'
import { holdRequest } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom, mount, secretNamed } from './harness/fixtures.ts'
import type { WorkloadHandle } from './harness/namespace.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')

test('twenty workloads at the first start: no roll and no write to any of them', async () => {
  const ns = await world.namespace()
  await ns.configMap('app', { a: '1' })
  await ns.secret('key', { password: 'of-twenty-workloads' })
  const uses = [envFrom(app), mount(secretNamed('key'))]
  const made: WorkloadHandle[] = []
  for (let i = 0; i < 20; i += 1)
    made.push(await ns.workload(`web-${i}`, { annotations: AUTO, uses, replicas: 0 }))
  const installation = await world.install({ namespaces: [ns] })
  const controller = await installation.start()
  await controller.decided()
  await installation.recorded(...made)
  const writes = controller.proxy.requestsLike({ verb: ['patch', 'update'], resource: 'deployments' })
  expect(writes.filter(({ name }) => name.startsWith('web-'))).toEqual([])
  expect(made.map(({ templateChanges }) => templateChanges)).toEqual(made.map(() => 0))
})

test('a config that changes after its workload appeared, and before it is read for the first time, rolls (2a)', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  await controller.hasSeen(await config.get())
  const gate = createGate()
  controller.proxy.onRequest({ verb: 'get', resource: 'configmaps', name: 'app' }, holdRequest(gate))
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await gate.reached
  await config.set({ a: '2' })
  gate.open()
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('the same for a workload that is opted in later (2a)', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { uses: [envFrom(app)] })
  await controller.decided()
  const gate = createGate()
  controller.proxy.onRequest({ verb: 'get', resource: 'configmaps', name: 'app' }, holdRequest(gate))
  await web.annotate(AUTO)
  await gate.reached
  await config.set({ a: '2' })
  gate.open()
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a config that is merely created while its workload is adopted does not count (2a)', async () => {
  const { ns, controller } = await world.start()
  const gate = createGate()
  controller.proxy.onRequest({ verb: 'get', resource: 'configmaps', name: 'app' }, holdRequest(gate))
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await gate.reached
  await ns.configMap('app', { a: '1' })
  gate.open()
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('a config that nobody opted in for rolls nothing, and neither does opting in', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await web.annotate(AUTO)
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('a workload born while Reloader was down, whose config changed afterwards, rolls once; its like without change does not (2b)', async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  await ns.configMap('calm', { a: '1' })
  await controller.decided()
  await controller.kill('SIGTERM')
  await nextSecond()
  await nextSecond()
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  const calm = await ns.workload('calm', { annotations: AUTO, uses: [envFrom(configMapNamed('calm'))] })
  await nextSecond()
  await config.set({ a: '2' })
  const next = await installation.start()
  const expected = { [web.id]: 1, [calm.id]: 0 }
  expect(await next.rolls(expected)).toEqual(expected)
})

test('a workload that was there before and is opted in while Reloader is down is adopted, whatever changed since (2b)', async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { uses: [envFrom(app)] })
  await nextSecond()
  await controller.decided()
  await controller.kill('SIGTERM')
  await web.annotate(AUTO)
  await nextSecond()
  await config.set({ a: '2' })
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('at the very first start nothing rolls, whatever changed since the workloads were made', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await nextSecond()
  await config.set({ a: '2' })
  const installation = await world.install({ namespaces: [ns] })
  const controller = await installation.start()
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('opted out, a change is none; opted in again, the workload is adopted as it is (2f)', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await web.annotate({ 'reloader.stakater.com/auto': 'false' })
  await controller.decided()
  await config.set({ a: '3' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await web.annotate(AUTO)
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await config.set({ a: '4' })
  expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
})

test('a reference that is taken away and put back adopts, even across restarts and beside the stamp of an earlier roll (2f)', async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await web.editTemplate(({ spec }) => {
    for (const container of spec.containers) container.envFrom = []
  })
  await controller.decided()
  await controller.kill('SIGTERM')
  await config.set({ a: '3' })
  const second = await installation.start()
  await second.decided()
  await web.editTemplate(({ spec }) => {
    for (const container of spec.containers) container.envFrom = [{ configMapRef: { name: 'app' } }]
  })
  expect(await second.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await config.set({ a: '4' })
  expect(await second.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
})

test('a workload that is deleted and made again under its name is another one: adopted', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const spec = { annotations: AUTO, uses: [envFrom(app)], replicas: 0 }
  const web = await ns.workload('web', spec)
  await controller.decided()
  await web.delete()
  await config.set({ a: '2' })
  await ns.workload('web', spec)
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await config.set({ a: '3' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})
