// Everything that one look at a workload needs, put together over a fake API server: real stores, records, reader and decision.
import { type ConfigReader, createConfigReader } from '../../src/controller/config-reader.ts'
import { createObserve, type Observe } from '../../src/controller/observe.ts'
import { createPendingChanges } from '../../src/controller/queue/pending-changes.ts'
import { createReleaseClock } from '../../src/controller/queue/release-clock.ts'
import { createReconcile } from '../../src/controller/reconcile.ts'
import { createRecordStore, type RecordStore } from '../../src/controller/records/record-store.ts'
import type { Reconciled, Result, RollPlan } from '../../src/controller/result.ts'
import { createRoll } from '../../src/controller/roll/roll.ts'
import { createScope } from '../../src/controller/watch/scope.ts'
import { digestContent, digestVersions } from '../../src/decide/content/digest.ts'
import { reduceConfig } from '../../src/decide/reduce-config.ts'
import { DEFAULT_ANNOTATION_NAMES } from '../../src/decide/settings/annotation-names.ts'
import type { ObjectSource } from '../../src/decide/template/template-versions.ts'
import type { RawObject } from '../../src/kube/raw-object.ts'
import { createStore } from '../../src/kube/store.ts'
import { CONFIG_RESOURCES, CONFIG_TYPES, type Config, type ConfigType } from '../../src/types/config.ts'
import type { KubeObject } from '../../src/types/object.ts'
import type { Policy } from '../../src/types/plan.ts'
import { configId } from '../../src/types/record.ts'
import type { Workload } from '../../src/types/workload.ts'
import { deployment, reduced, TEST_KEY, type WorkloadShape } from '../builders.ts'
import { FakeClient } from './fake-client.ts'
import { NO_RUNS } from './no-runs.ts'

export interface WorkbenchOptions {
  readonly policy?: Partial<Policy>
  readonly dryRun?: boolean
  /** Runs where a polled kind would be listed anew. */
  readonly refresh?: (workload: Workload) => Promise<void>
  /** Runs where a workload would be read anew, for what is recorded of it is to be forgotten. */
  readonly confirm?: () => Promise<void>
}

export const AUTO = { 'reloader.stakater.com/auto': 'true' }
const NAMESPACE = 'shop'
const WINDOWS = { settleMs: 500, settleMaxMs: 5_000, releaseMs: 5_000, releaseMaxMs: 15_000 }
const POLICY: Policy = {
  strategy: 'env-vars',
  reloadOnCreate: false,
  reloadOnDelete: false,
  adopt: 'heal',
}

/** How a test shows a config. */
interface ConfigureOptions {
  readonly type?: ConfigType
  /** The workload that the change is noted for. */
  readonly pendingFor?: string
}

/** All at rest, in the namespace `shop`; the clock stands still until `nowMs` is set. */
export class Workbench {
  readonly client = new FakeClient()
  readonly clock = { nowMs: 0 }
  readonly configs = {
    ConfigMap: createStore<Config>(),
    Secret: createStore<Config>(),
    SecretProviderClass: createStore<Config>(),
  }
  readonly workloads = createStore<Workload>()
  /** Why configs of a type cannot be seen. */
  readonly blind = new Map<ConfigType, string>()
  readonly looks: Reconciled[] = []
  readonly failures: { readonly workload: Workload; readonly plan: RollPlan; readonly error: unknown }[] = []
  readonly outOfScope: string[] = []
  readonly signal = new AbortController().signal
  readonly pending = createPendingChanges(WINDOWS, createReleaseClock({ rememberMs: 15_000 }))
  readonly reader: ConfigReader
  readonly records: RecordStore
  readonly observe: Observe
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Result>

  constructor({ policy = {}, dryRun = false, refresh = async () => {}, confirm }: WorkbenchOptions = {}) {
    const { client, pending } = this
    const store = { client, namespace: 'reloader', name: 'reloader', watchedNow: () => undefined, dryRun }
    this.records = createRecordStore(store)
    this.reader = createReader(client)
    this.observe = this.#createObserve({ ...POLICY, ...policy })
    const update = (object: KubeObject, { ref }: Pick<Workload, 'ref'>) => {
      const previous = this.workloads.store.get(ref.namespace, ref.name)
      this.workloads.update(reduced(object, { source: 'watch', previous }))
    }
    this.reconcile = createReconcile({
      workloadOf: (key) => this.workloads.store.get(NAMESPACE, key.split('/')[2] ?? ''),
      observe: this.observe,
      refresh,
      confirm: confirm ?? (async () => {}),
      roll: createRoll({
        client,
        records: this.records,
        update,
        dryRun,
        runs: NO_RUNS,
        pausedAtAnnotation: 'paused-at',
      }),
      lookAtPause: async () => ({ state: 'goOn' }),
      remember: (record, how) => this.records.put(record, how),
      pending,
      report: {
        planned: (look) => this.looks.push(look),
        rollFailed: (workload, plan, error) => this.failures.push({ workload, plan, error }),
        outOfScope: (key) => this.outOfScope.push(key),
      },
      nowMs: () => this.clock.nowMs,
    })
  }

