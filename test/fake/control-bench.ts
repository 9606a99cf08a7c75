// A controller over stores that a test fills by hand: what a watch would show goes in, and which workloads are looked at comes out.
import { type Mock, vi } from 'vitest'
import { createController } from '../../src/controller/controller.ts'
import { createPendingChanges } from '../../src/controller/queue/pending-changes.ts'
import { createReleaseClock } from '../../src/controller/queue/release-clock.ts'
import { createWorkQueue } from '../../src/controller/queue/work-queue.ts'
import { createRecordStore } from '../../src/controller/records/record-store.ts'
import type { Result } from '../../src/controller/result.ts'
import { createSightings } from '../../src/controller/sightings.ts'
import { createScope, type SelectedNamespace } from '../../src/controller/watch/scope.ts'
import type { Watches } from '../../src/controller/watch/watches.ts'
import { createStore } from '../../src/kube/store.ts'
import type { Config } from '../../src/types/config.ts'
import type { WorkloadRecord } from '../../src/types/record.ts'
import type { Workload } from '../../src/types/workload.ts'
import { config, deployment, reduced, type WorkloadShape } from '../builders.ts'
import { FakeClient } from './fake-client.ts'
import { NO_RUNS } from './no-runs.ts'
import { putShard, shardOf } from './stored-records.ts'
import { AUTO } from './workbench.ts'
import { workloadStores } from './workload-stores.ts'

export interface ControlSetting {
  /** Kinds are polled, not watched. */
  readonly polled?: boolean
  /** Only selected namespaces are looked at, and none is selected yet. */
  readonly selected?: boolean
  readonly records?: readonly WorkloadRecord[]
  readonly watchedUntil?: string
}

const WINDOWS = { settleMs: 500, settleMaxMs: 5_000, releaseMs: 5_000, releaseMaxMs: 15_000 }

/** A controller at rest; the timers are to be fake. */
export class ControlBench {
  readonly client = new FakeClient()
  readonly configs = {
    ConfigMap: createStore<Config>(),
    Secret: createStore<Config>(),
    SecretProviderClass: createStore<Config>(),
  }
  readonly workloads = workloadStores()
  readonly namespaces = createStore<SelectedNamespace>()
  readonly pending = createPendingChanges(WINDOWS, createReleaseClock({ rememberMs: 15_000 }))
  readonly sightings = createSightings()
  readonly queue = createWorkQueue()
  readonly announce = {
    planned: vi.fn(),
    rollFailed: vi.fn(),
    resumeFailed: vi.fn(),
    failed: vi.fn(),
    reverted: vi.fn(),
    forget: vi.fn(),
  }
  readonly reader = {
    read: vi.fn(),
    readAt: vi.fn(),
    exists: vi.fn(),
    forget: vi.fn(),
    changedKeys: () => [],
  }
  readonly reconcile: Mock<(key: string) => Promise<Result>> = vi.fn(async () => ({}))
  readonly refetch: Mock<(workload: Pick<Workload, 'ref'>) => Promise<boolean>> = vi.fn(async () => true)
  readonly stop = new AbortController()
  readonly records = createRecordStore({
    client: this.client,
    namespace: 'reloader',
    name: 'reloader',
    watchedNow: () => undefined,
    dryRun: false,
  })
  readonly controller
  /** Every first list was taken in. */
  sync = () => {}

  constructor({ polled = false, selected = false, records = [], watchedUntil }: ControlSetting = {}) {
    putShard(this.client, 0, {
      ...shardOf(...records),
      ...(watchedUntil === undefined ? {} : { watchedUntil }),
    })
    const watches = this.#createWatches(polled, selected)
    const { pending, sightings, queue, announce, reader, reconcile, refetch } = this
    this.controller = createController({
      watches,
      scope: createScope({ namespaces: undefined, ignoredNamespaces: [], selected: watches.namespaces }),
      records: this.records,
      pending,
      releaseClock: createReleaseClock({ rememberMs: 15_000 }),
      reader,
      queue,
      sightings,
      announce,
      reconcile,
      refetch,
      runs: NO_RUNS,
      workers: 2,
      onDone: vi.fn(),
      nowMs: () => performance.now(),
      serverNow: () => '2026-03-01T12:00:00Z',
    })
  }

  #createWatches(polled: boolean, selected: boolean): Watches {
    const { configs, workloads, namespaces } = this
    return {
      configs: {
        ConfigMap: configs.ConfigMap.store,
        Secret: configs.Secret.store,
        SecretProviderClass: configs.SecretProviderClass.store,
      },
      workloads,
      namespaces: selected ? namespaces.store : undefined,
      settled: new Promise((resolve) => {
        this.sync = resolve
      }),
      problem: () => undefined,
      shownUntil: () => performance.now(),
      forbidden: () => [],
      blind: () => undefined,
      isPolled: () => polled,
      pollNow: async () => true,
      pollSoon: () => {},
      run: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    }
  }

  /** Shows a workload. */
  show(shape: WorkloadShape = {}, source: 'list' | 'watch' = 'watch'): Workload {
    const object = deployment({ annotations: AUTO, ...shape })
    const { name, namespace = '' } = object.metadata
    const previous = this.workloads.Deployment.store.get(namespace, name)
    const workload = reduced(object, { source, previous })
    this.workloads.Deployment.set(workload, source)
    return workload
  }

  /** Shows these Deployments, and no others, by a complete list. */
  list(...shapes: readonly WorkloadShape[]): void {
    const listing = this.workloads.Deployment.startReplace('')
    for (const shape of shapes)
      listing.set(reduced(deployment({ annotations: AUTO, ...shape }), { source: 'list' }))
    listing.commit('list')
  }

  /** Shows a ConfigMap at that version. */
  showConfig(resourceVersion: string, name = 'conf'): Config {
    const before = this.configs.ConfigMap.store.get('shop', name)
    const { firstSeen = resourceVersion, flagsSince = resourceVersion } = before ?? {}
    const shown = { ...config('ConfigMap', name, { metadata: { resourceVersion } }), firstSeen, flagsSince }
    this.configs.ConfigMap.set(shown, 'watch')
    return shown
  }

  /** The keys that were looked at since this was asked last. */
  looks(): string[] {
    const keys = this.reconcile.mock.calls.map(([key]) => key)
    this.reconcile.mockClear()
    return keys
  }

  /** Reads the records and runs, with the lists still to come. */
  async run(): Promise<void> {
    await this.records.load(new AbortController().signal)
    await this.controller.run({ stop: this.stop.signal, abort: new AbortController().signal })
  }

  /** Runs until everything that is there was looked at once. */
  async start(): Promise<void> {
    for (const { store, startReplace } of Object.values(this.workloads)) {
      const listing = startReplace('')
      for (const workload of store.list()) listing.set(workload)
      listing.commit('list')
    }
    void this.run()
    this.sync()
    await vi.advanceTimersByTimeAsync(0)
  }
}
