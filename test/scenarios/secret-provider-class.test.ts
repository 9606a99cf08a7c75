// behaviour.md 3, last but one: what the Secrets Store CSI driver rotates under living pods rolls their workload, once.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, nextSecond } from './harness/eventually.ts'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import type { Controller } from './harness/installation.ts'
import type { StoredObject } from './harness/json.ts'
import type { Namespace } from './harness/namespace.ts'
import {
  defineClasses,
  mountClass,
  mountingPod,
  providerClass,
  removeClasses,
} from './harness/provider-classes.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const flags = ['--enable-csi-integration']
const uses = [mountClass('vault')]
const V1 = { db: 'v1', tls: 'v1' }
const V2 = { db: 'v2', tls: 'v1' }
const V3 = { db: 'v3', tls: 'v1' }

beforeAll(() => defineClasses(world.api))
afterAll(() => removeClasses(world.api))

function podIn(ns: Namespace, pod: string, objects: Record<string, string>, className = 'vault') {
  return mountingPod({ api: world.api, ns }, { pod, className, objects })
}

/** Resolves when everything that these statuses bring has been decided and carried out. */
async function decided(controller: Controller, ...statuses: StoredObject[]): Promise<void> {
  await controller.hasSeen(...statuses)
  await controller.decided()
}

test.each(['env-vars', 'annotations'])(
  'pods that rotate one after another, and pods that start after it, make one roll (%s)',
  async (strategy) => {
    const { ns, controller, installation } = await world.start({
      flags: [...flags, `--reload-strategy=${strategy}`],
    })
    const itself = await providerClass(ns, 'vault')
    const web = await ns.workload('web', { annotations: AUTO, uses })
    const [a, b] = [await podIn(ns, 'web-a', V1), await podIn(ns, 'web-b', V1)]
    await decided(controller, a.begun, b.begun)
    expect(web.templateChanges).toBe(0)
    await installation.recorded(web)
    const first = await a.rotate(V2)
    expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
    const { variables, annotation } = await web.stamps()
    const stamp = expect.stringMatching(
      new RegExp(`^${itself.metadata.uid}\\.${first.metadata.resourceVersion}\\.a\\.`),
    )
    const variable = { container: 'app', name: 'STAKATER_VAULT_SECRETPROVIDERCLASS', value: stamp }
    const source = { type: 'SECRETPROVIDERCLASS', name: 'vault', namespace: ns.name, sources: [stamp] }
    expect([variables, annotation && JSON.parse(annotation)]).toEqual(
      strategy === 'env-vars' ? [[variable], undefined] : [[], expect.objectContaining(source)],
    )
    const c = await podIn(ns, 'web-c', V2)
    await decided(controller, await b.rotate(V2), c.begun)
    await a.end()
    await b.end()
    await controller.decided()
    expect(web.rolls).toBe(1)
    await decided(controller, await c.rotate(V3))
    expect(web.rolls).toBe(2)
    await eventually(async () => (await web.events('Reloaded')).length > 0)
    const [event] = await web.events('Reloaded')
    expect([event?.message, event?.source?.component]).toEqual([
      expect.stringContaining("'vault' of type 'SECRETPROVIDERCLASS'"),
      'reloader-secretproviderclasspodstatuses',
    ])
  },
)

test('the rules of annotations hold for classes', async () => {
  const { ns, controller } = await world.start({ flags })
  await providerClass(ns, 'vault')
  await providerClass(ns, 'tagged', { 'reloader.stakater.com/match': 'true' })
  await providerClass(ns, 'ignored', { 'reloader.stakater.com/ignore': 'true' })
  const typed = 'secretproviderclass.reloader.stakater.com/auto'
  const named = 'secretproviderclass.reloader.stakater.com/reload'
  const exclude = 'secretproviderclasses.exclude.reloader.stakater.com/reload'
  const make = (name: string, annotations: Record<string, string>, className = 'vault') =>
    ns.workload(name, { annotations, uses: className === '' ? [] : [mountClass(className)] })
  const rolled = [
    await make('typed-auto', { [typed]: 'true' }),
    await make('named-alone', { [named]: 'other,va.*' }, ''),
    await make('search-match', { 'reloader.stakater.com/search': 'true' }, 'tagged'),
  ]
  const left = [
    await make('opted-out', {}),
    await make('excluded', { ...AUTO, [exclude]: 'vault' }),
    await make('no-match', { 'reloader.stakater.com/search': 'true' }),
    await make('of-ignored', { ...AUTO, [named]: 'ignored' }, 'ignored'),
    await make('not-mounted', AUTO, ''),
    await make('other-type', { 'secret.reloader.stakater.com/auto': 'true' }),
    await make('list-of-auto', { 'reloader.stakater.com/auto': 'vault' }),
  ]
  const classes = ['vault', 'tagged', 'ignored']
  const pods = await Promise.all(classes.map((name) => podIn(ns, 'web', V1, name)))
  await decided(controller, ...pods.map(({ begun }) => begun))
  const rotated = await Promise.all(pods.map((pod) => pod.rotate(V2)))
  await controller.hasSeen(...rotated)
  const once = Object.fromEntries(rolled.map(({ id }) => [id, 1]))
  expect(await controller.rolls(once)).toEqual(once)
  expect(left.filter(({ templateChanges }) => templateChanges > 0).map(({ name }) => name)).toEqual([])
})

