// behaviour.md section 4 "Preconditions" and "Other errors", I4 and I7: what goes wrong for one workload.
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { ApiRequest } from './harness/api-request.ts'
import { createGate, eventually } from './harness/eventually.ts'
import { atFirst, cutRequest, forbid, holdRequest, loseAnswer, refuseWith } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import type { Namespace, WorkloadHandle } from './harness/namespace.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const spec = { annotations: AUTO, uses: [envFrom(app)], replicas: 0 }

async function followers(ns: Namespace, ...names: string[]) {
  const config = await ns.configMap('app', { a: '1' })
  return { config, workloads: await Promise.all(names.map((name) => ns.workload(name, spec))) }
}

function statuses(requests: readonly ApiRequest[]): (number | undefined)[] {
  return requests.map(({ status }) => status)
}

test.each([
  ['forbidden', forbid()],
  [
    'denied by admission',
    refuseWith(422, { reason: 'Invalid', message: 'admission webhook "x" denied the request' }),
  ],
  ['answered with an error', refuseWith(500)],
  ['cut off', cutRequest()],
])('a workload whose PATCH is %s delays no other, and is rolled once it is possible', async (_, fault) => {
  const { ns, controller } = await world.start()
  const { config, workloads } = await followers(ns, 'bad', 'good-1', 'good-2')
  await controller.decided()
  const heal = controller.proxy.onRequest({ verb: 'patch', name: 'bad' }, fault)
  await config.set({ a: '2' })
  const meanwhile = { 'Deployment/bad': 0, 'Deployment/good-1': 1, 'Deployment/good-2': 1 }
  expect(await controller.rolls(meanwhile, { pending: 1 })).toEqual(meanwhile)
  heal()
  const healed = Object.fromEntries(workloads.map(({ id }) => [id, 1]))
  expect(await controller.rolls(healed)).toEqual(healed)
})

test('a refused roll is reported by an Event on its workload and a metric, and tried at growing distances', async () => {
  const { ns, controller } = await world.start()
  const { config, workloads } = await followers(ns, 'bad')
  await controller.decided()
  controller.proxy.onRequest({ verb: 'patch', name: 'bad' }, forbid())
  await config.set({ a: '2' })
  await eventually(async () => ((await workloads[0]?.events('ReloadFail')) ?? []).length > 0)
  await eventually(() => controller.proxy.requestsLike({ verb: 'patch', name: 'bad' }).length >= 2)
  expect(
    await controller.metric('reloader_reload_executed_total', { success: 'false' }),
  ).toBeGreaterThanOrEqual(1)
})

test('another writer gets in between the decision and the PATCH: it is refused, decided anew, and rolls once', async () => {
  const { ns, controller } = await world.start()
  const { config, workloads } = await followers(ns, 'web')
  const web = workloads[0]
  if (web === undefined) throw new Error('No workload')
  await controller.decided()
  const gate = createGate()
  controller.proxy.onRequest({ verb: 'patch', name: 'web' }, holdRequest(gate))
  await config.set({ a: '2' })
  await gate.reached
  await web.annotate({ note: 'in between' })
  gate.open()
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  // The workload's own controller may write its status in between once more.
  const answers = statuses(controller.proxy.requestsLike({ verb: 'patch', name: 'web' }))
  expect(answers.slice(0, -1)).toEqual(answers.slice(0, -1).map(() => 409))
  expect([answers[0], answers.at(-1)]).toEqual([409, 200])
  expect(await controller.metric('reloader_reload_executed_total', { success: 'false' })).toBe(0)
})

test('a writer that never rests cannot keep a workload from being rolled, and makes no second roll', async () => {
  const { ns, controller } = await world.start()
  const { config, workloads } = await followers(ns, 'web')
  await controller.decided()
  const stop = new AbortController()
  const writing = writeWithoutRest(workloads[0], stop.signal)
  try {
    for (let round = 1; round <= 3; round += 1) {
      await config.set({ a: `round ${round}` })
      await eventually(() => ns.watch.rolls('Deployment/web') === round)
    }
  } finally {
    stop.abort()
    await writing
  }
  expect(await controller.rolls({ 'Deployment/web': 3 })).toEqual({ 'Deployment/web': 3 })
})

/** Annotates the workload fifty times a second. */
async function writeWithoutRest(workload: WorkloadHandle | undefined, signal: AbortSignal): Promise<void> {
  for (let i = 0; !signal.aborted; i += 1) {
    await workload?.annotate({ busy: String(i) })
    await wait(20)
  }
}

test('the workload is deleted while its PATCH is on the way: that is the end of it', async () => {
  const { ns, controller } = await world.start()
  const { config, workloads } = await followers(ns, 'web', 'good')
  await controller.decided()
  const gate = createGate()
  controller.proxy.onRequest({ verb: 'patch', name: 'web' }, holdRequest(gate))
  await config.set({ a: '2' })
  await gate.reached
  await workloads[0]?.delete()
  gate.open()
  expect(await controller.rolls({ 'Deployment/good': 1 })).toEqual({ 'Deployment/good': 1 })
  expect(statuses(controller.proxy.requestsLike({ verb: 'patch', name: 'web' }))).toEqual([404])
})

