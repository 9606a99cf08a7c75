// The switch from the incumbent and back, with its part played by the test: it writes what spec 4.3 and 4.4 say.
import { expect, test } from 'vitest'
import { AUTO, type ConfigName, configMapNamed, envFrom } from './harness/fixtures.ts'
import { templateOf } from './harness/json.ts'
import type { WorkloadHandle } from './harness/namespace.ts'
import {
  incumbentAnnotation,
  incumbentHash,
  LAST_RELOADED_FROM,
  stampVariableName,
} from './harness/stamps.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const STRATEGIES = ['env-vars', 'annotations'] as const
type Strategy = (typeof STRATEGIES)[number]

/** What the incumbent does when it sees `data` in a config: nothing where its variable holds the hash of it already. */
async function incumbentRolls(
  web: WorkloadHandle,
  { config, data, strategy }: { config: ConfigName; data: Record<string, string>; strategy: Strategy },
): Promise<'updated' | 'not updated'> {
  const hash = incumbentHash(data)
  const name = stampVariableName(config)
  const template = templateOf(await web.get())
  const [container] = template.spec.containers
  if (container === undefined) throw new Error('Cannot roll: no container')
  const known = container.env?.find((each) => each.name === name)?.value
  if (strategy === 'env-vars' && known === hash) return 'not updated'
  await web.editTemplate(
    (next, { metadata }) => {
      if (strategy === 'env-vars') {
        const [first] = next.spec.containers
        if (first === undefined) return
        first.env = [...(first.env ?? []).filter((each) => each.name !== name), { name, value: hash }]
        return
      }
      const annotation = incumbentAnnotation(config, {
        namespace: metadata.namespace ?? '',
        hash,
        container: container.name,
      })
      next.metadata = {
        ...next.metadata,
        annotations: { ...next.metadata?.annotations, [LAST_RELOADED_FROM]: annotation },
      }
    },
    { fieldManager: 'Reloader' },
  )
  return 'updated'
}

for (const strategy of STRATEGIES) {
  const flags = [`--reload-strategy=${strategy}`, '--settle=400ms']

  test(`both run for a while and the incumbent is first (${strategy}): its rollout is the only one`, async () => {
    const { ns, controller, installation } = await world.start({ flags })
    const config = await ns.configMap('app', { a: '1' })
    const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
    await controller.decided()
    await installation.recorded(web)
    await config.set({ a: '2' })
    await incumbentRolls(web, { config: app, data: { a: '2' }, strategy })
    expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
    await controller.kill('SIGTERM')
    const next = await installation.start()
    expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
    await config.set({ a: '3' })
    expect(await next.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
  })

  test(`the incumbent stamps an older content in between (${strategy}): the change is not taken for rolled`, async () => {
    const { ns, controller, installation } = await world.start({ flags })
    const config = await ns.configMap('app', { a: '1' })
    const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
    await controller.decided()
    await installation.recorded(web)
    await config.set({ a: '2' })
    await incumbentRolls(web, { config: app, data: { a: 'of another time' }, strategy })
    expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
  })

  test(`switched back, the incumbent finds its own shape and rolls once for the next change (${strategy})`, async () => {
    const { ns, controller } = await world.start({ flags })
    const config = await ns.configMap('app', { a: '1' })
    const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
    await controller.decided()
    await config.set({ a: '2' })
    expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
    await controller.kill('SIGKILL')
    await config.set({ a: '3' })
    expect(await incumbentRolls(web, { config: app, data: { a: '3' }, strategy })).toBe('updated')
    const { variables, annotation } = await web.stamps()
    if (strategy === 'env-vars')
      expect(variables).toEqual([
        { container: 'app', name: 'STAKATER_APP_CONFIGMAP', value: incumbentHash({ a: '3' }) },
      ])
    else expect(JSON.parse(annotation ?? '')).toMatchObject({ type: 'CONFIGMAP', name: 'app' })
  })
}

test('workloads of Wave and of the configmapcontroller are rolled where --compat says so, and adopted at first', async () => {
  const ns = await world.namespace()
  const installation = await world.install({ namespaces: [ns], flags: ['--compat=wave,fabric8'] })
  const config = await ns.configMap('app', { a: '1' })
  const uses = [envFrom(app)]
  const wave = await ns.workload('wave', {
    annotations: { 'wave.pusher.com/update-on-config-change': 'true' },
    templateAnnotations: { 'wave.pusher.com/config-hash': '0a1b' },
    uses,
  })
  const fabric8 = await ns.workload('fabric8', {
    annotations: { 'configmap.fabric8.io/update-on-change': 'app' },
    uses,
  })
  const other = await ns.workload('other', { uses })
  const controller = await installation.start()
  const none = { [wave.id]: 0, [fabric8.id]: 0, [other.id]: 0 }
  expect(await controller.rolls(none)).toEqual(none)
  await config.set({ a: '2' })
  const both = { [wave.id]: 1, [fabric8.id]: 1, [other.id]: 0 }
  expect(await controller.rolls(both)).toEqual(both)
})
