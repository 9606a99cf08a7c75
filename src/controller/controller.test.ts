import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { config, deployment, reduced, type WorkloadShape } from '../../test/builders.ts'
import { FakeClient, SERVER_ERROR } from '../../test/fake/fake-client.ts'
import { AUTO, keyOf, readsAll } from '../../test/fake/workbench.ts'
import { createStore } from '../kube/store.ts'
import type { Config } from '../types/config.ts'
import type { WorkloadRecord } from '../types/record.ts'
import type { Workload } from '../types/workload.ts'
import { createController } from './controller.ts'
import { createPendingChanges } from './pending-changes.ts'
import type { Result } from './reconcile.ts'
import { formatRecord } from './record-format.ts'
import { createRecordStore } from './record-store.ts'
import { createReleaseClock } from './release-clock.ts'
import { createScope, type SelectedNamespace } from './scope.ts'
import { createSightings } from './sightings.ts'
import type { Watches } from './watches.ts'
import { createWorkQueue } from './work-queue.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const WEB = keyOf('web')
const settle = () => vi.advanceTimersByTimeAsync(0)

interface Setting {
  /** Kinds are polled, not watched. */
  readonly polled?: boolean
  readonly selected?: boolean
  readonly records?: readonly WorkloadRecord[]
  readonly watchedUntil?: string
}

/** A record of the Deployment of that name that follows nothing. */
function recordOf(name: string, rest: Partial<WorkloadRecord> = {}): WorkloadRecord {
  const workload = { kind: 'Deployment', namespace: 'shop', name } as const
  return { workload, uid: 'web-uid', since: '2026-01-01T00:00:00Z', configs: {}, ...rest }
}

async function setUp({ polled = false, selected = false, records: stored = [], watchedUntil }: Setting = {}) {
  const client = new FakeClient()
  const lines = stored.map(formatRecord).join('\n')
  const metadata = {
    namespace: 'reloader',
    name: 'reloader-records-0',
    labels: { 'reloader.stakater.com/records': 'reloader' },
  }
  const data = { format: '1', records: lines, ...(watchedUntil === undefined ? {} : { watchedUntil }) }
  client.put('configmaps', { metadata, data })
  const records = createRecordStore({
    client,
    namespace: 'reloader',
    name: 'reloader',
    watchedNow: () => undefined,
    dryRun: false,
  })
  await records.load(new AbortController().signal)
  const configs = { ConfigMap: createStore<Config>(), Secret: createStore<Config>() }
  const workloads = {
    Deployment: createStore<Workload>(),
    StatefulSet: createStore<Workload>(),
    DaemonSet: createStore<Workload>(),
  }
  const namespaces = createStore<SelectedNamespace>()
  let sync = () => {}
  const watches: Watches = {
    configs: { ConfigMap: configs.ConfigMap.store, Secret: configs.Secret.store },
    workloads,
    namespaces: selected ? namespaces.store : undefined,
    settled: new Promise((resolve) => (sync = resolve)),
    problem: () => undefined,
    forbidden: () => [],
    blind: () => undefined,
    isPolled: () => polled,
    pollNow: async () => true,
    pollSoon: vi.fn(),
    run: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  }
  const releaseClock = createReleaseClock({ rememberMs: 15_000 })
  const windows = { settleMs: 500, settleMaxMs: 5_000, releaseMs: 5_000, releaseMaxMs: 15_000 }
  const pending = createPendingChanges(windows, releaseClock)
  const sightings = createSightings()
  const announce = {
    planned: vi.fn(),
    rollFailed: vi.fn(),
    failed: vi.fn(),
    reverted: vi.fn(),
    forget: vi.fn(),
  }
  const reader = { read: vi.fn(), exists: vi.fn(), forget: vi.fn(), changedKeys: () => [] }
  const reconcile = vi.fn(async (_key: string): Promise<Result> => ({}))
  const refetch = vi.fn(async (_workload: Pick<Workload, 'ref'>) => true)
  const queue = createWorkQueue()
  const scope = createScope({ namespaces: undefined, ignoredNamespaces: [], selected: watches.namespaces })
  const controller = createController({
    watches,
    scope,
    records,
    pending,
    releaseClock,
    reader,
    queue,
    sightings,
    announce,
    reconcile,
    refetch,
    workers: 2,
    onDone: vi.fn(),
    nowMs: () => performance.now(),
  })
  const stop = new AbortController()

  /** Shows a workload, as a watch would. */
  function show(shape: WorkloadShape = {}, source: 'list' | 'watch' = 'watch'): Workload {
    const object = deployment({ annotations: AUTO, ...shape })
    const { name, namespace = '' } = object.metadata
    const previous = workloads.Deployment.store.get(namespace, name)
    const workload = reduced(object, { source, previous })
    workloads.Deployment.set(workload, source)
    return workload
  }

  return {
    client,
    records,
    configs,
    workloads,
    namespaces,
    watches,
    pending,
    sightings,
    announce,
    reader,
    reconcile,
    refetch,
    queue,
    controller,
    stop,
    show,
    sync: () => sync(),
    run: () => controller.run({ stop: stop.signal, abort: new AbortController().signal }),
    /** The keys that were looked at since this was asked last. */
    looks: () => {
      const keys = reconcile.mock.calls.map(([key]) => key)
      reconcile.mockClear()
      return keys
    },
  }
}

