// behaviour.md section 2 "Digest" and 2e: which keys count.
import { expect, test } from 'vitest'
import {
  AUTO,
  type ConfigName,
  configMapNamed,
  envFrom,
  envKey,
  mount,
  projected,
  secretNamed,
  subPath,
  type Use,
} from './harness/fixtures.ts'
import type { WorkloadHandle } from './harness/namespace.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const USES: readonly (readonly [string, (config: ConfigName) => Use])[] = [
  ['an environment variable', (config) => envKey(config, 'a')],
  ['items of a volume', (config) => mount(config, ['a'])],
  ['items of a projected volume', (config) => projected(config, ['a'])],
  ['a subPath', (config) => subPath(config, 'a')],
]

test.each(USES)('a workload that reads one key by %s rolls for that key and for no other', async (_, use) => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1', b: '1' })
  const secret = await ns.secret('key', { a: 'secret-one', b: 'secret-two' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [use(configMapNamed('app'))] })
  const safe = await ns.workload('safe', { annotations: AUTO, uses: [use(secretNamed('key'))] })
  await controller.decided()
  await config.set({ a: '1', b: '2', c: 'new' })
  await secret.set({ a: 'secret-one' })
  expect(await controller.rolls({ [web.id]: 0, [safe.id]: 0 })).toEqual({ [web.id]: 0, [safe.id]: 0 })
  await config.set({ a: '2', b: '2' })
  await secret.set({ a: 'secret-three' })
  expect(await controller.rolls({ [web.id]: 1, [safe.id]: 1 })).toEqual({ [web.id]: 1, [safe.id]: 1 })
})

test('a workload that takes the whole config, or names it in a list, rolls for every key', async () => {
  const { ns, controller } = await world.start()
  const app = configMapNamed('app')
  const config = await ns.configMap('app', { a: '1', b: '1' })
  const whole = await ns.workload('whole', { annotations: AUTO, uses: [envFrom(app)] })
  const mounted = await ns.workload('mounted', { annotations: AUTO, uses: [mount(app)] })
  const mixed = await ns.workload('mixed', { annotations: AUTO, uses: [envKey(app, 'a'), mount(app)] })
  const named = await ns.workload('named', {
    annotations: { 'configmap.reloader.stakater.com/reload': 'app' },
    uses: [envKey(app, 'a')],
  })
  await controller.decided()
  await config.set({ a: '1', b: '2' })
  const expected = { [whole.id]: 1, [mounted.id]: 1, [mixed.id]: 1, [named.id]: 1 }
  expect(await controller.rolls(expected)).toEqual(expected)
})

test('a key that is removed or added is a change for those who take the whole config', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })
  await controller.decided()
  await config.set({ a: '1', b: '' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await config.set({ a: '1' })
  expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
})

test('text that moves from data to binaryData is a change: the kind of a value counts', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: 'x' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [mount(configMapNamed('app'))] })
  await controller.decided()
  await config.edit({ data: { a: null }, binaryData: { a: Buffer.from('x').toString('base64') } })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a workload that begins to read another key is not rolled for what it held before, and is for what comes (2e)', async () => {
  const { ns, controller } = await world.start()
  const app = configMapNamed('app')
  const config = await ns.configMap('app', { a: '1', b: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envKey(app, 'a')] })
  await controller.decided()
  await config.set({ a: '1', b: '2' })
  await controller.decided()
  await web.editTemplate(({ spec }) => {
    for (const container of spec.containers)
      container.env = [...(container.env ?? []), ...[envKey(app, 'b').env ?? []].flat()]
  })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await config.set({ a: '1', b: '3' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('turning --key-level off and on again rolls nothing, and the present setting says what counts (2e)', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1', b: '1' })
  const uses = [envKey(configMapNamed('app'), 'a')]
  const made: WorkloadHandle[] = []
  for (let i = 0; i < 10; i += 1)
    made.push(await ns.workload(`web-${i}`, { annotations: AUTO, uses, replicas: 0 }))
  const rolls = (times: number) => Object.fromEntries(made.map(({ id }) => [id, times]))
  const installation = await world.install({ namespaces: [ns] })
  for (const flag of ['--key-level=true', '--key-level=false', '--key-level=true', '--key-level=false']) {
    const controller = await installation.start({ flags: [flag] })
    expect(await controller.rolls(rolls(0))).toEqual(rolls(0))
    await installation.recorded(...made)
    await controller.kill('SIGTERM')
  }
  const controller = await installation.start({ flags: ['--key-level=false'] })
  await config.set({ a: '1', b: '2' })
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
})

test('one workload can ask for whole configs by annotation', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1', b: '1' })
  const uses = [envKey(configMapNamed('app'), 'a')]
  const whole = await ns.workload('whole', {
    annotations: { ...AUTO, 'reloader.stakater.com/key-level': 'false' },
    uses,
  })
  const keyed = await ns.workload('keyed', { annotations: AUTO, uses })
  await controller.decided()
  await config.set({ a: '1', b: '2' })
  const expected = { [whole.id]: 1, [keyed.id]: 0 }
  expect(await controller.rolls(expected)).toEqual(expected)
})

test('a key that a workload reads and the config does not have yet is a change when it comes, and when it goes', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { b: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envKey(configMapNamed('app'), 'a')] })
  await controller.decided()
  await config.set({ b: '1', a: '' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await config.set({ b: '1' })
  expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
})

test('two configs whose keys and values only add up to the same text are not the same', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1', b: '2' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [mount(configMapNamed('app'))] })
  await controller.decided()
  await config.set({ a: '1;b=2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})
