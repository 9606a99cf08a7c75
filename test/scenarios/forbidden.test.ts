// behaviour.md section 6: RBAC forbids something that we need. It is said once, and the rest works.
import { expect, test } from 'vitest'
import { eventually, nextSecond } from './harness/eventually.ts'
import { forbid } from './harness/faults.ts'
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
