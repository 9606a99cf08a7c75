// behaviour.md section 5: under the rights of the incumbent's own chart, which grant no watch on workloads.
import { expect, test } from 'vitest'
import { eventually, nextSecond } from './harness/eventually.ts'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import type { StoredObject } from './harness/json.ts'
import type { WorkloadHandle } from './harness/namespace.ts'
import { documentedPermissions } from './harness/permissions.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const permissions = documentedPermissions({ name: 'reloader', watchWorkloads: false })
const uses = [envFrom(configMapNamed('app'))]

const observed = (workload: WorkloadHandle) =>
  eventually(
    async () => {
      const { metadata, status } = (await workload.get()) as StoredObject & {
        readonly status?: { readonly observedGeneration?: number }
      }
      return status?.observedGeneration === metadata.generation
    },
    { what: `the controller of ${workload.id} to have seen it` },
  )

test('workloads are listed instead, with one warning for each kind, and rolled as usual', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses })
  const set = await ns.workload('set', { kind: 'StatefulSet', annotations: AUTO, uses })
  const installation = await world.install({ namespaces: [ns], permissions })
  const controller = await installation.start()
  await installation.recorded(web, set)
  await config.set({ a: '2' })
  const expected = { [web.id]: 1, [set.id]: 1 }
  expect(await controller.rolls(expected)).toEqual(expected)
  await config.set({ a: '3' })
  const twice = { [web.id]: 2, [set.id]: 2 }
  expect(await controller.rolls(twice)).toEqual(twice)
  const warnings = controller.logs.filter(
    (line) => line.level === 'warning' && /deployments/.test(JSON.stringify(line)),
  )
  expect(warnings).toHaveLength(1)
  expect(await controller.metric('reloader_forbidden', { verb: 'watch' })).toBe(5)
})

test('a workload that is made later is found, adopted and rolled', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const installation = await world.install({ namespaces: [ns], permissions })
  const controller = await installation.start()
  const web = await ns.workload('web', { annotations: AUTO, uses })
  await installation.recorded(web)
  expect(web.rolls).toBe(0)
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a config and then the template of its workload is one rollout here, too', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses })
  const installation = await world.install({ namespaces: [ns], permissions, flags: ['--settle=1s'] })
  const controller = await installation.start()
  await installation.recorded(web)
  await controller.decided()
  const lists = () => controller.proxy.requestsLike({ verb: 'list', resource: 'deployments' })
  const before = lists().length
  await config.set({ a: '2' })
  await eventually(() => lists().length > before && lists().every(({ finished }) => finished))
  await web.editTemplate(({ spec }) => {
    for (const container of spec.containers) container.env = [{ name: 'VERSION', value: '2' }]
  })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('another writer between the last list and the PATCH is no obstacle', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses })
  const installation = await world.install({ namespaces: [ns], permissions })
  const controller = await installation.start()
  await installation.recorded(web)
  const stop = controller.proxy.onRequest({ verb: 'patch', name: 'web' }, async () => {
    stop()
    await web.annotate({ note: 'in between' })
  })
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a workload that was made or opted in right before its config changes rolls, though no list had shown it so', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const late = await ns.workload('late', { uses })
  const installation = await world.install({ namespaces: [ns], permissions })
  const controller = await installation.start()
  const web = await ns.workload('web', { annotations: AUTO, uses, replicas: 0 })
  await late.annotate(AUTO)
  // A status that is written after the change would hide which of the two came first.
  await Promise.all([observed(web), observed(late)])
  await config.set({ a: '2' })
  const once = { [web.id]: 1, [late.id]: 1 }
  expect(await controller.rolls(once)).toEqual(once)
})

test('a workload whose config is only labelled right after it was made rolls nothing, though no list had shown it so', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const installation = await world.install({ namespaces: [ns], permissions })
  const controller = await installation.start()
  const web = await ns.workload('web', { annotations: AUTO, uses, replicas: 0 })
  await observed(web)
  await nextSecond()
  await config.label({ team: 'a' })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a workload that was made after the last list before a stop, and whose config changed while it was down, rolls', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const installation = await world.install({ namespaces: [ns], permissions })
  const controller = await installation.start()
  await nextSecond()
  const web = await ns.workload('web', { annotations: AUTO, uses, replicas: 0 })
  // What is said to have been watched is a second early at most.
  await nextSecond()
  await nextSecond()
  await controller.kill('SIGTERM')
  await nextSecond()
  await config.set({ a: '2' })
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})
