// behaviour.md section 6: RBAC forbids something that we need. It is said once, and the rest works.
import { expect, test } from 'vitest'
import { eventually, nextSecond } from './harness/eventually.ts'
import { forbid, watchesOf } from './harness/faults.ts'
import { AUTO, configMapNamed, envFrom, secretNamed } from './harness/fixtures.ts'
import type { Controller } from './harness/installation.ts'
import type { Namespace } from './harness/namespace.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()

async function startWithout(ns: Namespace, resource: string) {
  const installation = await world.install({ namespaces: [ns] })
  let heal = () => {}
  const controller = await installation.start({
    prepare(proxy) {
      heal = proxy.onRequest({ verb: ['list', 'watch'], resource, namespace: ns.name }, forbid())
    },
  })
  return { controller, installation, heal: () => heal() }
}

function warningsOf({ logs }: Controller, resource: string) {
  return logs.filter(
    ({ level, msg = '' }) => level === 'warning' && /RBAC/.test(msg) && msg.includes(resource),
  )
}

test('without list on Secrets a roll for a ConfigMap happens all the same, and no Secret is taken for deleted', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  await ns.secret('key', { a: 'the-first-value' })
  const { controller, installation } = await startWithout(ns, 'secrets')
  const uses = [envFrom(configMapNamed('app')), envFrom(secretNamed('key'))]
  const web = await ns.workload('web', { annotations: AUTO, uses: uses.slice(0, 1) })
  const both = await ns.workload('both', { annotations: AUTO, uses })
  await installation.recorded(web, both)
  await config.set({ a: '2' })
  await eventually(() => web.rolls === 1 && both.rolls === 1)
  expect((await both.stamps()).variables.map(({ name }) => name)).toEqual(['STAKATER_APP_CONFIGMAP'])
  expect(warningsOf(controller, 'secrets')).toHaveLength(1)
  expect(await controller.metric('reloader_forbidden', { resource: 'secrets', verb: 'list' })).toBe(1)
})

test('without list on StatefulSets the Deployments are rolled', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const { controller, installation } = await startWithout(ns, 'statefulsets')
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })
  await installation.recorded(web)
  await config.set({ a: '2' })
  await eventually(() => web.rolls === 1)
  expect(warningsOf(controller, 'statefulsets')).toHaveLength(1)
})

test('workloads that may be listed only later are adopted, whatever changed since they were made', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })
  await nextSecond()
  await config.set({ a: '2' })
  const { controller, installation, heal } = await startWithout(ns, 'deployments')
  heal()
  await installation.recorded(web)
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await config.set({ a: '3' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

/** As an API server does that has not read its roles yet. */
function denyEverything({ proxy }: Pick<Controller, 'proxy'>) {
  const heal = proxy.onRequest({}, forbid())
  for (const stream of watchesOf(proxy)) stream.cut()
  return heal
}

test('a starting API server denies everything for a while: the records are waited for, and what changed rolls', async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })
  await controller.decided()
  await controller.kill('SIGTERM')
  await config.set({ a: '2' })
  let heal = () => {}
  const next = await installation.start({
    wait: false,
    prepare(proxy) {
      heal = denyEverything({ proxy })
    },
  })
  await eventually(() => next.proxy.requests.some(({ status }) => status === 403))
  heal()
  expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect(next.logs.filter(({ msg = '' }) => /memory/.test(msg))).toEqual([])
})

test('an API server that was started again denies what it will soon allow: it is watched again, and nobody is told to grant it', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })
  await controller.decided()
  const denied = () => controller.proxy.requestsLike({ verb: 'watch', where: ({ status }) => status === 403 })
  const resources = () => new Set(denied().map(({ resource }) => resource))
  const heal = denyEverything(controller)
  await eventually(() => resources().size === 7)
  heal()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect(controller.logs.filter(({ msg = '' }) => /RBAC/.test(msg))).toEqual([])
  expect(await controller.metric('reloader_forbidden')).toBe(0)
})
