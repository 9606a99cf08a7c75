// One config, many followers: every one rolls once, for one read of the content.
import { expect, test } from 'vitest'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()

test('twenty workloads that follow one config roll exactly once each, for one GET of the config', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const spec = { annotations: AUTO, uses: [envFrom(configMapNamed('app'))], replicas: 0 }
  const made = await Promise.all(Array.from({ length: 20 }, (_, i) => ns.workload(`web-${i}`, spec)))
  await controller.decided()
  const before = controller.proxy.requestsLike({ verb: 'get', name: 'app' }).length
  await config.set({ a: '2' })
  const expected = Object.fromEntries(made.map(({ id }) => [id, 1]))
  expect(await controller.rolls(expected)).toEqual(expected)
  expect(controller.proxy.requestsLike({ verb: 'get', name: 'app' })).toHaveLength(before + 1)
  expect(
    controller.proxy.requestsLike({
      verb: 'patch',
      resource: 'deployments',
      where: ({ name }) => name.startsWith('web-'),
    }),
  ).toHaveLength(20)
})

test('adopting twenty workloads reads each config once', async () => {
  const ns = await world.namespace()
  await ns.configMap('app', { a: '1' })
  const spec = { annotations: AUTO, uses: [envFrom(configMapNamed('app'))], replicas: 0 }
  await Promise.all(Array.from({ length: 20 }, (_, i) => ns.workload(`web-${i}`, spec)))
  const installation = await world.install({ namespaces: [ns] })
  const controller = await installation.start()
  await controller.decided()
  expect(controller.proxy.requestsLike({ verb: 'get', name: 'app' })).toHaveLength(1)
})

test('configs that nobody follows are never read', async () => {
  const { ns, controller } = await world.start()
  for (let i = 0; i < 20; i += 1) await ns.configMap(`unrelated-${i}`, { a: '1' })
  await ns.secret('unrelated', { a: 'nobody-follows-this' })
  await ns.workload('idle', { uses: [envFrom(configMapNamed('unrelated-1'))], replicas: 0 })
  await controller.decided()
  for (let i = 0; i < 20; i += 1) await ns.config('ConfigMap', `unrelated-${i}`).set({ a: '2' })
  await controller.decided()
  const reads = controller.proxy.requestsLike({ verb: 'get', namespace: ns.name })
  expect(reads.filter(({ name }) => !name.startsWith('marker-'))).toEqual([])
})
