// What a roll means to the real workload controllers: one new revision, and every pod replaced.
import { expect, test } from 'vitest'
import { AUTO, configMapNamed, envFrom } from '../harness/fixtures.ts'
import { WORKLOAD_KINDS } from '../harness/kinds.ts'
import { useWorld } from '../harness/world.ts'
import { podsOf, revisionsOf, rolledOut } from './real-tools.ts'

const world = useWorld()
const uses = [envFrom(configMapNamed('app'))]

test.each(WORKLOAD_KINDS)(
  'a %s: one settled change is exactly one new revision, and every pod is replaced',
  async (kind) => {
    const { ns, controller } = await world.start()
    const config = await ns.configMap('app', { a: '1' })
    const web = await ns.workload('web', { kind, annotations: AUTO, uses, replicas: 3 })
    await rolledOut(web)
    await controller.decided()
    const before = await podsOf(ns, web)
    for (const value of ['2', '3', '4']) await config.set({ a: value })
    expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
    await rolledOut(web)
    expect(await revisionsOf(ns, web)).toHaveLength(2)
    const after = await podsOf(ns, web)
    expect(after).toHaveLength(before.length)
    expect(after.filter((uid) => before.includes(uid))).toEqual([])
    expect(ns.watch.templateChanges(web.id)).toBe(1)
  },
)

test('adoption and five restarts leave every revision, generation and pod as it was', async () => {
  const { ns, controller, installation } = await world.start()
  await ns.configMap('app', { a: '1' })
  const made = await Promise.all(
    WORKLOAD_KINDS.map((kind) => ns.workload('web', { kind, annotations: AUTO, uses, replicas: 2 })),
  )
  await Promise.all(made.map(rolledOut))
  const pods = await Promise.all(made.map((each) => podsOf(ns, each)))
  await controller.decided()
  await installation.recorded(...made)
  await controller.kill('SIGKILL')
  for (let restart = 1; restart <= 5; restart += 1) {
    const next = await installation.start()
    await next.decided()
    await next.kill('SIGKILL')
  }
  for (const [i, each] of made.entries()) {
    expect((await each.get()).metadata.generation).toBe(1)
    expect(await revisionsOf(ns, each)).toHaveLength(1)
    expect(await podsOf(ns, each)).toEqual(pods[i])
  }
})

test('changes in the middle of a rollout are one roll for each settled change, however busy the status is', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses, replicas: 10 })
  await rolledOut(web)
  await controller.decided()
  for (let round = 1; round <= 5; round += 1) {
    await config.set({ a: `round ${round}` })
    expect(await controller.rolls({ [web.id]: round })).toEqual({ [web.id]: round })
  }
  await rolledOut(web)
  expect(await revisionsOf(ns, web)).toHaveLength(6)
})
