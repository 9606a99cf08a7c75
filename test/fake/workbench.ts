// Everything that one look at a workload needs, put together over a fake API server: real stores, records, reader and decision.
import { createConfigReader } from '../../src/controller/config-reader.ts'
import { createObserve } from '../../src/controller/observe.ts'
import { createPendingChanges } from '../../src/controller/pending-changes.ts'
import { createReconcile, type Reconciled, type RollPlan } from '../../src/controller/reconcile.ts'
import { createRecordStore } from '../../src/controller/record-store.ts'
import { createReleaseClock } from '../../src/controller/release-clock.ts'
import { createRoll } from '../../src/controller/roll.ts'
import { createScope } from '../../src/controller/scope.ts'
import { DEFAULT_ANNOTATION_NAMES } from '../../src/decide/annotation-names.ts'
import { digestContent } from '../../src/decide/digest.ts'
import { reduceConfig } from '../../src/decide/reduce-config.ts'
import type { ObjectSource } from '../../src/decide/template-versions.ts'
import type { RawObject } from '../../src/kube/raw-object.ts'
import { createStore } from '../../src/kube/store.ts'
import { CONFIG_RESOURCES, CONFIG_TYPES, type Config, type ConfigType } from '../../src/types/config.ts'
import type { KubeObject } from '../../src/types/object.ts'
import type { Policy } from '../../src/types/plan.ts'
import { configId } from '../../src/types/record.ts'
import type { Workload } from '../../src/types/workload.ts'
import { deployment, reduced, TEST_KEY, type WorkloadShape } from '../builders.ts'
import { FakeClient } from './fake-client.ts'

export interface WorkbenchOptions {
  readonly policy?: Partial<Policy>
  readonly dryRun?: boolean
  /** Runs where a polled kind would be listed anew. */
  readonly refresh?: (workload: Workload) => Promise<void>
}

export const AUTO = { 'reloader.stakater.com/auto': 'true' }
const NAMESPACE = 'shop'

/** Makes one; nothing runs. Everything is in the namespace `shop`, and the clock stands still until `nowMs` is set. */
export function createWorkbench({ policy = {}, dryRun = false, refresh }: WorkbenchOptions = {}) {
  const client = new FakeClient()
  const clock = { nowMs: 0 }
  const nowMs = () => clock.nowMs
  const releaseClock = createReleaseClock({ rememberMs: 15_000 })
  const windows = { settleMs: 500, settleMaxMs: 5_000, releaseMs: 5_000, releaseMaxMs: 15_000 }
  const pending = createPendingChanges(windows, releaseClock)
  const configs = { ConfigMap: createStore<Config>(), Secret: createStore<Config>() }
  const workloads = createStore<Workload>()
  const signal = new AbortController().signal
  const records = createRecordStore({
    client,
    namespace: 'reloader',
    name: 'reloader',
    watchedNow: () => undefined,
    dryRun,
  })
  const reader = createConfigReader({
    client,
    digest: (object, { ref, incumbentHash }) =>
      digestContent(object, { type: ref.kind, key: TEST_KEY, incumbentHash }),
    reduce: (object, previous) => toConfig(object, previous.ref.kind, previous),
  })
  const looks: Reconciled[] = []
  const failures: { readonly workload: Workload; readonly plan: RollPlan; readonly error: unknown }[] = []
  const blind = new Map<ConfigType, string>()
  const observe = createObserve({
    configs: { ConfigMap: configs.ConfigMap.store, Secret: configs.Secret.store },
    blind: (type) => blind.get(type),
    records,
    pending,
    reader,
    scope: createScope({ namespaces: undefined, ignoredNamespaces: [], selected: undefined }),
    bornUnseen: () => false,
    policy: {
      strategy: 'env-vars',
      reloadOnCreate: false,
      reloadOnDelete: false,
      adopt: 'heal',
      ...policy,
    },
    follow: { types: CONFIG_TYPES, keyLevel: true },
    digestKeyId: TEST_KEY.id,
    serverNow: () => '2026-03-01T12:00:00Z',
    nowMs,
  })
  const update = (object: KubeObject, previous: Workload) =>
    workloads.update(reduced(object, { source: 'watch', previous }))
  const roll = createRoll({ client, records, update, dryRun })
  const workloadOf = (key: string) => workloads.store.get(NAMESPACE, key.split('/')[2] ?? '')
  const reconcile = createReconcile({
    workloadOf,
    observe,
    refresh: refresh ?? (async () => {}),
    roll,
    remember: (record, how) => records.put(record, how),
    pending,
    report: {
      planned: (look) => looks.push(look),
      rollFailed: (workload, plan, error) => failures.push({ workload, plan, error }),
    },
    nowMs,
  })

  function toConfig(object: RawObject, type: ConfigType, previous?: Config): Config {
    return reduceConfig(object, { type, names: DEFAULT_ANNOTATION_NAMES, previous })
  }

  /** Writes a workload and shows it in the store. */
  function deploy(name: string, shape: WorkloadShape = {}, source: ObjectSource = 'watch'): Workload {
    const { metadata, ...rest } = deployment({ annotations: AUTO, ...shape })
    const object = client.put('deployments', {
      ...rest,
      metadata: { ...metadata, uid: shape.metadata?.uid ?? `${name}-uid`, name },
    })
    const previous = workloads.store.get(NAMESPACE, name)
    const workload = reduced(object, { source, previous })
    workloads.set(workload, source)
    return workload
  }

  /** Writes a config, shows it in the store and, for `pendingFor`, notes the change. */
  function configure(
    name: string,
    data: Readonly<Record<string, string>>,
    { type = 'ConfigMap', pendingFor }: { readonly type?: ConfigType; readonly pendingFor?: string } = {},
  ): Config {
    const before = configs[type].store.get(NAMESPACE, name)
    const object = client.put(CONFIG_RESOURCES[type].plural, {
      metadata: { namespace: NAMESPACE, name, creationTimestamp: '2026-01-01T00:00:00Z' },
      data,
    })
    const after = toConfig(object, type, before)
    configs[type].set(after, 'watch')
    if (pendingFor !== undefined) {
      const change = { id: configId(type, name), resourceVersion: after.resourceVersion, after }
      pending.note(keyOf(pendingFor), before === undefined ? change : { ...change, before }, clock.nowMs)
    }
    return after
  }

  function removeConfig(name: string, type: ConfigType = 'ConfigMap'): void {
    client.remove(CONFIG_RESOURCES[type].plural, { namespace: NAMESPACE, name })
    configs[type].delete({ namespace: NAMESPACE, name }, { from: 'watch' })
    reader.forget({ kind: type, namespace: NAMESPACE, name })
  }

  return {
    client,
    clock,
    pending,
    records,
    reader,
    configs,
    workloads,
    blind,
    observe,
    roll,
    looks,
    failures,
    deploy,
    configure,
    removeConfig,
    workload: (name: string) => workloadOf(keyOf(name)),
    look: (name: string) => reconcile(keyOf(name), signal),
    /** The bodies of the PATCHes so far. */
    patches: () => client.requests.flatMap(({ verb, body }) => (verb === 'patch' ? [body] : [])),
    reconcile,
    signal,
  }
}

/** The key of the Deployment of that name. */
export function keyOf(name: string): string {
  return `Deployment/${NAMESPACE}/${name}`
}

/** A pod spec whose container reads these ConfigMaps, whole. */
export function readsAll(...names: readonly string[]) {
  return { containers: [{ name: 'app', envFrom: names.map((name) => ({ configMapRef: { name } })) }] }
}
