import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { deployment, reduced } from '../../../test/builders.ts'
import { FakeClient, type FakeRequest, FORBIDDEN } from '../../../test/fake/fake-client.ts'
import { AUTO, readsAll } from '../../../test/fake/workbench.ts'
import { reducePodStatus } from '../../decide/content/pod-status.ts'
import { reduceConfig } from '../../decide/reduce-config.ts'
import { DEFAULT_ANNOTATION_NAMES } from '../../decide/settings/annotation-names.ts'
import { STORED_TYPES } from '../../types/config.ts'
import { createWatches, type WatchesOptions } from './watches.ts'

let stop = new AbortController()
let ended: Promise<void> = Promise.resolve()
beforeEach(() => {
  vi.useFakeTimers()
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await vi.runAllTimersAsync()
  await ended
  vi.useRealTimers()
})

const settle = () => vi.advanceTimersByTimeAsync(0)

function setUp(options: Partial<WatchesOptions> = {}) {
  const client = new FakeClient()
  const { metadata, ...web } = deployment({ annotations: AUTO, spec: readsAll('conf') })
  client.put('deployments', { ...web, metadata })
  client.put('configmaps', { metadata: { namespace: 'shop', name: 'conf' }, data: { a: '1' } })
  client.put('configmaps', { metadata: { namespace: 'other', name: 'conf' } })
  const onProblem = vi.fn()
  const onWatchRestart = vi.fn()
  const watches = createWatches({
    client,
    namespaces: undefined,
    namespaceSelector: undefined,
    configTypes: STORED_TYPES,
    workloadKinds: ['Deployment', 'StatefulSet', 'DaemonSet'],
    configSelector: undefined,
    reduceConfig: (object, type, previous) =>
      reduceConfig(object, { type, names: DEFAULT_ANNOTATION_NAMES, previous }),
    reducePodStatus: (object, previous) => reducePodStatus(object, { previous }),
    reduceWorkload: (object, kind, seen) => reduced(object, { kind, ...seen }),
    borrow: () => undefined,
    onUnsupported: vi.fn(),
    onProblem,
    onRetry: vi.fn(),
    onBadObject: vi.fn(),
    onList: vi.fn(),
    onWatchRestart,
    ...options,
  })
  const settled = vi.fn()
  void watches.settled.then(settled)
  const run = async () => {
    ended = watches.run(stop.signal)
    await settle()
  }
  return { client, watches, settled, onProblem, onWatchRestart, run }
}

/** Refuses requests of these verbs for these resources with 403. */
function forbid(
  client: FakeClient,
  verbs: readonly FakeRequest['verb'][],
  ...resources: readonly string[]
): void {
  client.before = ({ verb, resource }) => {
    if (verbs.includes(verb) && resources.includes(resource)) throw FORBIDDEN
  }
}

/** The resources that are listed or watched, each with its namespaces. */
function watched({ requests }: FakeClient): readonly string[] {
  return [...new Set(requests.map(({ resource, namespace }) => `${resource} ${namespace}`.trim()))].sort()
}

