// behaviour.md section 2a: a config that changes in the very moment in which it begins to be followed, by a workload that has a record.
import { describe, expect, test } from 'vitest'
import { AUTO, configMapNamed, envFrom } from './harness/fixtures.ts'
import { pathOf } from './harness/kinds.ts'
import type { ConfigHandle, Namespace, WorkloadHandle } from './harness/namespace.ts'
import { documentedPermissions } from './harness/permissions.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const LIST = 'configmap.reloader.stakater.com/reload'
const EXCLUDE = 'configmaps.exclude.reloader.stakater.com/reload'
const IGNORE = 'reloader.stakater.com/ignore'
const SEARCH = { 'reloader.stakater.com/search': 'true' }
const MATCH = { 'reloader.stakater.com/match': 'true' }
const OPTED_OUT = { 'reloader.stakater.com/auto': 'false' }
/** Longer than two requests take. */
const flags = [
  '--settle=500ms',
  '--namespace-selector=followed=anew',
  '--resource-label-selector=hidden!=yes',
]
const SELECTED = { followed: 'anew' }

interface Pair {
  readonly config: ConfigHandle
  readonly workload: WorkloadHandle
}

interface Way {
  readonly asks: Record<string, string>
  /** Makes it followed. */
  readonly begin: (pair: Pair) => Promise<unknown>
  /** The config as it is made; default: nothing special. `missing`: it is made by `begin`. */
  readonly config?: { readonly annotations?: Record<string, string>; readonly hidden?: true } | 'missing'
}

/** By name, which is that of its config and its workload, too. */
const WAYS: Readonly<Record<string, Way>> = {
  ignored: {
    asks: AUTO,
    config: { annotations: { [IGNORE]: 'true' } },
    begin: ({ config }) => config.annotate({ [IGNORE]: null }),
  },
  searched: { asks: SEARCH, begin: ({ config }) => config.annotate(MATCH) },
  labelled: { asks: AUTO, config: { hidden: true }, begin: ({ config }) => config.label({ hidden: null }) },
  created: { asks: AUTO, config: 'missing', begin: ({ config }) => config.set({ a: '1' }) },
  excluded: {
    asks: { ...AUTO, [EXCLUDE]: 'excluded' },
    begin: ({ workload }) => workload.annotate({ [EXCLUDE]: null }),
  },
  listed: {
    asks: { [LIST]: 'another' },
    begin: ({ workload }) => workload.annotate({ [LIST]: 'another,listed' }),
  },
  asked: { asks: { ...OPTED_OUT, [LIST]: 'another' }, begin: ({ workload }) => workload.annotate(AUTO) },
}

async function makePair(ns: Namespace, name: string): Promise<Pair & Way> {
  const way = WAYS[name]
  if (way === undefined) throw new Error(`Cannot make ${name}: no such way`)
  const { config: shape = {}, asks } = way
  if (shape !== 'missing') {
    const labels = shape.hidden ? { hidden: 'yes' } : {}
    const metadata = { name, labels, annotations: shape.annotations ?? {} }
    await ns.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1' } })
  }
  const uses = [envFrom(configMapNamed(name))]
  const workload = await ns.workload(name, { annotations: asks, uses })
  return { ...way, config: ns.config('ConfigMap', name), workload }
}

describe.each([
  ['watched', true],
  ['listed', false],
] as const)('workloads are %s', (_, watchWorkloads) => {
  const permissions = documentedPermissions({ name: 'reloader', namespaceSelector: true, watchWorkloads })

  async function begin() {
    const ns = await world.namespace({ labels: SELECTED })
    const pairs = await Promise.all(Object.keys(WAYS).map((name) => makePair(ns, name)))
    const installation = await world.install({ namespaces: [ns], global: true, flags, permissions })
    const controller = await installation.start()
    await installation.recorded(...pairs.map(({ workload }) => workload))
    await controller.decided()
    return { controller, pairs }
  }

  const eachOnce = (pairs: readonly Pair[], rolls: number) =>
    Object.fromEntries(pairs.map(({ workload }) => [workload.id, rolls]))

  test('what changes right after it begins to be followed is rolled for, whatever begins it', async () => {
    const { controller, pairs } = await begin()
    for (const pair of pairs) {
      await pair.begin(pair)
      await pair.config.set({ a: '2' })
    }
    expect(await controller.rolls(eachOnce(pairs, 1))).toEqual(eachOnce(pairs, 1))
  })

  test('a label in that moment is no change, and neither is the next one', async () => {
    const { controller, pairs } = await begin()
    for (const label of ['one', 'two']) {
      for (const pair of pairs) {
        if (label === 'one') await pair.begin(pair)
        await pair.config.label({ label })
      }
      expect(await controller.rolls(eachOnce(pairs, 0))).toEqual(eachOnce(pairs, 0))
    }
    for (const { config } of pairs) await config.set({ a: '3' })
    expect(await controller.rolls(eachOnce(pairs, 1))).toEqual(eachOnce(pairs, 1))
  })

  test('what does not change then is adopted, whatever it had been before', async () => {
    const { controller, pairs } = await begin()
    const there = pairs.filter(({ workload }) => workload.name !== 'created')
    for (const { config } of there) await config.set({ a: '2' })
    await controller.decided()
    for (const pair of pairs) await pair.begin(pair)
    expect(await controller.rolls(eachOnce(pairs, 0))).toEqual(eachOnce(pairs, 0))
    for (const { config } of pairs) await config.set({ a: '3' })
    expect(await controller.rolls(eachOnce(pairs, 1))).toEqual(eachOnce(pairs, 1))
  })

  test('a namespace that is selected, and a config that changes right after that', async () => {
    const [fixed, ns] = [await world.namespace({ labels: SELECTED }), await world.namespace()]
    const config = await ns.configMap('app', { a: '1' })
    const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })
    const installation = await world.install({ namespaces: [fixed, ns], global: true, flags, permissions })
    const controller = await installation.start()
    await controller.hasSeen(await config.get())
    const body = { metadata: { labels: SELECTED } }
    const contentType = 'application/merge-patch+json'
    await world.api.call('PATCH', pathOf('Namespace', { name: ns.name }), { body, contentType })
    await config.set({ a: '2' })
    expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  })
})