/** A controller that has looked once at everything there is. */
async function running(
  setting: Setting = {},
  before: (bench: Awaited<ReturnType<typeof setUp>>) => void = () => {},
) {
  const bench = await setUp(setting)
  before(bench)
  for (const { startReplace } of Object.values(bench.workloads)) {
    const listing = startReplace('')
    for (const workload of bench.workloads.Deployment.store.list())
      if (startReplace === bench.workloads.Deployment.startReplace) listing.set(workload)
    listing.commit('list')
  }
  void bench.run()
  bench.sync()
  await settle()
  return bench
}

const conf = (resourceVersion: string, name = 'conf') =>
  config('ConfigMap', name, { metadata: { resourceVersion } })

describe('starting', () => {
  it('looks at nothing before every list was taken in', async () => {
    const bench = await setUp()
    bench.show({ spec: readsAll('conf') })
    void bench.run()
    await vi.advanceTimersByTimeAsync(60_000)
    expect([bench.looks(), bench.controller.isWorking()]).toEqual([[], false])
    bench.sync()
    await settle()
    expect([bench.looks(), bench.controller.isWorking()]).toEqual([[WEB], true])
  })

  it('looks once at what is opted in or was recorded, and at nothing else', async () => {
    const bench = await running({ records: [recordOf('left')] }, ({ show }) => {
      show({ spec: readsAll('conf') })
      show({ metadata: { name: 'left' }, annotations: {} })
      show({ metadata: { name: 'quiet' }, annotations: {} })
    })
    expect(bench.looks()).toEqual([WEB, keyOf('left')])
  })

  it('forgets the records of workloads that are gone, and of no others', async () => {
    const elsewhere = { ...recordOf('gone'), workload: { kind: 'Rollout', namespace: 'shop', name: 'gone' } }
    const bench = await running(
      { records: [recordOf('web'), recordOf('gone'), elsewhere as unknown as WorkloadRecord] },
      ({ show, refetch }) => {
        show({ spec: readsAll('conf') })
        refetch.mockResolvedValue(false)
      },
    )
    expect([...bench.records.keys()].sort()).toEqual([WEB, 'Rollout/shop/gone'])
    expect(bench.refetch.mock.calls.map(([{ ref }]) => ref.name)).toEqual(['gone'])
  })

  it('keeps the record of a workload that the stores do not show yet, and asks until it is answered', async () => {
    const bench = await running({ records: [recordOf('new')] }, ({ refetch }) => {
      refetch.mockRejectedValueOnce(SERVER_ERROR)
    })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(bench.refetch).toHaveBeenCalledTimes(2)
    expect([...bench.records.keys()]).toEqual([keyOf('new')])
  })

  it('keeps the records of namespaces that are not selected', async () => {
    const bench = await running({ selected: true, records: [recordOf('gone')] })
    expect([...bench.records.keys()]).toEqual([keyOf('gone')])
  })

  it('knows which workloads came into being while nobody watched, to the second', async () => {
    const created = (name: string, creationTimestamp: string) => ({ metadata: { name, creationTimestamp } })
    const bench = await running({ watchedUntil: '2026-01-02T00:00:05Z' }, ({ show }) => {
      show(created('before', '2026-01-02T00:00:04Z'), 'list')
      show(created('meanwhile', '2026-01-02T00:00:05Z'), 'list')
      show(created('after', '2026-01-02T00:00:06Z'), 'list')
      show(created('watched', '2026-01-02T00:00:06Z'), 'watch')
    })
    const unseen = ['before', 'meanwhile', 'after', 'watched'].map((name) =>
      bench.sightings.bornUnseen(keyOf(name)),
    )
    expect(unseen).toEqual([false, true, true, false])
  })

  it('stops at once when it is told to before the lists are there', async () => {
    const bench = await setUp()
    const ended = bench.run()
    bench.stop.abort()
    await ended
    expect([bench.looks(), bench.controller.isWorking()]).toEqual([[], false])
  })
})

