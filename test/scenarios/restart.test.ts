// behaviour.md I1, I2 and section 5: starting, stopping and being away loses nothing and rolls nothing.
import { expect, test } from 'vitest'
import type { ApiRequest } from './harness/api-request.ts'
import { createGate, eventually } from './harness/eventually.ts'
import { holdRequest } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom, mount, secretNamed } from './harness/fixtures.ts'
import type { Controller } from './harness/installation.ts'
import type { ConfigHandle, WorkloadHandle } from './harness/namespace.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')

/** GETs of configs of the followed namespaces, markers left out. */
function contentReads({ proxy }: Controller, namespace: string): ApiRequest[] {
  const reads = proxy.requestsLike({ verb: 'get', resource: ['configmaps', 'secrets'], namespace })
  return reads.filter(({ name }) => !name.startsWith('marker-'))
}

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'five restarts (%s) with nothing changed: no roll, and no content is read',
  async (signal) => {
    const { ns, controller, installation } = await world.start()
    await ns.configMap('app', { a: '1' })
    await ns.secret('key', { a: 'never-read-again' })
    const web = await ns.workload('web', {
      annotations: AUTO,
      uses: [envFrom(app), mount(secretNamed('key'))],
    })
    const set = await ns.workload('set', { kind: 'StatefulSet', annotations: AUTO, uses: [envFrom(app)] })
    await controller.decided()
    await installation.recorded(web, set)
    await controller.kill(signal)
    for (let restart = 1; restart <= 5; restart += 1) {
      const next = await installation.start()
      await next.decided()
      expect(contentReads(next, ns.name)).toEqual([])
      await next.kill(signal)
    }
    expect([web.templateChanges, set.templateChanges]).toEqual([0, 0])
  },
)

test('ten changes while it was killed: exactly those ten are healed, and ten others are left alone', async () => {
  const { ns, controller, installation } = await world.start()
  const configs: ConfigHandle[] = []
  const workloads: WorkloadHandle[] = []
  for (let i = 0; i < 20; i += 1) {
    configs.push(await ns.configMap(`config-${i}`, { a: '1' }))
    const uses = [envFrom(configMapNamed(`config-${i}`))]
    workloads.push(await ns.workload(`web-${i}`, { annotations: AUTO, uses, replicas: 0 }))
  }
  await controller.decided()
  await installation.recorded(...workloads)
  await controller.kill('SIGKILL')
  for (const config of configs.slice(0, 10)) await config.set({ a: '2' })
  const next = await installation.start()
  const expected = Object.fromEntries(workloads.map(({ id }, i) => [id, i < 10 ? 1 : 0]))
  expect(await next.rolls(expected)).toEqual(expected)
  expect(contentReads(next, ns.name)).toHaveLength(10)
})

test('what changed and changed back while it was down is no change', async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await installation.recorded(web)
  await controller.kill('SIGKILL')
  await config.set({ a: '2' })
  await config.set({ a: '1' })
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('SIGTERM ends it with code 0 after the PATCH under way and the records of it', async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await installation.recorded(web)
  const gate = createGate()
  controller.proxy.onRequest({ verb: 'patch', name: 'web' }, holdRequest(gate))
  await config.set({ a: '2' })
  await gate.reached
  const ended = controller.kill('SIGTERM')
  gate.open()
  expect(await ended).toEqual({ code: 0, signal: null })
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect(contentReads(next, ns.name)).toEqual([])
})

test('SIGTERM in the middle of a settle window loses nothing', async () => {
  const { ns, controller, installation } = await world.start({ flags: ['--settle=2s', '--settle-max=2s'] })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await installation.recorded(web)
  await controller.hasSeen(await config.set({ a: '2' }))
  expect(await controller.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  const next = await installation.start({ flags: ['--settle=50ms'] })
  expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a second SIGTERM ends it at once, whatever is under way', async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await installation.recorded(web)
  const gate = createGate()
  controller.proxy.onRequest({ verb: 'patch', name: 'web' }, holdRequest(gate))
  await config.set({ a: '2' })
  await gate.reached
  const ended = controller.kill('SIGTERM')
  // Two signals that nobody has looked at are one.
  await eventually(() => controller.logs.some(({ msg }) => msg?.startsWith('Stopping') === true))
  await controller.kill('SIGTERM')
  expect(await ended).toEqual({ code: 143, signal: null })
  gate.open()
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('it is not ready before the API server answers, and becomes so without a restart', async () => {
  const ns = await world.namespace()
  const installation = await world.install({ namespaces: [ns] })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  const gate = createGate()
  const controller = await installation.start({
    wait: false,
    prepare: (proxy) => proxy.onRequest({ resource: ['configmaps'] }, holdRequest(gate)),
  })
  await gate.reached
  expect(await controller.isReady()).toBe(false)
  gate.open()
  await controller.ready()
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})
