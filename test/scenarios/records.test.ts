// behaviour.md 2 "Where records live": what may happen to the record store, and what it costs.
import { expect, test } from 'vitest'
import { eventually } from './harness/eventually.ts'
import { forbid, refuseWith } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import type { Installation } from './harness/installation.ts'
import { dataOf, type StoredObject } from './harness/json.ts'
import type { Namespace, WorkloadHandle } from './harness/namespace.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')

async function follower(ns: Namespace) {
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  return { config, web }
}

async function deleteShards({ home, shards }: Installation): Promise<void> {
  for (const { metadata } of await shards()) await home.config('ConfigMap', metadata.name).delete()
}

async function rewriteShard(
  { home }: Installation,
  shard: StoredObject,
  data: Record<string, string>,
): Promise<void> {
  await home.config('ConfigMap', shard.metadata.name).set(data)
}

test("records are ConfigMaps of the controller's namespace with one label of their own", async () => {
  const { ns, controller, installation } = await world.start()
  const { web } = await follower(ns)
  await controller.decided()
  await installation.recorded(web)
  const shards = await installation.shards()
  expect(shards.map(({ metadata }) => metadata.name)).toEqual(['reloader-records-0'])
  expect(Object.keys(shards[0]?.metadata.labels ?? {})).toEqual(['reloader.stakater.com/records'])
})

/** An installation with the Secret for the digest key, empty as the chart ships it. */
async function withKeySecret() {
  const ns = await world.namespace()
  const installation = await world.install({ namespaces: [ns] })
  const key = await installation.home.secret('reloader-digest-key', {})
  return { ns, installation, key, controller: await installation.start() }
}

test('the store is deleted while Reloader is down: a roll that it made before still counts, all else is adopted', async () => {
  const { ns, controller, installation } = await withKeySecret()
  const { config, web } = await follower(ns)
  const calmConfig = await ns.configMap('calm', { a: '1' })
  const calm = await ns.workload('calm', { annotations: AUTO, uses: [envFrom(configMapNamed('calm'))] })
  await controller.decided()
  await config.set({ a: '2' })
  const once = { [web.id]: 1, [calm.id]: 0 }
  expect(await controller.rolls(once)).toEqual(once)
  await controller.kill('SIGTERM')
  await deleteShards(installation)
  await config.set({ a: '3' })
  await calmConfig.set({ a: '2' })
  const next = await installation.start()
  const expected = { [web.id]: 2, [calm.id]: 0 }
  expect(await next.rolls(expected)).toEqual(expected)
})

