// behaviour.md 2 "Stamp first, record second": killed anywhere around a roll, nothing is lost and nothing is done twice.
import { expect, test } from 'vitest'
import type { ApiProxy, Fault } from './harness/api-proxy.ts'
import { createGate, eventually, type Gate } from './harness/eventually.ts'
import { cutRequest, holdAnswer, holdRequest } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom, secretNamed } from './harness/fixtures.ts'
import type { Installation } from './harness/installation.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const uses = [envFrom(configMapNamed('app')), envFrom(secretNamed('key'))]
/** Long enough for two writes of a test to be one change. */
const TOGETHER = ['--settle=400ms']
const STRATEGIES = ['env-vars', 'annotations'] as const

type KillPoint = readonly [string, (proxy: ApiProxy, installation: Installation, gate: Gate) => void]

const patchOf = (fault: (gate: Gate) => Fault) => (proxy: ApiProxy, _: Installation, gate: Gate) =>
  void proxy.onRequest({ verb: 'patch', resource: 'deployments', name: 'web' }, fault(gate))
const recordAfter =
  (fault: (gate: Gate) => Fault) =>
  (proxy: ApiProxy, { home }: Installation, gate: Gate) => {
    const patched = () =>
      proxy.requests.some(({ verb, name, status }) => verb === 'patch' && name === 'web' && status === 200)
    const where = { resource: 'configmaps', namespace: home.name, where: patched }
    proxy.onRequest({ ...where, verb: 'update' }, fault(gate))
  }

const POINTS: readonly KillPoint[] = [
  ['before the PATCH reaches the API server', patchOf(holdRequest)],
  ['after the PATCH, before its answer', patchOf(holdAnswer)],
  ['before the write of the record', recordAfter(holdRequest)],
  ['after the write of the record, before its answer', recordAfter(holdAnswer)],
]

for (const strategy of STRATEGIES) {
  test.each(POINTS)(`killed %s (${strategy}): the roll happens exactly once`, async (_, provoke) => {
    const { ns, controller, installation } = await world.start({
      flags: [`--reload-strategy=${strategy}`, ...TOGETHER],
    })
    const config = await ns.configMap('app', { a: '1' })
    const secret = await ns.secret('key', { a: 'before-the-crash' })
    const web = await ns.workload('web', { annotations: AUTO, uses })
    await controller.decided()
    await installation.recorded(web)
    const gate = createGate()
    provoke(controller.proxy, installation, gate)
    await config.set({ a: '2' })
    await secret.set({ a: 'after-the-crash' })
    await gate.reached
    await controller.kill('SIGKILL')
    const next = await installation.start()
    expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
    await next.kill('SIGKILL')
    const last = await installation.start()
    expect(await last.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  })
}

test.each(STRATEGIES)(
  'killed after the PATCH, and the config changed back while it was down: those pods read the other content, so it rolls (%s)',
  async (strategy) => {
    const { ns, controller, installation } = await world.start({ flags: [`--reload-strategy=${strategy}`] })
    const config = await ns.configMap('app', { a: '1' })
    const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })
    await controller.decided()
    await installation.recorded(web)
    const gate = createGate()
    controller.proxy.onRequest({ verb: 'patch', name: 'web' }, holdAnswer(gate))
    await config.set({ a: '2' })
    await gate.reached
    await controller.kill('SIGKILL')
    await config.set({ a: '1' })
    const next = await installation.start()
    expect(await next.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
  },
)

test.each(STRATEGIES)(
  'killed between two rolls whose records were never written: both stamps count (%s)',
  async (strategy) => {
    const { ns, controller, installation } = await world.start({ flags: [`--reload-strategy=${strategy}`] })
    const config = await ns.configMap('app', { a: '1' })
    const secret = await ns.secret('key', { a: 'before-the-crash' })
    const web = await ns.workload('web', { annotations: AUTO, uses })
    await controller.decided()
    await installation.recorded(web)
    controller.proxy.onRequest(
      { verb: ['update', 'create'], namespace: installation.home.name },
      cutRequest(),
    )
    await config.set({ a: '2' })
    await eventually(() => web.rolls === 1)
    await secret.set({ a: 'after-the-first-roll' })
    await eventually(() => web.rolls === 2)
    await controller.kill('SIGKILL')
    const next = await installation.start()
    expect(await next.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
  },
)

test('killed in the middle of a fan-out: every workload rolls once', async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const made = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      ns.workload(`web-${i}`, { annotations: AUTO, uses: [envFrom(configMapNamed('app'))], replicas: 0 }),
    ),
  )
  await controller.decided()
  await installation.recorded(...made)
  const gate = createGate()
  let patches = 0
  controller.proxy.onRequest({ verb: 'patch', resource: 'deployments' }, async (exchange) => {
    patches += 1
    if (patches > 6) await gate.pass()
    await exchange.forward()
  })
  await config.set({ a: '2' })
  await gate.reached
  await controller.kill('SIGKILL')
  const next = await installation.start()
  const expected = Object.fromEntries(made.map(({ id }) => [id, 1]))
  expect(await next.rolls(expected)).toEqual(expected)
})

test('killed while it adopts: the next process adopts the rest, and rolls nothing', async () => {
  const ns = await world.namespace()
  await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })
  const installation = await world.install({ namespaces: [ns] })
  const gate = createGate()
  const first = await installation.start({
    wait: false,
    prepare: (proxy) =>
      proxy.onRequest({ verb: ['create', 'update'], resource: 'configmaps' }, holdRequest(gate)),
  })
  await gate.reached
  await first.kill('SIGKILL')
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})
