// behaviour.md section 4 "A reverted stamp" and "An older stamp": no war with whoever puts a template back.
import { expect, test } from 'vitest'
import { eventually, nextSecond } from './harness/eventually.ts'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import type { PodTemplate } from './harness/json.ts'
import { templateOf } from './harness/json.ts'
import type { WorkloadHandle } from './harness/namespace.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const uses = [envFrom(configMapNamed('app'))]
const stampless = ({ spec }: PodTemplate) => {
  for (const container of spec.containers) {
    container.env = (container.env ?? []).filter(({ name }) => !name.startsWith('STAKATER_'))
  }
}

async function rolledOnce() {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  return { ns, controller, installation, config, web }
}

function patchesOf(
  web: WorkloadHandle,
  { proxy }: { proxy: Awaited<ReturnType<typeof rolledOnce>>['controller']['proxy'] },
) {
  return proxy.requestsLike({ verb: 'patch', name: web.name }).filter(({ status }) => status === 200)
}

test('somebody takes the stamp away: a Warning names them, nothing is written, and the next change rolls again', async () => {
  const { controller, config, web } = await rolledOnce()
  // Of managers that wrote in one second, the API server does not say who was the last.
  await nextSecond()
  await web.editTemplate(
    (template, { metadata }) => {
      stampless(template)
      metadata.annotations = { ...metadata.annotations, 'gitops.example.com/synced': 'true' }
    },
    { fieldManager: 'gitops' },
  )
  await controller.decided()
  expect(patchesOf(web, controller)).toHaveLength(1)
  const [event] = await eventually(async () => {
    const events = await web.events('RollReverted')
    return events.length > 0 && events
  })
  expect(event?.type).toBe('Warning')
  expect(event?.message).toContain('gitops')
  expect(event?.message).toContain('reloader.stakater.com/reload-strategy')
  expect(await controller.metric('reloader_rolls_reverted_total')).toBe(1)
  await config.set({ a: '3' })
  await eventually(() => patchesOf(web, controller).length === 2)
  await controller.decided()
  expect(patchesOf(web, controller)).toHaveLength(2)
})

test('a self-healing operator that takes every stamp away costs one roll for each change, and no more', async () => {
  const { controller, config, web } = await rolledOnce()
  for (let round = 2; round <= 4; round += 1) {
    await web.editTemplate(stampless, { fieldManager: 'operator' })
    await controller.decided()
    await config.set({ a: `round ${round}` })
    await eventually(() => patchesOf(web, controller).length === round)
  }
  await web.editTemplate(stampless, { fieldManager: 'operator' })
  await controller.decided()
  expect(patchesOf(web, controller)).toHaveLength(4)
})

test('an undo while Reloader runs is the rollout that was asked for, and none of ours follows', async () => {
  const { ns, controller, config, web } = await rolledOnce()
  const previous = templateOf(ns.watch.versions(web.id)[0] ?? (await web.get()))
  await web.editTemplate((template) => Object.assign(template, structuredClone(previous)))
  await controller.decided()
  expect(patchesOf(web, controller)).toHaveLength(1)
  await config.set({ a: '3' })
  await eventually(() => patchesOf(web, controller).length === 2)
})

test('an undo to an older stamp while Reloader is down is no reason for a roll at its start', async () => {
  const { ns, controller, installation, config, web } = await rolledOnce()
  const first = templateOf(await web.get())
  await config.set({ a: '3' })
  expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
  await installation.recorded(web)
  await controller.kill('SIGTERM')
  await web.editTemplate((template) => Object.assign(template, structuredClone(first)))
  const next = await installation.start()
  await next.decided()
  expect(patchesOf(web, next)).toEqual([])
  expect(ns.watch.templateChanges(web.id)).toBe(3)
})
