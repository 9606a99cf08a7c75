// Beside kubectl and server-side apply: nobody's fields are taken, and nobody's rollout is doubled.
import { expect, test } from 'vitest'
import { eventually } from '../harness/eventually.ts'
import { AUTO, configMapNamed, envFrom, workloadObject } from '../harness/fixtures.ts'
import { useWorld } from '../harness/world.ts'
import { kubectl, revisionsOf, rolledOut } from './real-tools.ts'

const world = useWorld()
const app = configMapNamed('app')
const uses = [envFrom(app)]
const manifest = (env: { name: string; value: string }[] = []) =>
  JSON.stringify(workloadObject('web', { annotations: AUTO, uses, env, replicas: 2 }))

test('server-side apply before and after a roll: no conflict, and the stamp survives', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  await kubectl(ns, ['apply', '--server-side', '--field-manager=gitops', '-f', '-'], manifest())
  const web = ns.existing('Deployment', 'web')
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  const stamps = await web.stamps()
  await kubectl(ns, ['apply', '--server-side', '--field-manager=gitops', '-f', '-'], manifest())
  expect(await web.stamps()).toEqual(stamps)
  await kubectl(
    ns,
    ['apply', '--server-side', '--field-manager=gitops', '-f', '-'],
    manifest([{ name: 'V', value: '2' }]),
  )
  expect(await web.stamps()).toEqual(stamps)
  await controller.decided()
  expect(web.rolls).toBe(1)
  expect(await web.events('RollReverted')).toEqual([])
})

test('client-side apply beside a stamp leaves it alone, and rolls nothing of ours', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  await kubectl(ns, ['apply', '-f', '-'], manifest())
  const web = ns.existing('Deployment', 'web')
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  const stamps = await web.stamps()
  await kubectl(ns, ['apply', '-f', '-'], manifest([{ name: 'V', value: '2' }]))
  await controller.decided()
  expect(await web.stamps()).toEqual(stamps)
  expect(web.templateChanges).toBe(2)
})

test('kubectl replace takes the stamp away: no war, one Warning', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  await kubectl(ns, ['create', '-f', '-'], manifest())
  const web = ns.existing('Deployment', 'web')
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await kubectl(ns, ['replace', '-f', '-'], manifest())
  await controller.decided()
  expect(
    controller.proxy.requestsLike({ verb: 'patch', name: 'web' }).filter(({ status }) => status === 200),
  ).toHaveLength(1)
  await eventually(async () => (await web.events('RollReverted')).length === 1)
})

test('kubectl rollout undo with Reloader up: exactly the rollout of the undo', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses, replicas: 2 })
  await rolledOut(web)
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await rolledOut(web)
  await kubectl(ns, ['rollout', 'undo', 'deployment/web'])
  await rolledOut(web)
  await controller.decided()
  expect(web.templateChanges).toBe(2)
  expect(await revisionsOf(ns, web)).toHaveLength(2)
})

test('kubectl rollout undo with Reloader down: exactly the rollout of the undo, also after its start', async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses, replicas: 2 })
  await rolledOut(web)
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await config.set({ a: '3' })
  expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
  await rolledOut(web)
  await installation.recorded(web)
  await controller.kill('SIGTERM')
  await kubectl(ns, ['rollout', 'undo', 'deployment/web'])
  await rolledOut(web)
  const next = await installation.start()
  await next.decided()
  expect(web.templateChanges).toBe(3)
  expect(next.proxy.requestsLike({ verb: 'patch', name: 'web' })).toEqual([])
})

test('kubectl rollout restart and kubectl scale make no roll of ours', async () => {
  const { ns, controller } = await world.start()
  await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses, replicas: 1 })
  await controller.decided()
  await kubectl(ns, ['rollout', 'restart', 'deployment/web'])
  await kubectl(ns, ['scale', 'deployment/web', '--replicas=3'])
  await rolledOut(web)
  await controller.decided()
  expect(web.templateChanges).toBe(1)
  expect(controller.proxy.requestsLike({ verb: 'patch', name: 'web' })).toEqual([])
})