test('with the store the digest key is lost where it has no Secret: all is adopted, with a warning, and nothing rolls', async () => {
  const { ns, controller, installation } = await world.start()
  const { config, web } = await follower(ns)
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await controller.kill('SIGTERM')
  await deleteShards(installation)
  await config.set({ a: '3' })
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect(next.logs.some(({ level, msg = '' }) => level === 'warning' && /key/i.test(msg))).toBe(true)
  await config.set({ a: '4' })
  expect(await next.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
})

test('the digest key moves into its Secret once, without a roll, and is never made anew', async () => {
  const { ns, controller, installation } = await world.start()
  const { config, web } = await follower(ns)
  await controller.decided()
  await installation.recorded(web)
  await controller.kill('SIGTERM')
  const key = await installation.home.secret('reloader-digest-key', {})
  const second = await installation.start()
  expect(await second.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  const kept = dataOf(
    await eventually(async () => Object.keys(dataOf(await key.get())).length > 0 && (await key.get())),
  )
  await second.kill('SIGTERM')
  const third = await installation.start()
  await config.set({ a: '2' })
  expect(await third.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect(dataOf(await key.get())).toEqual(kept)
  expect(JSON.stringify((await installation.shards()).map(dataOf))).not.toContain(Object.values(kept)[0])
})

test('the store is deleted while Reloader runs: it writes it again whole, and neither loses nor repeats anything', async () => {
  const { ns, controller, installation } = await world.start()
  const { config, web } = await follower(ns)
  const calm = await ns.workload('calm', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await installation.recorded(web, calm)
  await deleteShards(installation)
  await config.set({ a: '2' })
  const once = { [web.id]: 1, [calm.id]: 1 }
  expect(await controller.rolls(once)).toEqual(once)
  await installation.recorded(web, calm)
  await controller.kill('SIGKILL')
  const next = await installation.start()
  expect(await next.rolls(once)).toEqual(once)
  expect(next.proxy.requestsLike({ verb: 'get', resource: 'configmaps', name: 'app' })).toEqual([])
})

test.each([
  ['does not parse', (data: Record<string, string>) => ({ ...data, records: '{"kind":"Deploy' })],
  ['has a newer format', (data: Record<string, string>) => ({ ...data, format: '999' })],
  ['is empty of everything', () => ({})],
])(
  'a shard that %s is never overwritten; its workloads are adopted into another, with a warning',
  async (_, spoil) => {
    const { ns, controller, installation } = await world.start()
    const { config, web } = await follower(ns)
    await controller.decided()
    await installation.recorded(web)
    await controller.kill('SIGTERM')
    const [shard] = await installation.shards()
    if (shard === undefined) throw new Error('No shard was written')
    const spoilt = spoil(dataOf(shard))
    await rewriteShard(installation, shard, spoilt)
    await config.set({ a: '2' })
    const next = await installation.start()
    expect(await next.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
    expect(next.logs.some(({ level, msg = '' }) => level === 'warning' && /shard|record/i.test(msg))).toBe(
      true,
    )
    await eventually(async () => (await installation.shards()).length === 2)
    await config.set({ a: '3' })
    expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
    const untouched = (await installation.shards()).find(
      ({ metadata }) => metadata.name === shard.metadata.name,
    )
    expect(untouched && dataOf(untouched)).toEqual(spoilt)
  },
)

test('many workloads fill several shards, none over 64 KiB, and a restart finds all of them', {
  timeout: 60_000,
}, async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('a-config-with-a-rather-long-name-so-that-records-are-long', { a: '1' })
  const uses = [envFrom({ kind: 'ConfigMap', name: config.name })]
  const names = Array.from(
    { length: 320 },
    (_, i) => `a-workload-with-a-rather-long-name-so-that-records-are-long-${i}`,
  )
  const made: WorkloadHandle[] = []
  for (let i = 0; i < names.length; i += 20) {
    const batch = names.slice(i, i + 20)
    made.push(
      ...(await Promise.all(
        batch.map((name) => ns.workload(name, { annotations: AUTO, uses, replicas: 0 })),
      )),
    )
  }
  await controller.decided()
  await installation.recorded(...made)
  const shards = await installation.shards()
  expect(shards.length).toBeGreaterThanOrEqual(2)
  for (const shard of shards)
    expect(JSON.stringify(dataOf(shard)).length).toBeLessThanOrEqual(64 * 1024 * 1.2)
  await controller.kill('SIGTERM')
  const next = await installation.start()
  await next.decided()
  expect(next.proxy.requestsLike({ verb: 'get', resource: 'configmaps', name: config.name })).toEqual([])
  await config.set({ a: '2' })
  const expected = Object.fromEntries(made.map(({ id }) => [id, 1]))
  expect(await next.rolls(expected)).toEqual(expected)
})

test('where RBAC forbids the store, records are kept in memory: rolls go on, with one warning and a metric', async () => {
  const ns = await world.namespace()
  const installation = await world.install({ namespaces: [ns] })
  const controller = await installation.start({
    prepare: (proxy) =>
      proxy.onRequest({ resource: 'configmaps', namespace: installation.home.name }, forbid()),
  })
  const { config, web } = await follower(ns)
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  const warnings = controller.logs.filter(({ level, msg = '' }) => level === 'warning' && /record/i.test(msg))
  expect(warnings).toHaveLength(1)
  expect(await controller.metric('reloader_records_in_memory_only')).toBe(1)
  expect(await installation.shards()).toEqual([])
})

test('while the store answers with an error it is not ready and decides nothing; then it heals what changed', async () => {
  const { ns, controller, installation } = await world.start()
  const { config, web } = await follower(ns)
  await controller.decided()
  await installation.recorded(web)
  await controller.kill('SIGKILL')
  await config.set({ a: '2' })
  let heal = () => {}
  const next = await installation.start({
    wait: false,
    prepare: (proxy) => {
      heal = proxy.onRequest({ resource: 'configmaps', namespace: installation.home.name }, refuseWith(500))
    },
  })
  const asked = () => next.proxy.requestsLike({ resource: 'configmaps', namespace: installation.home.name })
  await eventually(() => asked().length >= 2)
  expect(await next.isReady()).toBe(false)
  expect(web.rolls).toBe(0)
  heal()
  await next.ready()
  expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('our own ConfigMaps are followed by nothing, even where a workload names them', async () => {
  const ns = await world.namespace()
  const installation = await world.install({
    namespaces: [ns],
    global: true,
    flags: ['--reload-on-create=true'],
  })
  const { home } = installation
  const controller = await installation.start({ flags: [`--namespaces=${ns.name},${home.name}`] })
  const self = await home.workload('self', {
    annotations: { 'configmap.reloader.stakater.com/reload': '.*', ...AUTO },
    uses: [envFrom(configMapNamed('reloader-records-0'))],
    replicas: 0,
  })
  const { config, web } = await follower(ns)
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await installation.recorded(web)
  await controller.decided()
  expect((await self.stamps()).variables).toEqual([])
  expect(controller.proxy.requestsLike({ verb: 'patch', name: 'self' })).toEqual([])
})
