// spec 1 and behaviour.md section 2, row "out of scope": which objects are looked at, and what entering and leaving means.
import { expect, test } from 'vitest'
import { eventually } from './harness/eventually.ts'
import { AUTO, configMapNamed, envFrom, secretNamed } from './harness/fixtures.ts'
import { pathOf } from './harness/kinds.ts'
import type { Namespace } from './harness/namespace.ts'
import { documentedPermissions } from './harness/permissions.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const uses = [envFrom(app)]
const permissions = documentedPermissions({ name: 'reloader', namespaceSelector: true })

async function follower(ns: Namespace, name = 'web') {
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload(name, { annotations: AUTO, uses })
  return { config, web }
}

async function labelNamespace(ns: Namespace, labels: Record<string, string | null>): Promise<void> {
  const body = { metadata: { labels } }
  const contentType = 'application/merge-patch+json'
  await world.api.call('PATCH', pathOf('Namespace', { name: ns.name }), { body, contentType })
}

test('--namespaces: these and no others', async () => {
  const [inside, outside] = [await world.namespace(), await world.namespace()]
  const installation = await world.install({ namespaces: [inside] })
  const controller = await installation.start()
  const [near, far] = [await follower(inside), await follower(outside)]
  await controller.decided()
  await near.config.set({ a: '2' })
  await far.config.set({ a: '2' })
  expect(await controller.rolls({ [near.web.id]: 1 })).toEqual({ [near.web.id]: 1 })
  expect(far.web.rolls).toBe(0)
  expect(controller.proxy.requestsLike({ namespace: outside.name })).toEqual([])
})

test('KUBERNETES_NAMESPACE: this one and no others', async () => {
  const [inside, outside] = [await world.namespace(), await world.namespace()]
  const env = { KUBERNETES_NAMESPACE: inside.name }
  const installation = await world.install({ namespaces: [inside], global: true, env })
  const controller = await installation.start()
  const { config, web } = await follower(inside)
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect(controller.proxy.requestsLike({ namespace: outside.name })).toEqual([])
})

test('the whole cluster, but for --namespaces-to-ignore', async () => {
  const [inside, ignored] = [await world.namespace(), await world.namespace()]
  const flags = [`--namespaces-to-ignore=${ignored.name}`]
  const installation = await world.install({ namespaces: [inside], global: true, flags })
  const controller = await installation.start()
  const [near, far] = [await follower(inside, 'near'), await follower(ignored, 'far')]
  await controller.decided()
  await far.config.set({ a: '2' })
  await near.config.set({ a: '2' })
  expect(await controller.rolls({ [near.web.id]: 1 })).toEqual({ [near.web.id]: 1 })
  expect(far.web.rolls).toBe(0)
})

test('--namespace-selector: a namespace that enters is adopted, one that leaves is left alone, and one that returns is healed', async () => {
  const fixed = await world.namespace({ labels: { reload: 'scope-test' } })
  const ns = await world.namespace()
  const flags = ['--namespace-selector=reload:scope-test']
  const installation = await world.install({ namespaces: [fixed], global: true, flags, permissions })
  const controller = await installation.start()
  const both = { namespaces: [fixed, ns] }
  const { config, web } = await follower(ns)
  await controller.decided()
  await config.set({ a: '2' })
  await controller.decided()
  expect(web.rolls).toBe(0)
  await labelNamespace(ns, { reload: 'scope-test' })
  await controller.decided(both)
  expect(web.rolls).toBe(0)
  await config.set({ a: '3' })
  await eventually(() => web.rolls === 1)
  await controller.decided(both)
  await labelNamespace(ns, { reload: null })
  await controller.decided()
  await config.set({ a: '4' })
  await controller.decided()
  expect(web.rolls).toBe(1)
  await labelNamespace(ns, { reload: 'scope-test' })
  await eventually(() => web.rolls === 2)
  await controller.decided(both)
  expect(web.rolls).toBe(2)
})

