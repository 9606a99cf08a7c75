// behaviour.md section 3 and spec 2: who follows what. One controller judges a whole table of workloads at once.
import { expect, test } from 'vitest'
import {
  AUTO,
  configMapNamed,
  envFrom,
  mount,
  projected,
  secretNamed,
  type WorkloadSpec,
} from './harness/fixtures.ts'
import type { Namespace } from './harness/namespace.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('app')
const key = secretNamed('key')
const NAMED = 'configmap.reloader.stakater.com/reload'
const SECRET_NAMED = 'secret.reloader.stakater.com/reload'
const CM_AUTO = 'configmap.reloader.stakater.com/auto'
const SECRET_AUTO = 'secret.reloader.stakater.com/auto'
const GENERAL = 'reloader.stakater.com/auto'
const SEARCH = 'reloader.stakater.com/search'
const MATCH = 'reloader.stakater.com/match'
const EXCLUDE = 'configmaps.exclude.reloader.stakater.com/reload'

/** What the test changes, what the workload says, and whether it is to roll. */
type Row = readonly [name: string, annotations: Record<string, string>, rolls: 0 | 1, spec?: WorkloadSpec]

async function judge(
  rows: readonly Row[],
  { flags = [], change }: { flags?: string[]; change: (ns: Namespace) => Promise<unknown> },
) {
  const { ns, controller } = await world.start({ flags })
  await ns.configMap('app', { a: '1' })
  await ns.secret('key', { a: 'the-first-value' })
  for (const [name, annotations, , spec = { uses: [envFrom(app), envFrom(key)] }] of rows) {
    await ns.workload(name, { ...spec, annotations, replicas: 0 })
  }
  await controller.decided()
  await change(ns)
  const expected = Object.fromEntries(rows.map(([name, , rolls]) => [`Deployment/${name}`, rolls]))
  expect(await controller.rolls(expected)).toEqual(expected)
}

const changeConfigMap = (ns: Namespace) => ns.config('ConfigMap', 'app').set({ a: '2' })
const changeSecret = (ns: Namespace) => ns.config('Secret', 'key').set({ a: 'the-second-value' })

test('a ConfigMap changes: the truth table of the annotations', async () => {
  const unreferenced = {}
  await judge(
    [
      ['nothing', {}, 0],
      ['auto', { [GENERAL]: 'true' }, 1],
      ['auto-1', { [GENERAL]: '1' }, 1],
      ['auto-t', { [GENERAL]: 'T' }, 1],
      ['auto-false', { [GENERAL]: 'false' }, 0],
      ['auto-yes', { [GENERAL]: 'yes' }, 0],
      ['auto-empty', { [GENERAL]: '' }, 0],
      ['typed-auto', { [CM_AUTO]: 'true' }, 1],
      ['typed-auto-beats-auto', { [GENERAL]: 'false', [CM_AUTO]: 'true' }, 1],
      ['auto-beats-typed-auto', { [GENERAL]: 'true', [CM_AUTO]: 'false' }, 1],
      ['auto-of-the-other-type', { [SECRET_AUTO]: 'true' }, 0],
      ['named', { [NAMED]: 'app' }, 1],
      ['named-among-others', { [NAMED]: 'x, app ,y' }, 1],
      ['named-otherwise', { [NAMED]: 'application' }, 0],
      ['named-unreferenced', { [NAMED]: 'app' }, 1, unreferenced],
      ['named-as-secret', { [SECRET_NAMED]: 'app' }, 0],
      ['auto-unreferenced', { [GENERAL]: 'true' }, 0, unreferenced],
      ['named-beats-auto-false', { [GENERAL]: 'false', [CM_AUTO]: 'false', [NAMED]: 'app' }, 1],
      ['pattern', { [NAMED]: 'a.*' }, 1],
      ['pattern-must-match-to-the-end', { [NAMED]: 'a' }, 0],
      ['pattern-alternatives', { [NAMED]: 'x|app' }, 1],
      ['excluded', { [GENERAL]: 'true', [EXCLUDE]: 'app' }, 0],
      ['excluded-beats-named', { [NAMED]: 'app', [EXCLUDE]: 'x, app ' }, 0],
      ['excluded-is-no-pattern', { [GENERAL]: 'true', [EXCLUDE]: 'a.*' }, 1],
      ['search-without-match', { [SEARCH]: 'true' }, 0],
      ['match-on-the-workload', { [MATCH]: 'true' }, 1],
      ['match-on-the-workload-unreferenced', { [MATCH]: 'true' }, 0, unreferenced],
      ['list-valued-auto', { [GENERAL]: 'app' }, 1],
      ['list-valued-auto-of-many', { [GENERAL]: 'key,app' }, 1],
      ['list-valued-auto-unreferenced', { [GENERAL]: 'app' }, 1, unreferenced],
      ['list-valued-auto-of-others', { [GENERAL]: 'other,another' }, 0],
    ],
    { change: changeConfigMap },
  )
})

test('a Secret changes: the truth table of the annotations', async () => {
  await judge(
    [
      ['nothing', {}, 0],
      ['auto', { [GENERAL]: 'true' }, 1],
      ['typed-auto', { [SECRET_AUTO]: 'true' }, 1],
      ['auto-of-the-other-type', { [CM_AUTO]: 'true' }, 0],
      ['named', { [SECRET_NAMED]: 'key' }, 1],
      ['named-as-configmap', { [NAMED]: 'key' }, 0],
      ['match-on-the-workload-means-configmaps', { [MATCH]: 'true' }, 0],
      ['list-valued-auto', { [GENERAL]: 'key' }, 1],
      ['excluded', { [GENERAL]: 'true', 'secrets.exclude.reloader.stakater.com/reload': 'key' }, 0],
      ['excluded-as-configmap', { [GENERAL]: 'true', [EXCLUDE]: 'key' }, 1],
    ],
    { change: changeSecret },
  )
})

