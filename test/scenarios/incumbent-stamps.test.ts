// behaviour.md "Stamps of the incumbent": what it left in a pod template tells what it missed, and rolls nothing else.
import { expect, test } from 'vitest'
import { nextSecond } from './harness/eventually.ts'
import { AUTO, configMapNamed, envFrom, secretNamed } from './harness/fixtures.ts'
import {
  incumbentAnnotation,
  incumbentHash,
  LAST_RELOADED_FROM,
  stampVariableName,
} from './harness/stamps.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const UP_TO_DATE = { a: '2' }
const MISSED = { a: '1' }

/** What the incumbent wrote for the config when it held `data`. */
function stampedWith(
  strategy: string,
  { namespace, data }: { readonly namespace: string; readonly data: Record<string, string> },
) {
  const hash = incumbentHash(data)
  return strategy === 'env-vars'
    ? { env: [{ name: stampVariableName(app), value: hash }] }
    : {
        templateAnnotations: {
          [LAST_RELOADED_FROM]: incumbentAnnotation(app, { namespace, hash, container: 'app' }),
        },
      }
}

for (const strategy of ['env-vars', 'annotations'] as const) {
  const flags = [`--reload-strategy=${strategy}`]

  test(`an up-to-date stamp (${strategy}) rolls nothing at the switch`, async () => {
    const ns = await world.namespace()
    const config = await ns.configMap('app', UP_TO_DATE)
    const stamp = stampedWith(strategy, { namespace: ns.name, data: UP_TO_DATE })
    const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)], ...stamp })
    const installation = await world.install({ namespaces: [ns], flags })
    const controller = await installation.start()
    expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
    await config.set({ a: '3' })
    expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  })

  test(`a stamp (${strategy}) that shows a missed change rolls once, and not again after a restart`, async () => {
    const ns = await world.namespace()
    const config = await ns.configMap('app', MISSED)
    const stamp = stampedWith(strategy, { namespace: ns.name, data: MISSED })
    const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)], ...stamp })
    await nextSecond()
    await nextSecond()
    await config.set(UP_TO_DATE)
    const installation = await world.install({ namespaces: [ns], flags })
    const controller = await installation.start()
    expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
    await controller.kill('SIGKILL')
    const next = await installation.start()
    expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  })

  test(`a stale stamp (${strategy}) on pods that were rolled after the change rolls nothing`, async () => {
    const ns = await world.namespace()
    const config = await ns.configMap('app', MISSED)
    await config.set(UP_TO_DATE)
    await nextSecond()
    await nextSecond()
    const stamp = stampedWith(strategy, { namespace: ns.name, data: MISSED })
    const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)], ...stamp })
    const installation = await world.install({ namespaces: [ns], flags })
    const controller = await installation.start()
    expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  })

  test(`--adopt=record rolls nothing for a stamp (${strategy}) that shows a missed change`, async () => {
    const ns = await world.namespace()
    const config = await ns.configMap('app', MISSED)
    const stamp = stampedWith(strategy, { namespace: ns.name, data: MISSED })
    const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)], ...stamp })
    await nextSecond()
    await nextSecond()
    await config.set(UP_TO_DATE)
    const installation = await world.install({ namespaces: [ns], flags: [...flags, '--adopt=record'] })
    const controller = await installation.start()
    expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  })
}

test('the stamp of the strategy that is not configured counts for nothing', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', MISSED)
  const stamp = stampedWith('annotations', { namespace: ns.name, data: MISSED })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)], ...stamp })
  await nextSecond()
  await nextSecond()
  await config.set(UP_TO_DATE)
  const installation = await world.install({ namespaces: [ns] })
  const controller = await installation.start()
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('a variable to which two followed configs map counts only if it equals one of them', async () => {
  const ns = await world.namespace()
  const dotted = configMapNamed('a.b')
  const dashed = configMapNamed('a-b')
  await ns.configMap(dotted.name, { a: 'x' })
  const config = await ns.configMap(dashed.name, { a: 'y' })
  const env = [{ name: stampVariableName(dotted), value: incumbentHash({ a: 'of neither' }) }]
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(dotted), envFrom(dashed)], env })
  await nextSecond()
  await nextSecond()
  await config.set({ a: 'z' })
  const installation = await world.install({ namespaces: [ns] })
  const controller = await installation.start()
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('the hash of a Secret is taken of its plain bytes', async () => {
  const ns = await world.namespace()
  const key = secretNamed('key')
  await ns.secret('key', { b: 'the-second-value', a: 'the-first-value' })
  const env = [
    { name: stampVariableName(key), value: incumbentHash({ a: 'the-first-value', b: 'the-second-value' }) },
  ]
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(key)], env })
  const installation = await world.install({ namespaces: [ns] })
  const controller = await installation.start()
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('a strategy of its own does not hide from a workload what the incumbent wrote under the common one', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', MISSED)
  const stamp = stampedWith('env-vars', { namespace: ns.name, data: MISSED })
  const annotations = { ...AUTO, 'reloader.stakater.com/reload-strategy': 'annotations' }
  const web = await ns.workload('web', { annotations, uses: [envFrom(app)], ...stamp })
  await nextSecond()
  await nextSecond()
  await config.set(UP_TO_DATE)
  const installation = await world.install({ namespaces: [ns] })
  const controller = await installation.start()
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})