test('the workload is replaced by another of its name while its PATCH is on the way: the other one is adopted, not rolled', async () => {
  const { ns, controller } = await world.start()
  const { config, workloads } = await followers(ns, 'web')
  await controller.decided()
  const gate = createGate()
  controller.proxy.onRequest({ verb: 'patch', name: 'web' }, holdRequest(gate))
  await config.set({ a: '2' })
  await gate.reached
  await workloads[0]?.delete()
  await ns.workload('web', spec)
  gate.open()
  expect(await controller.rolls({ 'Deployment/web': 0 })).toEqual({ 'Deployment/web': 0 })
  await config.set({ a: '3' })
  expect(await controller.rolls({ 'Deployment/web': 1 })).toEqual({ 'Deployment/web': 1 })
})

test('the answer to a PATCH is lost: the roll has happened and is not repeated', async () => {
  const { ns, controller } = await world.start()
  const { config } = await followers(ns, 'web')
  await controller.decided()
  controller.proxy.onRequest({ verb: 'patch', name: 'web' }, atFirst(1, loseAnswer()))
  await config.set({ a: '2' })
  expect(await controller.rolls({ 'Deployment/web': 1 })).toEqual({ 'Deployment/web': 1 })
})

test('429 with Retry-After on a PATCH is waited for; the roll happens once', async () => {
  const { ns, controller } = await world.start()
  const { config } = await followers(ns, 'web')
  await controller.decided()
  const busy = refuseWith(429, { reason: 'TooManyRequests', headers: { 'retry-after': '1' } })
  controller.proxy.onRequest({ verb: 'patch', name: 'web' }, atFirst(1, busy))
  await config.set({ a: '2' })
  expect(await controller.rolls({ 'Deployment/web': 1 })).toEqual({ 'Deployment/web': 1 })
})

test('Events that cannot be written hold up no roll', async () => {
  const { ns, controller } = await world.start()
  const { config, workloads } = await followers(ns, 'web-1', 'web-2', 'web-3')
  await controller.decided()
  controller.proxy.onRequest({ resource: 'events' }, forbid())
  await config.set({ a: '2' })
  const expected = Object.fromEntries(workloads.map(({ id }) => [id, 1]))
  expect(await controller.rolls(expected)).toEqual(expected)
})

test('a config whose read hangs holds up nobody but its followers', async () => {
  const { ns, controller } = await world.start()
  const { config } = await followers(ns, 'web')
  const other = await ns.configMap('other', { a: '1' })
  const free = await ns.workload('free', { annotations: AUTO, uses: [envFrom(configMapNamed('other'))] })
  await controller.decided()
  const gate = createGate()
  controller.proxy.onRequest({ verb: 'get', resource: 'configmaps', name: 'app' }, holdRequest(gate))
  await config.set({ a: '2' })
  await gate.reached
  await other.set({ a: '2' })
  await eventually(() => free.rolls === 1)
  expect(ns.watch.rolls('Deployment/web')).toBe(0)
  gate.open()
  const expected = { 'Deployment/web': 1, [free.id]: 1 }
  expect(await controller.rolls(expected)).toEqual(expected)
})

test('a config whose read hangs, with more followers than there are workers, holds up nobody else', async () => {
  const { ns, controller } = await world.start({ flags: ['--workers=4'] })
  const names = Array.from({ length: 8 }, (_, i) => `web-${i}`)
  const { config } = await followers(ns, ...names)
  const other = await ns.configMap('other', { a: '1' })
  const free = await ns.workload('free', { annotations: AUTO, uses: [envFrom(configMapNamed('other'))] })
  await controller.decided()
  const gate = createGate()
  controller.proxy.onRequest({ verb: 'get', resource: 'configmaps', name: 'app' }, holdRequest(gate))
  await config.set({ a: '2' })
  await gate.reached
  await other.set({ a: '2' })
  await eventually(() => free.rolls === 1)
  gate.open()
  const expected = Object.fromEntries([...names.map((name) => [`Deployment/${name}`, 1]), [free.id, 1]])
  expect(await controller.rolls(expected)).toEqual(expected)
})

test('a namespace that is deleted under way, with reload-on-delete, holds up no other', async () => {
  const [going, staying] = [await world.namespace(), await world.namespace()]
  const flags = ['--reload-on-delete=true']
  const installation = await world.install({ namespaces: [going, staying], flags })
  const controller = await installation.start()
  await followers(going, 'gone-1', 'gone-2')
  const { config } = await followers(staying, 'web')
  await controller.decided()
  await world.api.call('DELETE', `/api/v1/namespaces/${going.name}`)
  await config.set({ a: '2' })
  const only = { namespaces: [staying] }
  await eventually(() => staying.watch.rolls('Deployment/web') === 1)
  await controller.decided(only)
  expect(staying.watch.rolls('Deployment/web')).toBe(1)
  expect(controller.exitStatus).toBeUndefined()
})