describe('a change of a config', () => {
  it('has its followers looked at when the settle window is over, and nobody else', async () => {
    const bench = await running({}, ({ show }) => {
      show({ spec: readsAll('conf') })
      show({ metadata: { name: 'api' }, spec: readsAll('conf', 'other') })
      show({ metadata: { name: 'db' }, spec: readsAll('other') })
    })
    bench.looks()
    bench.configs.ConfigMap.set(conf('200'), 'watch')
    await vi.advanceTimersByTimeAsync(499)
    expect(bench.looks()).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(bench.looks().sort()).toEqual([keyOf('api'), WEB])
    expect(bench.reader.forget).toHaveBeenCalledWith(conf('200').ref)
  })

  it('and its deletion are pending with their versions', async () => {
    const bench = await running({}, ({ show }) => show({ spec: readsAll('conf') }))
    bench.configs.ConfigMap.set(conf('200'), 'watch')
    bench.configs.ConfigMap.delete(
      { namespace: 'shop', name: 'conf' },
      { from: 'watch', resourceVersion: '210' },
    )
    const change = bench.pending.of(WEB, { releases: [], settleMs: undefined }).get('ConfigMap/conf')
    expect(change).toMatchObject({ first: '200', last: '210' })
  })

  it("in a namespace that is not selected is nobody's", async () => {
    const bench = await running({ selected: true }, ({ show }) => show({ spec: readsAll('conf') }))
    bench.looks()
    bench.configs.ConfigMap.set(conf('200'), 'watch')
    await vi.advanceTimersByTimeAsync(1_000)
    expect([bench.looks(), bench.pending.size]).toEqual([[], 0])
  })

  it('after the stop is not noticed', async () => {
    const bench = await running({}, ({ show }) => show({ spec: readsAll('conf') }))
    bench.stop.abort()
    await settle()
    bench.configs.ConfigMap.set(conf('200'), 'watch')
    expect([bench.pending.size, bench.controller.isWorking()]).toEqual([0, false])
  })
})