describe('watches', () => {
  it('leave out an object that nobody understands, name it, and go on with the others', async () => {
    const bad: string[] = []
    const { client, watches, run } = setUp({
      reduceWorkload: (object, kind, seen) => {
        if (object.metadata.name === 'bad') throw new TypeError('volumes is not iterable')
        return reduced(object, { kind, ...seen })
      },
      onBadObject: ({ plural }, { namespace, name }) => bad.push(`${plural}/${namespace}/${name}`),
    })
    client.put('deployments', { ...deployment({ metadata: { name: 'bad' } }) })
    await run()
    expect([...watches.workloads.Deployment.store.list()].map(({ ref }) => ref.name)).toEqual(['web'])
    expect(bad).toEqual(['deployments/shop/bad'])
  })

  it('ask nothing before they run, and settle when every first list was taken in', async () => {
    const { client, watches, settled, run } = setUp()
    await settle()
    expect([client.requests, watches.problem()]).toEqual([[], '5 of 5 lists are not complete'])
    let hold: (() => void) | undefined
    client.before = ({ resource }) =>
      resource === 'daemonsets' ? new Promise((resolve) => (hold = resolve)) : undefined
    await run()
    expect([settled.mock.calls.length, watches.problem()]).toEqual([0, '1 of 5 lists are not complete'])
    hold?.()
    await settle()
    expect([settled.mock.calls.length, watches.problem()]).toEqual([1, undefined])
    expect(watched(client)).toEqual(['configmaps', 'daemonsets', 'deployments', 'secrets', 'statefulsets'])
  })

  it('show what is there and what changes', async () => {
    const { client, watches, run } = setUp()
    await run()
    expect(watches.workloads.Deployment.store.get('shop', 'web')?.references.map(({ name }) => name)).toEqual(
      ['conf'],
    )
    const first = watches.configs.ConfigMap.get('shop', 'conf')
    const { metadata } = client.put('configmaps', { metadata: { namespace: 'shop', name: 'conf' } })
    await settle()
    expect(watches.configs.ConfigMap.get('shop', 'conf')).toMatchObject({
      resourceVersion: metadata.resourceVersion,
      firstSeen: first?.firstSeen,
    })
    client.remove('configmaps', { namespace: 'shop', name: 'conf' })
    await settle()
    expect(watches.configs.ConfigMap.get('shop', 'conf')).toBeUndefined()
  })

  it('look at the listed namespaces only, and at the config types that are not ignored', async () => {
    const { client, watches, run } = setUp({ namespaces: ['shop', 'blog'], configTypes: ['ConfigMap'] })
    await run()
    expect(watched(client)).toEqual(
      ['configmaps', 'daemonsets', 'deployments', 'statefulsets'].flatMap((plural) => [
        `${plural} blog`,
        `${plural} shop`,
      ]),
    )
    expect([...watches.configs.ConfigMap.list()].map(({ ref }) => ref.namespace)).toEqual(['shop'])
    expect(['shop', 'blog', 'other'].map((namespace) => watches.blind('ConfigMap', namespace))).toEqual([
      undefined,
      undefined,
      'configmaps are not in sight: missing',
    ])
    expect(watches.blind('Secret', 'shop')).toBe('secrets are not in sight: missing')
  })

  it('follow the namespaces that a selector selects', async () => {
    const { client, watches, run } = setUp({ namespaceSelector: 'team=a' })
    client.put('namespaces', { metadata: { name: 'shop', labels: { team: 'a' } } })
    client.put('namespaces', { metadata: { name: 'blog' } })
    await run()
    expect([...(watches.namespaces?.list() ?? [])].map(({ name }) => name)).toEqual(['shop'])
    expect(setUp().watches.namespaces).toBeUndefined()
  })

  it('settle without what is forbidden, and say so once', async () => {
    const { client, watches, settled, onProblem, run } = setUp()
    forbid(client, ['list', 'watch'], 'secrets')
    await run()
    await vi.advanceTimersByTimeAsync(60_000)
    expect([settled.mock.calls.length, watches.problem()]).toEqual([1, undefined])
    expect(watches.blind('Secret', 'shop')).toBe('secrets are not in sight: forbidden')
    expect(watches.blind('ConfigMap', 'shop')).toBeUndefined()
    expect(onProblem).toHaveBeenCalledOnce()
    expect(watches.forbidden().filter(({ list, watch }) => list || watch)).toMatchObject([
      { resource: { plural: 'secrets' }, list: true },
    ])
  })

  it('find what was forbidden as soon as it is allowed', async () => {
    const { client, watches, run } = setUp()
    forbid(client, ['list', 'watch'], 'configmaps')
    await run()
    expect(watches.configs.ConfigMap.size).toBe(0)
    client.before = () => {}
    await vi.advanceTimersByTimeAsync(60_000)
    expect([watches.configs.ConfigMap.size, watches.blind('ConfigMap', 'shop')]).toEqual([2, undefined])
  })

  it('end when the signal aborts, and leave no timer', async () => {
    const { watches, run } = setUp()
    await run()
    stop.abort()
    await ended
    expect(vi.getTimerCount()).toBe(0)
    expect(await watches.pollNow('Deployment', 'shop')).toBe(true)
  })
})

describe('workloads of a kind that may be listed but not watched', () => {
  async function polled(options: Partial<WatchesOptions> = {}) {
    const bench = setUp(options)
    forbid(bench.client, ['watch'], 'deployments')
    await bench.run()
    bench.client.requests.length = 0
    const lists = () =>
      bench.client.requests.filter(({ verb, resource }) => verb === 'list' && resource === 'deployments')
        .length
    const write = (image: string) => {
      const { metadata, ...web } = deployment({
        annotations: AUTO,
        spec: readsAll(image),
        metadata: { generation: 2 },
      })
      return bench.client.put('deployments', { ...web, metadata })
    }
    return { ...bench, lists, write }
  }

  it('are in sight, and known to be polled', async () => {
    const { watches, settled } = await polled()
    expect([watches.isPolled('Deployment'), watches.isPolled('DaemonSet')]).toEqual([true, false])
    expect([settled.mock.calls.length, watches.workloads.Deployment.store.size]).toEqual([1, 1])
  })

  it('are listed anew on demand, so that the store then shows them as they are', async () => {
    const { watches, lists, write } = await polled()
    const { metadata } = write('new')
    expect(await watches.pollNow('Deployment', 'shop')).toBe(true)
    expect(lists()).toBe(1)
    expect(watches.workloads.Deployment.store.get('shop', 'web')?.resourceVersion).toBe(
      metadata.resourceVersion,
    )
    expect(await watches.pollNow('DaemonSet', 'shop')).toBe(true)
    expect(lists()).toBe(1)
  })

  it('are listed once for all who ask while a list is under way', async () => {
    const { watches, lists } = await polled()
    await Promise.all([1, 2, 3].map(() => watches.pollNow('Deployment', 'shop')))
    expect(lists()).toBeLessThanOrEqual(2)
  })

  it('are listed soon after a config changed, without anybody waiting', async () => {
    const { watches, lists } = await polled()
    watches.pollSoon('shop')
    await settle()
    expect(lists()).toBe(1)
  })

  it('are listed in the namespace that asks, of those that are listed at all', async () => {
    const { watches, client } = await polled({ namespaces: ['shop', 'blog'] })
    await watches.pollNow('Deployment', 'blog')
    await watches.pollNow('Deployment', 'elsewhere')
    expect(client.requests.map(({ resource, namespace }) => `${resource} ${namespace}`)).toEqual([
      'deployments blog',
    ])
  })
})