test('--auto-reload-all: who says nothing is followed, who says anything else is not', async () => {
  await judge(
    [
      ['nothing', {}, 1],
      ['unreferenced', {}, 0, {}],
      ['auto-false', { [GENERAL]: 'false' }, 0],
      ['auto-empty', { [GENERAL]: '' }, 1],
      ['auto-yes', { [GENERAL]: 'yes' }, 0],
      ['typed-auto-false', { [CM_AUTO]: 'false' }, 0],
      ['typed-auto-of-the-other-type', { [SECRET_AUTO]: 'false' }, 1],
      ['named-otherwise', { [NAMED]: 'other' }, 1],
      ['excluded', { [EXCLUDE]: 'app' }, 0],
      ['list-valued-auto-of-others', { [GENERAL]: 'other' }, 0],
    ],
    { flags: ['--auto-reload-all'], change: changeConfigMap },
  )
})

test('search on the workload follows the referenced configs that are tagged with match, from when they are tagged', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const searching = await ns.workload('searching', {
    annotations: { [SEARCH]: 'true' },
    uses: [envFrom(app)],
  })
  const unrelated = await ns.workload('unrelated', { annotations: { [SEARCH]: 'true' } })
  await config.annotate({ [MATCH]: 'true' })
  await controller.decided()
  await config.set({ a: '2' })
  const expected = { [searching.id]: 1, [unrelated.id]: 0 }
  expect(await controller.rolls(expected)).toEqual(expected)
  await config.annotate({ [MATCH]: null })
  await controller.decided()
  await config.set({ a: '3' })
  expect(await controller.rolls(expected)).toEqual(expected)
})

test('a config that says ignore rolls nobody; when it no longer does, it is adopted as it is', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(app)] })
  const named = await ns.workload('named', { annotations: { [NAMED]: 'app' } })
  const rolls = (times: number) => ({ [web.id]: times, [named.id]: times })
  await controller.decided()
  await config.annotate({ 'reloader.stakater.com/ignore': 'true' })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls(rolls(0))).toEqual(rolls(0))
  await config.annotate({ 'reloader.stakater.com/ignore': null })
  expect(await controller.rolls(rolls(0))).toEqual(rolls(0))
  await config.set({ a: '3' })
  expect(await controller.rolls(rolls(1))).toEqual(rolls(1))
})

test('annotations of the pod template count where the workload itself has none of the four keys', async () => {
  const uses = [envFrom(app)]
  await judge(
    [
      ['template-auto', {}, 1, { templateAnnotations: AUTO, uses }],
      ['template-named', {}, 1, { templateAnnotations: { [NAMED]: 'app' } }],
      ['own-key-wins-though-false', { [GENERAL]: 'false' }, 0, { templateAnnotations: AUTO, uses }],
      ['own-key-wins-though-empty', { [SEARCH]: '' }, 0, { templateAnnotations: AUTO, uses }],
      [
        'own-key-of-the-other-type-does-not-count',
        { [SECRET_AUTO]: 'false' },
        1,
        { templateAnnotations: AUTO, uses },
      ],
      ['own-exclusion-counts-all-the-same', { [EXCLUDE]: 'app' }, 0, { templateAnnotations: AUTO, uses }],
      [
        'template-exclusion-does-not-count',
        {},
        1,
        { templateAnnotations: { ...AUTO, [EXCLUDE]: 'app' }, uses },
      ],
    ],
    { change: changeConfigMap },
  )
})

test('every place that uses a config is a reference, and a volume that nothing mounts is none', async () => {
  const { volume } = mount(app)
  const second = mount(configMapNamed('unrelated'))
  await judge(
    [
      ['env-from', AUTO, 1, { uses: [envFrom(app)] }],
      ['volume', AUTO, 1, { uses: [mount(app)] }],
      ['projected', AUTO, 1, { uses: [projected(app)] }],
      ['second-volume', AUTO, 1, { uses: [second, mount(app)] }],
      [
        'second-container',
        AUTO,
        1,
        { containers: ['app', 'helper'], uses: [{ ...envFrom(app), container: 1 }] },
      ],
      ['init-container', AUTO, 1, { uses: [{ ...mount(app), init: true }] }],
      ['unmounted-volume', AUTO, 0, { uses: [volume === undefined ? {} : { volume }] }],
      ['mount-of-another', AUTO, 0, { uses: [second, volume === undefined ? {} : { volume }] }],
    ],
    { change: changeConfigMap },
  )
})

test('annotation keys can be renamed by flags', async () => {
  await judge(
    [
      ['renamed', { 'example.com/reload': 'app' }, 1],
      ['usual', { [NAMED]: 'app' }, 0],
    ],
    { flags: ['--configmap-annotation=example.com/reload'], change: changeConfigMap },
  )
})

test('a config of another namespace with the same name is another config', async () => {
  const [here, there] = [await world.namespace(), await world.namespace()]
  const installation = await world.install({ namespaces: [here, there] })
  const controller = await installation.start()
  const config = await here.configMap('app', { a: '1' })
  await there.configMap('app', { a: '1' })
  const near = await here.workload('near', { annotations: AUTO, uses: [envFrom(app)] })
  const far = await there.workload('far', { annotations: AUTO, uses: [envFrom(app)] })
  await controller.decided()
  await config.set({ a: '2' })
  const expected = { [near.id]: 1, [far.id]: 0 }
  expect(await controller.rolls(expected)).toEqual(expected)
})
