// Kinds that are defined or removed while the controller runs (behaviour.md 5). Only here, because it takes its time.
import { afterAll, expect, test } from 'vitest'
import { defineKinds, removeKinds } from '../harness/custom-kinds.ts'
import { eventually } from '../harness/eventually.ts'
import { AUTO, configMapNamed, envFrom } from '../harness/fixtures.ts'
import { CUSTOM_KINDS } from '../harness/kinds.ts'
import { documentedPermissions } from '../harness/permissions.ts'
import { useWorld } from '../harness/world.ts'

const world = useWorld()
/** Such a kind is asked for every 6 s, with jitter at most 9 s. */
const NOTICED_MS = 12_000

afterAll(() => removeKinds(world.api, CUSTOM_KINDS))

test('a kind that is defined later is rolled; without its definition nothing fails, and when it is back nothing rolls', async () => {
  await removeKinds(world.api, CUSTOM_KINDS)
  const ns = await world.namespace()
  const permissions = documentedPermissions({ name: 'reloader', custom: CUSTOM_KINDS })
  const flags = ['--is-Argo-Rollouts=true']
  const { controller } = await world.start({ namespaces: [ns], flags, permissions })
  const watches = () =>
    controller.proxy.requestsLike({
      verb: 'watch',
      resource: 'rollouts',
      where: ({ status }) => status === 200,
    })
  const noticed = (times: number) =>
    eventually(() => watches().length >= times, { what: 'the watch of Rollouts', deadlineMs: NOTICED_MS })
  const rollout = () =>
    ns.workload('web', { kind: 'Rollout', annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })

  await defineKinds(world.api, CUSTOM_KINDS)
  const config = await ns.configMap('app', { a: '1' })
  const web = await rollout()
  await noticed(1)
  await controller.decided()
  await config.set({ a: '2' })
  await eventually(async () => (await web.stamps()).variables.length === 1, { what: 'the roll' })

  await removeKinds(world.api, CUSTOM_KINDS)
  await config.set({ a: '3' })
  await controller.decided()
  expect(await controller.isReady()).toBe(true)
  expect(controller.logs.filter(({ level }) => level === 'error')).toEqual([])

  const before = watches().length
  await defineKinds(world.api, CUSTOM_KINDS)
  await rollout()
  await noticed(before + 1)
  await controller.decided()
  expect((await web.stamps()).variables).toEqual([])
})