describe('a change of a workload', () => {
  it('has it looked at when a decision can depend on it, and not for its status', async () => {
    const bench = await running({}, ({ show }) => show({ spec: readsAll('conf') }))
    bench.looks()
    bench.show({ spec: readsAll('conf'), metadata: { resourceVersion: '101' }, status: { replicas: 1 } })
    await settle()
    expect(bench.looks()).toEqual([])
    bench.show({ spec: readsAll('new'), metadata: { resourceVersion: '102', generation: 2 } })
    await settle()
    expect(bench.looks()).toEqual([WEB])
    expect(bench.controller.followedConfigs()).toEqual([
      ['ConfigMap', 0],
      ['Secret', 0],
    ])
    bench.configs.ConfigMap.set(conf('200', 'new'), 'watch')
    expect(bench.controller.followedConfigs()[0]).toEqual(['ConfigMap', 1])
  })

  it('that is its end has everything about it forgotten', async () => {
    const bench = await running({ records: [recordOf('web')] }, ({ show }) =>
      show({ spec: readsAll('conf') }),
    )
    bench.configs.ConfigMap.set(conf('200'), 'watch')
    bench.looks()
    bench.workloads.Deployment.delete({ namespace: 'shop', name: 'web' }, { from: 'watch' })
    expect([bench.records.size, bench.pending.size, bench.sightings.isComplete()]).toEqual([0, 0, true])
    expect(bench.announce.forget).toHaveBeenCalledWith(WEB)
    bench.configs.ConfigMap.set(conf('201'), 'watch')
    expect(bench.pending.size).toBe(0)
  })

  it('that takes our stamps out is told, with the name of who did it', async () => {
    const env = [{ name: 'STAKATER_CONF_CONFIGMAP', value: 'u1.5.a.00000000-x' }]
    const bench = await running({}, ({ show }) => show({ spec: { containers: [{ name: 'app', env }] } }))
    const managedFields = [{ manager: 'argocd', operation: 'Update', time: '2026-01-01T00:00:00Z' }]
    const workload = bench.show({
      spec: { containers: [{ name: 'app' }] },
      metadata: { generation: 2, resourceVersion: '101', managedFields },
    })
    expect(bench.announce.reverted).toHaveBeenCalledExactlyOnceWith(workload, 'argocd')
  })

  it('that was our own PATCH is not looked at', async () => {
    const bench = await running({}, ({ show }) => show({ spec: readsAll('conf') }))
    bench.looks()
    const previous = bench.workloads.Deployment.store.get('shop', 'web')
    const patched = deployment({
      annotations: AUTO,
      spec: readsAll('conf'),
      metadata: { generation: 2, resourceVersion: '300' },
    })
    bench.workloads.Deployment.update(reduced(patched, { previous }))
    await settle()
    expect(bench.looks()).toEqual([])
  })
})

describe('a namespace that is selected', () => {
  it('has its workloads looked at', async () => {
    const bench = await running({ selected: true }, ({ show }) => show({ spec: readsAll('conf') }))
    bench.looks()
    expect(bench.sightings.isComplete()).toBe(true)
    const shop = { ref: { namespace: '', name: 'shop' }, name: 'shop', uid: 'n1', resourceVersion: '150' }
    bench.namespaces.set(shop, 'watch')
    await settle()
    expect([bench.looks(), bench.sightings.isComplete()]).toEqual([[WEB], false])
    bench.namespaces.set(shop, 'watch')
    await settle()
    expect(bench.looks()).toEqual([])
    bench.namespaces.delete(shop.ref, { from: 'watch' })
    expect(bench.sightings.isComplete()).toBe(true)
  })
})