  /** Writes a workload and shows it in the store. */
  deploy(name: string, shape: WorkloadShape = {}, source: ObjectSource = 'watch'): Workload {
    const { metadata, ...rest } = deployment({ annotations: AUTO, ...shape })
    const uid = shape.metadata?.uid ?? `${name}-uid`
    const object = this.client.put('deployments', { ...rest, metadata: { ...metadata, uid, name } })
    const workload = reduced(object, { source, previous: this.workload(name) })
    this.workloads.set(workload, source)
    return workload
  }

  /** Writes a config and shows it in the store. */
  configure(name: string, data: Readonly<Record<string, string>>, options: ConfigureOptions = {}): Config {
    const { type = 'ConfigMap', pendingFor } = options
    const before = this.configs[type].store.get(NAMESPACE, name)
    const metadata = { namespace: NAMESPACE, name, creationTimestamp: '2026-01-01T00:00:00Z' }
    const object = this.client.put(CONFIG_RESOURCES[type].plural, { metadata, data })
    const after = toConfig(object, type, before)
    this.configs[type].set(after, 'watch')
    if (pendingFor !== undefined) {
      const change = { id: configId(type, name), resourceVersion: after.resourceVersion, after }
      const known = before === undefined ? change : { ...change, before }
      this.pending.note(keyOf(pendingFor), known, this.clock.nowMs)
    }
    return after
  }

  /** Deletes a ConfigMap and takes it out of the store. */
  removeConfig(name: string): void {
    this.client.remove('configmaps', { namespace: NAMESPACE, name })
    this.configs.ConfigMap.delete({ namespace: NAMESPACE, name }, { from: 'watch' })
    this.reader.forget({ kind: 'ConfigMap', namespace: NAMESPACE, name })
  }

  workload(name: string): Workload | undefined {
    return this.workloads.store.get(NAMESPACE, name)
  }

  /** Looks once at a workload. */
  look(name: string): Promise<Result> {
    return this.reconcile(keyOf(name), this.signal)
  }

  /** The bodies of the PATCHes so far. */
  patches(): readonly unknown[] {
    return this.client.requests.flatMap(({ verb, body }) => (verb === 'patch' ? [body] : []))
  }

  #createObserve(policy: Policy): Observe {
    const { configs, pending, records, reader } = this
    return createObserve({
      configs: {
        ConfigMap: configs.ConfigMap.store,
        Secret: configs.Secret.store,
        SecretProviderClass: configs.SecretProviderClass.store,
      },
      blind: (type) => this.blind.get(type),
      records,
      pending,
      reader,
      scope: createScope({ namespaces: undefined, ignoredNamespaces: [], selected: undefined }),
      bornUnseen: () => false,
      policy,
      follow: { types: CONFIG_TYPES, keyLevel: true },
      digestKeyId: TEST_KEY.id,
      serverNow: () => '2026-03-01T12:00:00Z',
      nowMs: () => this.clock.nowMs,
    })
  }
}

function createReader(client: FakeClient): ConfigReader {
  return createConfigReader({
    client,
    digest: (object, { ref, incumbentHash }) =>
      digestContent(object, { type: ref.kind, key: TEST_KEY, incumbentHash }),
    digestVersions: (config, { incumbentHash }) => digestVersions(config, { key: TEST_KEY, incumbentHash }),
    reduce: (object, previous) => toConfig(object, previous.ref.kind, previous),
  })
}

function toConfig(object: RawObject, type: ConfigType, previous?: Config): Config {
  return reduceConfig(object, { type, names: DEFAULT_ANNOTATION_NAMES, previous })
}

/** The key of the Deployment of that name. */
export function keyOf(name: string): string {
  return `Deployment/${NAMESPACE}/${name}`
}

/** A pod spec whose container reads these ConfigMaps, whole. */
export function readsAll(...names: readonly string[]) {
  return { containers: [{ name: 'app', envFrom: names.map((name) => ({ configMapRef: { name } })) }] }
}
