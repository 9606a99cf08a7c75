// The API server itself goes away and comes back, or forgets its history.
import { expect, test } from 'vitest'
import { atFirst, cutRequest, refuseWith } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom, mount, secretNamed } from './harness/fixtures.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const uses = [envFrom(configMapNamed('app')), mount(secretNamed('key'))]

async function begin() {
  const { ns, controller, installation } = await world.start({ flags: ['--settle=400ms'] })
  const config = await ns.configMap('app', { a: '1' })
  const secret = await ns.secret('key', { a: 'the-first-value' })
  const web = await ns.workload('web', { annotations: AUTO, uses, replicas: 0 })
  const calm = await ns.workload('calm', {
    annotations: AUTO,
    uses: [mount(configMapNamed('calm'))],
    replicas: 0,
  })
  await ns.configMap('calm', { a: '1' })
  await controller.decided()
  const rolls = (times: number) => ({ [web.id]: times, [calm.id]: 0 })
  return { ns, controller, installation, config, secret, rolls }
}

test('the API server is restarted under way: the controller lives on, loses nothing and rolls nothing without cause', async () => {
  const { controller, config, secret, rolls } = await begin()
  await world.cluster.restartApiServer()
  expect(await controller.rolls(rolls(0))).toEqual(rolls(0))
  await config.set({ a: '2' })
  await secret.set({ a: 'the-second-value' })
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
  expect(controller.exitStatus).toBeUndefined()
})

test('a change right before the API server goes away is rolled once when it is back', async () => {
  const { controller, config, rolls } = await begin()
  await config.set({ a: '2' })
  await world.cluster.restartApiServer()
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
})

test('history is compacted while every watch is away: it lists again and finds what changed', async () => {
  const { controller, config, rolls } = await begin()
  for (const stream of controller.proxy.watches) stream.pause()
  await config.set({ a: '2' })
  await world.cluster.compact()
  for (const stream of [...controller.proxy.watches]) stream.cut()
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
})

test('there is no API server: one line names it and the cause, and the process ends with code 1', async () => {
  const { controller, installation } = await begin()
  await controller.kill('SIGTERM')
  const next = await installation.start({
    wait: false,
    prepare: (proxy) => proxy.onRequest({}, cutRequest()),
  })
  expect(await next.exited).toEqual({ code: 1, signal: null })
  expect(next.output.filter((line) => line.includes(next.proxy.server))).toHaveLength(1)
})

test('an API server that has answered once is waited for, and what changed is rolled when it is back', async () => {
  const { controller, installation, config, rolls } = await begin()
  await controller.kill('SIGTERM')
  await config.set({ a: '2' })
  const next = await installation.start({
    wait: false,
    prepare(proxy) {
      proxy.onRequest({}, atFirst(3, cutRequest()))
      proxy.onRequest({}, atFirst(1, refuseWith(503)))
    },
  })
  expect(await next.rolls(rolls(1))).toEqual(rolls(1))
})