test('what is no rotation rolls nothing: labels, newer pods, a pod that goes, the same versions, a restart', async () => {
  const { ns, controller, installation } = await world.start({ flags })
  await providerClass(ns, 'vault')
  const web = await ns.workload('web', { annotations: AUTO, uses })
  const a = await podIn(ns, 'web-a', V1)
  await decided(controller, a.begun)
  await installation.recorded(web)
  const labelled = await a.label({ team: 'a' })
  expect(labelled.metadata.generation).toBe(1)
  const b = await podIn(ns, 'web-b', V2)
  await decided(controller, labelled, b.begun)
  await a.end()
  await decided(controller, await b.rotate({ tls: 'v1', db: 'v2' }))
  await controller.kill('SIGTERM')
  const next = await installation.start()
  await next.decided()
  expect(web.templateChanges).toBe(0)
})

test('a rotation while nobody watched is found at start, under whichever pod, and once', async () => {
  const { ns, controller, installation } = await world.start({ flags })
  await providerClass(ns, 'vault')
  const web = await ns.workload('web', { annotations: AUTO, uses })
  const [a, b] = [await podIn(ns, 'web-a', V1), await podIn(ns, 'web-b', V1)]
  await decided(controller, a.begun, b.begun)
  await installation.recorded(web)
  await controller.kill('SIGTERM')
  await b.rotate(V2)
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await next.kill('SIGTERM')
  await b.end()
  const last = await installation.start()
  await decided(last, await a.rotate(V2))
  expect(web.rolls).toBe(1)
})

test('a class and a ConfigMap that change together are one roll', async () => {
  const { ns, controller } = await world.start({ flags: [...flags, '--settle=2s'] })
  await providerClass(ns, 'vault')
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [...uses, envFrom(configMapNamed('app'))] })
  const pod = await podIn(ns, 'web', V1)
  await decided(controller, pod.begun)
  await config.set({ a: '2' })
  await controller.hasSeen(await pod.rotate(V2))
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect((await web.stamps()).variables).toHaveLength(2)
})

test('without the flag nothing of it is asked, and nothing is rolled', async () => {
  const { ns, controller } = await world.start()
  await providerClass(ns, 'vault')
  const annotations = { ...AUTO, 'secretproviderclass.reloader.stakater.com/reload': 'vault' }
  const web = await ns.workload('web', { annotations, uses })
  const pod = await podIn(ns, 'web', V1)
  await controller.decided()
  await pod.rotate(V2)
  await controller.decided()
  const asked = controller.proxy.requests.filter(({ resource }) => resource.startsWith('secretprovider'))
  expect([web.templateChanges, asked]).toEqual([0, []])
})

test.each([
  ['heal', 1],
  ['record', 0],
])('the stamp of Stakater’s Reloader tells of a missed rotation (--adopt=%s)', async (adopt, rolls) => {
  const ns = await world.namespace()
  await providerClass(ns, 'vault')
  const hash = { name: 'STAKATER_VAULT_SECRETPROVIDERCLASS', value: 'e'.repeat(40) }
  const web = await ns.workload('web', { annotations: AUTO, uses, env: [hash] })
  const pod = await podIn(ns, 'web', V1)
  await nextSecond()
  await nextSecond()
  await pod.rotate(V2)
  const { controller } = await world.start({ namespaces: [ns], flags: [...flags, `--adopt=${adopt}`] })
  await controller.decided()
  expect(web.rolls).toBe(rolls)
})
