// behaviour.md section 2: the rows "created" and "deleted", with reload-on-create and reload-on-delete.
import { expect, test } from 'vitest'
import { AUTO, configMapNamed, envFrom, mount } from './harness/fixtures.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const CREATE = ['--reload-on-create=true']
const DELETE = ['--reload-on-delete=true']

test('with reload-on-create a missing config that is created rolls once', async () => {
  const { ns, controller } = await world.start({ flags: CREATE })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await ns.configMap('app', { a: '1' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('with reload-on-create a missing config that a list names, though nothing references it, rolls when it is created', async () => {
  const { ns, controller } = await world.start({ flags: CREATE })
  const annotations = { 'configmap.reloader.stakater.com/reload': 'app' }
  const web = await ns.workload('web', { annotations })
  await controller.decided()
  await ns.configMap('app', { a: '1' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('with reload-on-create a config that a pattern of a list matches rolls when it is created, and not those there before', async () => {
  const { ns, controller } = await world.start({ flags: CREATE })
  await ns.configMap('app-old', { a: '1' })
  const annotations = { 'configmap.reloader.stakater.com/reload': 'app-[a-z]+' }
  const web = await ns.workload('web', { annotations })
  await controller.decided()
  await ns.configMap('app-new', { a: '1' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('with reload-on-create what was created while Reloader was down rolls once at start, what existed before does not', async () => {
  const { ns, controller, installation } = await world.start({ flags: CREATE })
  await ns.configMap('there', { a: '1' })
  const web = await ns.workload('web', {
    annotations: AUTO,
    uses: [envFrom(app), mount(configMapNamed('there'))],
  })
  const calm = await ns.workload('calm', { annotations: AUTO, uses: [mount(configMapNamed('there'))] })
  await controller.decided()
  await installation.recorded(web, calm)
  await controller.kill('SIGTERM')
  await ns.configMap('app', { a: '1' })
  const expected = { [web.id]: 1, [calm.id]: 0 }
  const next = await installation.start()
  expect(await next.rolls(expected)).toEqual(expected)
})

test('without reload-on-create nothing rolls for what was created while Reloader was down', async () => {
  const { ns, controller, installation } = await world.start()
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await controller.kill('SIGTERM')
  await ns.configMap('app', { a: '1' })
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('with reload-on-delete a deletion rolls once, under both strategies, though no roll had marked the workload before', async () => {
  const { ns, controller } = await world.start({ flags: DELETE })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  const annotated = await ns.workload('annotated', {
    annotations: { ...AUTO, 'reloader.stakater.com/reload-strategy': 'annotations' },
    uses: [envFrom(app)],
  })
  await controller.decided()
  await config.delete()
  const expected = { [web.id]: 1, [annotated.id]: 1 }
  expect(await controller.rolls(expected)).toEqual(expected)
})

test('a recorded deletion is not repeated by a restart, and the stamp of it stays what the record says', async () => {
  const { ns, controller, installation } = await world.start({ flags: DELETE })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.delete()
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await controller.kill('SIGKILL')
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('with reload-on-delete a deletion that happened while Reloader was down rolls once at start', async () => {
  const { ns, controller, installation } = await world.start({ flags: DELETE })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await installation.recorded(web)
  await controller.kill('SIGTERM')
  await config.delete()
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('deleted, recorded, and created again: a creation, whatever the content', async () => {
  const { ns, controller } = await world.start({ flags: DELETE })
  const config = await ns.configMap('app', { a: '1' })
  const quiet = await ns.workload('quiet', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.delete()
  expect(await controller.rolls({ [quiet.id]: 1 })).toEqual({ [quiet.id]: 1 })
  await config.set({ a: '2' })
  expect(await controller.rolls({ [quiet.id]: 1 })).toEqual({ [quiet.id]: 1 })
})

test('with both flags a deletion and the creation after it roll once each', async () => {
  const { ns, controller } = await world.start({ flags: [...CREATE, ...DELETE] })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.delete()
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await config.set({ a: '1' })
  expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
})

test('deleted and made again at once, as a replacing tool does it: with the same content nothing, with other content one roll', async () => {
  const { ns, controller } = await world.start({ flags: [...CREATE, ...DELETE, '--settle=500ms'] })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.delete()
  await config.set({ a: '1' })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await config.delete()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('an absence costs one read of metadata when it is recorded, and nothing afterwards or after a restart', async () => {
  const { ns, controller, installation } = await world.start({ flags: [...CREATE, ...DELETE] })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await web.annotate({ note: 'look again' })
  await controller.decided()
  await installation.recorded(web)
  const gets = controller.proxy.requestsLike({ verb: 'get', resource: 'configmaps', name: 'app' })
  expect(gets.map(({ status }) => status)).toEqual([404])
  expect(gets[0]?.accept).toContain('PartialObjectMetadata')
  await controller.kill('SIGTERM')
  const next = await installation.start()
  await next.decided()
  expect(next.proxy.requestsLike({ verb: 'get', resource: 'configmaps', name: 'app' })).toEqual([])
})

test.each([
  ['the same', { a: '1' }, 0],
  ['other', { a: '2' }, 1],
] as const)('deleted and made again with %s content while Reloader was down', async (_, data, rolls) => {
  const { ns, controller, installation } = await world.start({ flags: [...CREATE, ...DELETE] })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await installation.recorded(web)
  await controller.kill('SIGKILL')
  await config.delete()
  await config.set(data)
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: rolls })).toEqual({ [web.id]: rolls })
})

test('a pattern that is changed adopts what it matches from then on, with reload-on-create, too (2c)', async () => {
  const { ns, controller } = await world.start({ flags: CREATE })
  const web = await ns.workload('web', {
    annotations: { 'configmap.reloader.stakater.com/reload': 'app-a.*' },
  })
  await controller.decided()
  const config = await ns.configMap('app-b', { a: '1' })
  await controller.decided()
  await web.annotate({ 'configmap.reloader.stakater.com/reload': 'app-[ab].*' })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})
