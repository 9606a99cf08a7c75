// Stamps that are nobody's, another object's or too old (behaviour.md 2): they count for nothing and break nothing.
import { expect, test } from 'vitest'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import { templateOf } from './harness/json.ts'
import type { WorkloadHandle } from './harness/namespace.ts'
import { LAST_RELOADED_FROM, stampVariableName } from './harness/stamps.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const uses = [envFrom(app)]

test('text that is no stamp, wherever a stamp could be, is adopted over and replaced by the next roll', async () => {
  const ns = await world.namespace()
  const config = await ns.configMap('app', { a: '1' })
  const texts = [
    '',
    'x',
    '{"',
    'a.b.c.d',
    '....',
    '1.2.k.',
    'null',
    `${'f'.repeat(36)}.99999999999999999999.a.zz-zz`,
    '💥'.repeat(100),
  ]
  const made: WorkloadHandle[] = []
  for (const [i, value] of texts.entries()) {
    const env = [{ name: stampVariableName(app), value }]
    const templateAnnotations = { [LAST_RELOADED_FROM]: value }
    made.push(
      await ns.workload(`web-${i}`, { annotations: AUTO, uses, env, templateAnnotations, replicas: 0 }),
    )
  }
  const rolls = (times: number) => Object.fromEntries(made.map(({ id }) => [id, times]))
  const installation = await world.install({ namespaces: [ns] })
  const controller = await installation.start()
  expect(await controller.rolls(rolls(0))).toEqual(rolls(0))
  await config.set({ a: '2' })
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
  const { uid } = (await config.get()).metadata
  for (const each of made) {
    const { variables } = await each.stamps()
    expect(variables.map(({ value }) => value.startsWith(`${uid}.`))).toEqual([true])
  }
})

test('a workload that is copied with its stamp to another namespace is adopted there', async () => {
  const [here, there] = [await world.namespace(), await world.namespace()]
  const installation = await world.install({ namespaces: [here, there] })
  const controller = await installation.start()
  const config = await here.configMap('app', { a: '1' })
  await there.configMap('app', { a: 'something else' })
  const web = await here.workload('web', { annotations: AUTO, uses })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  const template = templateOf(await web.get())
  const env = template.spec.containers[0]?.env ?? []
  expect(env).toHaveLength(1)
  const copy = await there.workload('copy', { annotations: AUTO, uses, env })
  expect(await controller.rolls({ [copy.id]: 0 })).toEqual({ [copy.id]: 0 })
})

test('somebody writes nonsense over a stamp while Reloader runs: no roll of ours, and the next change rolls once', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await web.editTemplate(({ spec }) => {
    for (const container of spec.containers) {
      container.env = [{ name: stampVariableName(app), value: 'nonsense' }]
    }
  })
  await controller.decided()
  const ours = () => controller.proxy.requestsLike({ verb: 'patch', name: 'web' })
  expect(ours()).toHaveLength(1)
  await config.set({ a: '3' })
  await controller.decided()
  expect(ours()).toHaveLength(2)
})
