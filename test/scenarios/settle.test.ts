// behaviour.md section 4: settle window, change-sets and releases. When a roll may start, and when none is needed.
import { expect, test } from 'vitest'
import { eventually } from './harness/eventually.ts'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import type { PodTemplate } from './harness/json.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
/** Long enough for several writes of a test, on any cluster. */
const LONG = ['--settle=400ms']

function setEnv(value: string): (template: PodTemplate) => void {
  return ({ spec }) => {
    for (const container of spec.containers) container.env = [{ name: 'VERSION', value }]
  }
}

test('twelve quick writes to three configs of one workload are one roll, with the options as they are by default', async () => {
  const { ns, controller } = await world.start({ flags: ['--settle=500ms'] })
  const names = ['one', 'two', 'three']
  const configs = await Promise.all(names.map((name) => ns.configMap(name, { a: '0' })))
  const uses = names.map((name) => envFrom(configMapNamed(name)))
  const web = await ns.workload('web', { annotations: AUTO, uses })
  await controller.decided()
  for (let round = 1; round <= 4; round += 1) {
    for (const config of configs) await config.set({ a: String(round) })
  }
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('changes that never end are rolled all the same once the longest wait is over', async () => {
  const { ns, controller } = await world.start({ flags: ['--settle=300ms', '--settle-max=900ms'] })
  const config = await ns.configMap('app', { a: '0' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  let writes = 0
  await eventually(async () => {
    writes += 1
    await config.set({ a: String(writes) })
    return web.rolls > 0
  })
  await config.set({ a: 'the last one' })
  expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
})

test('A, B and A again inside the window is no roll', async () => {
  const { ns, controller } = await world.start({ flags: LONG })
  const config = await ns.configMap('app', { a: 'A' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: 'B' })
  await config.set({ a: 'A' })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('A, B and A again with new pods made while it was B is a roll: they read B', async () => {
  const { ns, controller } = await world.start({ flags: LONG })
  const config = await ns.configMap('app', { a: 'A' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: 'B' })
  await web.editTemplate(setEnv('2'))
  await config.set({ a: 'A' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a config and then the template of its workload: the new pods read the new content, no roll of ours', async () => {
  const { ns, controller, installation } = await world.start({ flags: LONG })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  await web.editTemplate(setEnv('2'))
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await installation.recorded(web)
  await controller.kill('SIGTERM')
  const next = await installation.start()
  expect(await next.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('the template and then the config: pods may have read the old content, so it rolls', async () => {
  const { ns, controller } = await world.start({ flags: LONG })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await web.editTemplate(setEnv('2'))
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a template that goes away and comes back keeps its old pods, so the config change rolls', async () => {
  const { ns, controller } = await world.start({ flags: LONG })
  const config = await ns.configMap('app', { a: '1' })
  // Of a DaemonSet nobody can tell that its pods were all replaced in between.
  const web = await ns.workload('web', {
    kind: 'DaemonSet',
    annotations: AUTO,
    env: [{ name: 'VERSION', value: 'X' }],
    uses: [envFrom(app)],
  })
  await controller.decided()
  await config.set({ a: '2' })
  await web.editTemplate(setEnv('Y'))
  await web.editTemplate(setEnv('X'))
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('scaling, status and annotations of the workload are no change of its template: the config change rolls', async () => {
  const { ns, controller } = await world.start({ flags: LONG })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)], replicas: 1 })
  await controller.decided()
  await config.set({ a: '2' })
  await web.edit({ spec: { replicas: 2 } })
  await web.annotate({ note: 'x' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('of two configs of one change-set, one before the template and one after it, the later one rolls', async () => {
  const { ns, controller } = await world.start({ flags: LONG })
  const before = await ns.configMap('before', { a: '1' })
  const after = await ns.configMap('after', { a: '1' })
  const web = await ns.workload('web', {
    annotations: AUTO,
    uses: [envFrom(configMapNamed('before')), envFrom(configMapNamed('after'))],
  })
  await controller.decided()
  await before.set({ a: '2' })
  await web.editTemplate(setEnv('2'))
  await after.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect((await web.stamps()).variables.map(({ name }) => name)).toEqual(['STAKATER_AFTER_CONFIGMAP'])
})

const RELEASES = [
  ['helm', 'annotations', { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'prod' }],
  ['Argo CD', 'annotations', { 'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap:prod/app' }],
  ['Argo CD by label', 'labels', { 'argocd.argoproj.io/instance': 'shop' }],
  [
    'Flux',
    'labels',
    { 'kustomize.toolkit.fluxcd.io/name': 'shop', 'kustomize.toolkit.fluxcd.io/namespace': 'prod' },
  ],
  [
    'Flux helm',
    'labels',
    { 'helm.toolkit.fluxcd.io/name': 'shop', 'helm.toolkit.fluxcd.io/namespace': 'prod' },
  ],
] as const

test.each(RELEASES)(
  'a release of %s whose template comes long after its config is one rollout: its own',
  async (_, place, identity) => {
    const { ns, controller } = await world.start({ flags: ['--settle-release=3s'] })
    const config = await ns.configMap('app', { a: '1' })
    await config.edit({ metadata: { [place]: identity } })
    const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
    await web.edit({ metadata: { [place]: identity } })
    const free = await ns.workload('free', { annotations: AUTO, uses: [envFrom(app)] })
    await controller.decided()
    await config.set({ a: '2' })
    await eventually(() => free.rolls === 1)
    expect(web.rolls).toBe(0)
    await web.editTemplate(setEnv('2'))
    const expected = { [web.id]: 0, [free.id]: 1 }
    expect(await controller.rolls(expected)).toEqual(expected)
  },
)

test('a release that changes a config alone rolls once it has been quiet', async () => {
  const { ns, controller } = await world.start({ flags: ['--settle-release=500ms'] })
  const identity = { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'prod' }
  const config = await ns.configMap('app', { a: '1' })
  await config.annotate(identity)
  const web = await ns.workload('web', { annotations: { ...AUTO, ...identity }, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a workload can ask for a longer window by annotation', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const slow = await ns.workload('slow', {
    annotations: { ...AUTO, 'reloader.stakater.com/settle': '2s' },
    uses: [envFrom(app)],
  })
  const quick = await ns.workload('quick', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  await eventually(() => quick.rolls === 1)
  await config.set({ a: '3' })
  const expected = { [slow.id]: 1, [quick.id]: 2 }
  expect(await controller.rolls(expected)).toEqual(expected)
})

test('a roll takes along a config that is still waiting for its release, and that one starts no roll of its own', async () => {
  const { ns, controller } = await world.start({ flags: ['--settle-release=3s'] })
  const identity = { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'prod' }
  const waiting = await ns.configMap('waiting', { a: '1' })
  await waiting.annotate(identity)
  const free = await ns.configMap('free', { a: '1' })
  const uses = [envFrom(configMapNamed('waiting')), envFrom(configMapNamed('free'))]
  const web = await ns.workload('web', { annotations: { ...AUTO, ...identity }, uses })
  await controller.decided()
  await controller.hasSeen(await waiting.set({ a: '2' }))
  await free.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect((await web.stamps()).variables).toHaveLength(2)
})

test('a workload that is opted out before its roll was due is not rolled, and opted in again it is adopted', async () => {
  const { ns, controller } = await world.start({ flags: LONG })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  await web.annotate({ 'reloader.stakater.com/auto': 'false' })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
  await web.annotate(AUTO)
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})

test('a config that the template no longer uses when its roll is due rolls nothing', async () => {
  const { ns, controller } = await world.start({ flags: LONG })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  await web.editTemplate(({ spec }) => {
    for (const container of spec.containers) container.envFrom = []
  })
  expect(await controller.rolls({ [web.id]: 0 })).toEqual({ [web.id]: 0 })
})
