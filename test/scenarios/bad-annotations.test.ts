// behaviour.md section 6: what nobody can understand is said once, and costs nobody else anything.
import { expect, test } from 'vitest'
import { eventually } from './harness/eventually.ts'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const NAMED = 'configmap.reloader.stakater.com/reload'
const app = configMapNamed('app')

test.each([
  ['an invalid pattern', NAMED, '([, app'],
  ['a name that no object can have', 'configmaps.exclude.reloader.stakater.com/reload', 'UPPER CASE, other'],
  ['a word that is no boolean', 'reloader.stakater.com/auto', 'yes'],
  ['a duration that is none', 'reloader.stakater.com/settle', 'soon'],
  ['a boolean that is none', 'reloader.stakater.com/key-level', 'perhaps'],
  ['a strategy that is none', 'reloader.stakater.com/reload-strategy', 'magic'],
])('%s is reported once by an Event and ignored; the rest works', async (_, annotation, value) => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', {
    annotations: { [NAMED]: 'app', [annotation]: value },
    uses: [envFrom(app)],
  })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await web.annotate({ note: 'looked at again' })
  await controller.decided()
  const events = await eventually(async () => {
    const found = await web.events('InvalidAnnotation')
    return found.length > 0 && found
  })
  expect(events.map(({ type, count = 1 }) => [type, count])).toEqual([['Warning', 1]])
  expect(events[0]?.message).toContain(annotation)
  expect(events[0]?.message).toContain(value.split(',')[0])
})

test('a bad annotation is reported anew when it changes', async () => {
  const { ns, controller } = await world.start()
  const web = await ns.workload('web', { annotations: { [NAMED]: '([' } })
  await controller.decided()
  await web.annotate({ [NAMED]: '([)' })
  await eventually(async () => {
    const events = await web.events('InvalidAnnotation')
    return events.reduce((sum, { count = 1 }) => sum + count, 0) === 2
  })
})

test('a catastrophic pattern holds up nobody', async () => {
  const { ns, controller } = await world.start()
  const long = `${'a'.repeat(200)}-x`
  await ns.configMap(long, { a: '1' })
  const config = await ns.configMap('app', { a: '1' })
  await ns.workload('bad', {
    annotations: { [NAMED]: '(a+)+$,(a|aa)+$,(.*)*b' },
    uses: [envFrom(configMapNamed(long))],
  })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await ns.config('ConfigMap', long).set({ a: '2' })
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('names at every legal limit and binary data work', async () => {
  const { ns, controller } = await world.start()
  const longest = [...Array(4)]
    .map((_, i) => `${i}${'x'.repeat(61)}y`)
    .join('.')
    .slice(0, 253)
  const config = await ns.configMap(longest, { a: '1' })
  await config.edit({ binaryData: { b: Buffer.from([0, 255, 1, 254]).toString('base64') } })
  const uses = [{ envFrom: { configMapRef: { name: longest } } }]
  const web = await ns.workload('w'.repeat(63), { annotations: AUTO, uses, replicas: 0 })
  await controller.decided()
  await config.edit({ binaryData: { b: Buffer.from([0, 255, 1, 253]).toString('base64') } })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a config of nearly a megabyte is followed like any other', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: 'x'.repeat(900_000) })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: `${'x'.repeat(899_999)}y` })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})