test('--namespace-selector: a pause that a roll began ends when its namespace leaves, and one of somebody else does not', async () => {
  const ns = await world.namespace({ labels: { reload: 'pause-test' } })
  const flags = ['--namespace-selector=reload:pause-test', '--settle=50ms']
  const installation = await world.install({ namespaces: [ns], global: true, flags, permissions })
  const controller = await installation.start()
  const config = await ns.configMap('app', { a: '1' })
  const annotations = { ...AUTO, 'deployment.reloader.stakater.com/pause-period': '1h' }
  const [web, own] = [
    await ns.workload('web', { annotations, uses: [envFrom(app)] }),
    await ns.workload('own', { annotations, uses: [envFrom(app)] }),
  ]
  await own.edit({ spec: { paused: true } })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1, [own.id]: 1 })).toEqual({ [web.id]: 1, [own.id]: 1 })
  const isPaused = async (each: typeof web) => Object(await each.get()).spec.paused === true
  expect(await isPaused(web)).toBe(true)
  await labelNamespace(ns, { reload: null })
  await eventually(async () => !(await isPaused(web)), { what: 'web is resumed' })
  expect(await isPaused(own)).toBe(true)
  await labelNamespace(ns, { reload: 'pause-test' })
})

test('--resource-label-selector: a config that loses its label is not taken for deleted, and is healed when it has it again', async () => {
  const flags = ['--resource-label-selector=team=a', '--reload-on-delete=true', '--reload-on-create=true']
  const { ns, controller } = await world.start({ flags })
  const onlyMarked = { types: [] as const }
  const config = await ns.configMap('app', { a: '1' })
  await config.label({ team: 'a' })
  const unlabelled = await ns.configMap('unlabelled', { a: '1' })
  const web = await ns.workload('web', {
    annotations: AUTO,
    uses: [envFrom(app), envFrom(configMapNamed('unlabelled'))],
  })
  const barrier = await ns.configMap('barrier', { a: '0' })
  await barrier.label({ team: 'a' })
  const marker = await ns.workload('barrier', {
    annotations: AUTO,
    uses: [envFrom(configMapNamed('barrier'))],
  })
  let passes = 0
  const pass = async () => {
    passes += 1
    await barrier.set({ a: String(passes) })
    await eventually(() => marker.rolls === passes)
    await controller.decided(onlyMarked)
  }
  await controller.decided(onlyMarked)
  await pass()
  await unlabelled.set({ a: '2' })
  await pass()
  expect(web.rolls).toBe(0)
  await config.label({ team: null })
  await pass()
  expect(web.rolls).toBe(0)
  await config.set({ a: '2' })
  await pass()
  expect(web.rolls).toBe(0)
  await config.label({ team: 'a' })
  await eventually(() => web.rolls === 1)
  await config.set({ a: '3' })
  await eventually(() => web.rolls === 2)
  await pass()
  expect(web.rolls).toBe(2)
})

test.each([
  ['secrets', 1, 0],
  ['configmaps', 0, 1],
] as const)(
  '--resources-to-ignore=%s: those are neither looked at nor followed',
  async (ignored, forConfigMap, forSecret) => {
    const { ns, controller } = await world.start({ flags: [`--resources-to-ignore=${ignored}`] })
    const types = [ignored === 'secrets' ? ('ConfigMap' as const) : ('Secret' as const)]
    const config = await ns.configMap('app', { a: '1' })
    const secret = await ns.secret('key', { a: 'the-first-value' })
    const web = await ns.workload('web', { annotations: AUTO, uses })
    const safe = await ns.workload('safe', { annotations: AUTO, uses: [envFrom(secretNamed('key'))] })
    await controller.decided({ types })
    await config.set({ a: '2' })
    await secret.set({ a: 'the-second-value' })
    const expected = { [web.id]: forConfigMap, [safe.id]: forSecret }
    expect(await controller.rolls(expected, { types })).toEqual(expected)
    expect(controller.proxy.requestsLike({ resource: ignored, namespace: ns.name })).toEqual([])
  },
)

test('taking a config type out of scope and back in rolls nothing that has not changed', async () => {
  const { ns, controller, installation } = await world.start()
  const { config, web } = await follower(ns)
  await controller.decided()
  await installation.recorded(web)
  await controller.kill('SIGTERM')
  const without = await installation.start({ flags: ['--resources-to-ignore=configmaps'] })
  await without.decided({ types: ['Secret'] })
  await without.kill('SIGTERM')
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await config.set({ a: '2' })
  expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})