describe('a workload that somebody else wrote before our PATCH', () => {
  const refused = async (_key: string): Promise<Result> => ({ awaitNewerThan: '100' })

  /** A bench whose only workload was refused a PATCH at its version, 100. */
  async function conflicted(setting: Setting = {}) {
    const bench = await setUp(setting)
    bench.show({ spec: readsAll('conf') })
    bench.reconcile.mockImplementationOnce(refused)
    void bench.run()
    bench.sync()
    await settle()
    expect(bench.looks()).toEqual([WEB])
    return bench
  }

  /** The workload as a GET shows it now: at that version, with other references. */
  function refetched(bench: Awaited<ReturnType<typeof setUp>>, resourceVersion: string): void {
    bench.refetch.mockImplementation(async ({ ref }) => {
      const previous = bench.workloads.Deployment.store.get(ref.namespace, ref.name)
      const metadata = { resourceVersion, generation: 2 }
      const object = deployment({ annotations: AUTO, spec: readsAll('new'), metadata })
      bench.workloads.Deployment.update(reduced(object, { source: 'list', previous }))
      return true
    })
  }

  it('is looked at when the watch shows a later version, and not read', async () => {
    const bench = await conflicted()
    bench.show({ spec: readsAll('conf'), metadata: { resourceVersion: '105' } })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(bench.looks()).toEqual([WEB])
    expect(bench.refetch).not.toHaveBeenCalled()
  })

  it('is read when the watch is late', async () => {
    const bench = await conflicted()
    refetched(bench, '105')
    await vi.advanceTimersByTimeAsync(1_999)
    expect(bench.refetch).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(bench.refetch).toHaveBeenCalledOnce()
    expect(bench.looks()).toContain(WEB)
  })

  it('is read at once where no watch will show it', async () => {
    const bench = await conflicted({ polled: true })
    refetched(bench, '105')
    await vi.advanceTimersByTimeAsync(1)
    expect(bench.refetch).toHaveBeenCalledOnce()
    expect(bench.looks()).toContain(WEB)
  })

  it('is found by what it references now, though no watch ever shows the version that was read', async () => {
    const bench = await conflicted()
    refetched(bench, '105')
    await vi.advanceTimersByTimeAsync(2_000)
    bench.looks()
    bench.configs.ConfigMap.set(conf('200', 'new'), 'watch')
    bench.configs.ConfigMap.set(conf('201', 'conf'), 'watch')
    expect(bench.pending.idsOf(WEB)).toEqual(['ConfigMap/new'])
  })

  it('is left alone when it turns out to be gone', async () => {
    const bench = await conflicted()
    bench.refetch.mockResolvedValue(false)
    await vi.advanceTimersByTimeAsync(600_000)
    expect([bench.looks(), bench.refetch.mock.calls.length, bench.controller.backoff.size]).toEqual([
      [],
      1,
      0,
    ])
  })

  it('is tried again ever more rarely when it was not written at all', async () => {
    const bench = await conflicted({ polled: true })
    bench.reconcile.mockImplementation(refused)
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(bench.looks().length).toBeLessThan(30)
    expect(bench.refetch.mock.calls.length).toBeLessThan(30)
    expect(bench.controller.backoff.failures(WEB)).toBeGreaterThan(10)
  })

  it('is read again with backoff when that fails', async () => {
    const bench = await conflicted()
    bench.refetch.mockRejectedValueOnce(SERVER_ERROR)
    await vi.advanceTimersByTimeAsync(2_000)
    expect([bench.looks(), bench.controller.backoff.failures(WEB)]).toEqual([[], 1])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(bench.looks()).toEqual([WEB])
  })

  it('is looked at at once when a later version is known already', async () => {
    const bench = await setUp()
    bench.show({ spec: readsAll('conf') })
    bench.reconcile.mockImplementationOnce(async () => {
      bench.show({ spec: readsAll('conf'), metadata: { resourceVersion: '105' } })
      return { awaitNewerThan: '100' }
    })
    void bench.run()
    bench.sync()
    await settle()
    expect(bench.looks()).toEqual([WEB, WEB])
    expect(bench.queue.size).toBe(0)
  })
})

describe('stopping', () => {
  it('finishes what is under way, and then ends', async () => {
    const bench = await setUp()
    let finish: (result: Result) => void = () => {}
    bench.show({ spec: readsAll('conf') })
    bench.reconcile.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)))
    const ended = vi.fn()
    void bench.run().then(ended)
    bench.sync()
    await settle()
    bench.stop.abort()
    await settle()
    expect(ended).not.toHaveBeenCalled()
    finish({})
    await settle()
    expect(ended).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })
})
