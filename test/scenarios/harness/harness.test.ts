// The judge is tried before it judges: its fixtures are valid, its watch counts, its proxy sees and disturbs.
import { expect, test } from 'vitest'
import { startApiProxy } from './api-proxy.ts'
import { createGate, eventually } from './eventually.ts'
import { holdRequest, refuseWith, watchesOf } from './faults.ts'
import { AUTO, configMapNamed, envFrom, envKey, mount, projected, secretNamed, subPath } from './fixtures.ts'
import { kindInfo, pathOf, WORKLOAD_KINDS } from './kinds.ts'
import { incumbentHash, stampVariableName } from './stamps.ts'
import { createTestApi } from './test-api.ts'
import { useWorld } from './world.ts'

const world = useWorld()
const stamp = { name: 'STAKATER_APP_CONFIGMAP', value: 'x' }

test('fixtures of every kind with every form of use are accepted', async () => {
  const ns = await world.namespace()
  const app = configMapNamed('app')
  const key = secretNamed('key.pem')
  const uses = [envKey(app, 'a'), envFrom(key), mount(app, ['a']), projected(key), subPath(key, 'a')]
  for (const kind of WORKLOAD_KINDS) {
    const workload = await ns.workload('web', { kind, annotations: AUTO, uses, replicas: 0 })
    expect((await workload.get()).metadata.uid).toBeTruthy()
  }
})

test('the roll watch tells rolls from other changes of the template and from changes of the status', async () => {
  const ns = await world.namespace()
  const web = await ns.workload('web')
  await web.annotate({ note: 'x' })
  await web.editTemplate((template) => {
    for (const container of template.spec.containers) container.env = [...(container.env ?? []), stamp]
  })
  await web.editTemplate((template) => {
    template.spec.terminationGracePeriodSeconds = 1
  })
  const last = await web.get()
  await eventually(() => ns.watch.hasSeen(last))
  expect([web.rolls, web.templateChanges]).toEqual([1, 2])
  expect(await web.stamps()).toEqual({ variables: [{ container: 'app', ...stamp }], annotation: undefined })
})

test('the proxy notes requests and watch events, and a fault stands in their way only as long as it is wanted', async () => {
  const ns = await world.namespace()
  const proxy = await startApiProxy(world.cluster)
  const through = createTestApi({ ...world.cluster, server: proxy.server })
  const path = pathOf('ConfigMap', { namespace: ns.name })
  const heal = proxy.onRequest({ verb: 'list', resource: 'configmaps' }, refuseWith(403))
  await expect(through.call('GET', path)).rejects.toThrow('403')
  heal()
  const list = await through.call('GET', path)
  const config = await ns.configMap('app', { a: '1' })
  const watching = new AbortController()
  const events = through.watch(
    `${path}?watch=true&resourceVersion=${list.metadata.resourceVersion}`,
    watching.signal,
  )
  expect((await events.next()).value?.type).toBe('ADDED')
  expect(proxy.deliveries.has(await config.get())).toBe(true)
  expect(watchesOf(proxy, { resource: 'configmaps' })).toHaveLength(1)
  watching.abort()
  expect(proxy.requests.map(({ verb, status }) => [verb, status])).toEqual([
    ['list', 403],
    ['list', 200],
    ['watch', 200],
  ])
  through.close()
  await proxy.close()
})

test('a request that is held at a gate arrives when the gate opens', async () => {
  const ns = await world.namespace()
  const proxy = await startApiProxy(world.cluster)
  const through = createTestApi({ ...world.cluster, server: proxy.server })
  const gate = createGate()
  proxy.onRequest({ verb: 'create' }, holdRequest(gate))
  const body = { apiVersion: kindInfo('ConfigMap').apiVersion, kind: 'ConfigMap', metadata: { name: 'held' } }
  const creating = through.call('POST', pathOf('ConfigMap', { namespace: ns.name }), { body })
  await gate.reached
  expect((await ns.list('ConfigMap')).map(({ metadata }) => metadata.name)).not.toContain('held')
  gate.open()
  expect((await creating).metadata.name).toBe('held')
  through.close()
  await proxy.close()
})

test("the incumbent's hash and variable name are those of its specification", () => {
  expect(incumbentHash({})).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709')
  expect(incumbentHash({ key: 'updated' })).toBe('6b3093988321555757cc9b88a5f2d59101a0261c')
  expect(stampVariableName(configMapNamed('my.app-config'))).toBe('STAKATER_MY_APP_CONFIG_CONFIGMAP')
})
