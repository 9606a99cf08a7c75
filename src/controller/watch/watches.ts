// What is watched: a reflector for each resource and namespace in scope, the stores they fill, and how far each one came.
import type { KubeClient, Resource } from '../../kube/client.ts'
import type { BadObject } from '../../kube/object-intake.ts'
import type { RawObject } from '../../kube/raw-object.ts'
import { createReflector, type Reflector } from '../../kube/reflector.ts'
import type { ReflectorProblem } from '../../kube/reflector-options.ts'
import { createStore, type Store, type Stored, type StoreWriter } from '../../kube/store.ts'
import type { Config, ConfigType } from '../../types/config.ts'
import { WORKLOAD_KINDS, WORKLOAD_RESOURCES, type Workload, type WorkloadKind } from '../../types/workload.ts'
import { type BorrowedTemplatesOptions, createBorrowedTemplates } from './borrowed-templates.ts'
import { type ConfigWatchesOptions, createConfigWatches, type Reflected } from './config-watches.ts'
import { createLaterPolls } from './later-polls.ts'
import { reduceNamespace, type SelectedNamespace } from './scope.ts'

export interface WatchesOptions extends ConfigWatchesOptions {
  readonly client: KubeClient
  /** Undefined: the whole cluster. */
  readonly namespaces: readonly string[] | undefined
  readonly namespaceSelector: string | undefined
  readonly workloadKinds: readonly WorkloadKind[]
  /** What is kept of a workload; undefined: nothing. */
  readonly reduceWorkload: (object: RawObject, kind: WorkloadKind, seen: WorkloadSeen) => Workload | undefined
  /** What comes of a Rollout and the Deployment that its pod template is borrowed from. */
  readonly borrow: BorrowedTemplatesOptions['borrow']
  /** A Rollout borrows its pod template from where it cannot be written. */
  readonly onUnsupported: (rollout: Workload) => void
  readonly onProblem: (problem: ReflectorProblem) => void
  readonly onRetry: (resource: Resource, error: Error) => void
  /** An object whose form nobody understands; it is left out. */
  readonly onBadObject: (resource: Resource, bad: BadObject) => void
  readonly onList: (resource: Resource) => void
  readonly onWatchRestart: (resource: Resource) => void
}

/** How a workload came into sight. */
export interface WorkloadSeen {
  readonly source: 'list' | 'watch' | 'poll'
  readonly previous: Workload | undefined
  readonly previousListResourceVersion?: string
}

/** The workloads of one kind. */
export interface WorkloadStore {
  /** As they are decided about. */
  readonly store: Store<Workload>
  /** As each was read off its own object: what the next reading of that goes on from. */
  readonly reflected: Store<Workload>
  /** The answer of our own write: taken in if it is news of an object that is there. */
  update(workload: Workload): void
}

export interface Watches {
  readonly configs: Readonly<Record<ConfigType, Store<Config>>>
  readonly workloads: Readonly<Record<WorkloadKind, WorkloadStore>>
  /** The namespaces that the selector selects; undefined without a selector. */
  readonly namespaces: Store<SelectedNamespace> | undefined
  /** Resolves when every first list was taken in, or turned out to be forbidden. */
  readonly settled: Promise<void>
  /** What is not watched as it should be, in a few words; undefined when all is well. */
  problem(): string | undefined
  /** Until when every store shows all there was, on the monotonic clock; lists that are not complete yet say nothing of that. */
  shownUntil(): number
  /** Every resource with whether RBAC forbids to list or to watch it somewhere. */
  forbidden(): readonly { readonly resource: Resource; readonly list: boolean; readonly watch: boolean }[]
  /** Why configs of a type cannot be seen in a namespace; undefined when they can. */
  blind(type: ConfigType, namespace: string): string | undefined
  isPolled(kind: WorkloadKind): boolean
  /** Where `kind` is polled: lists it anew in that namespace. */
  pollNow(kind: WorkloadKind, namespace: string): Promise<boolean>
  /** Lists the polled workloads of a namespace soon, and `again` a little later; awaited by `run`. */
  pollSoon(namespace: string, options?: { readonly again: boolean }): void
  run(signal: AbortSignal): Promise<void>
}

const NAMESPACES = { group: '', version: 'v1', plural: 'namespaces' } as const

/** One reflector for each resource and namespace; nothing is asked before `run`. */
export function createWatches(options: WatchesOptions): Watches {
  const { client, namespaceSelector } = options
  const places = options.namespaces ?? ['']
  const all: { readonly resource: Resource; readonly reflector: Reflector }[] = []

  function reflect<T extends Stored>(resource: Resource, rest: Reflected<T>): Reflector {
    const reflector = createReflector<T>({
      client,
      resource,
      ...rest,
      onProblem: options.onProblem,
      onRetry: ({ error }) => options.onRetry(resource, error),
      onBadObject: (bad) => options.onBadObject(resource, bad),
      onList: () => options.onList(resource),
      onWatchRestart: () => options.onWatchRestart(resource),
    })
    all.push({ resource, reflector })
    return reflector
  }

  const configs = createConfigWatches(options, {
    reflectEverywhere: (resource, rest) =>
      places.map((namespace) => reflect(resource, { ...rest, namespace })),
    reflectorAt,
  })
  const workloadWriters = recordOf(WORKLOAD_KINDS, () => createStore<Workload>())
  const workloadReflectors = recordOf(WORKLOAD_KINDS, (kind) =>
    (options.workloadKinds.includes(kind) ? places : []).map((namespace) =>
      reflect<Workload>(WORKLOAD_RESOURCES[kind], {
        namespace,
        optional: WORKLOAD_RESOURCES[kind].optional === true,
        writer: workloadWriters[kind],
        reduce: (object, seen) => options.reduceWorkload(object, kind, seen),
      }),
    ),
  )
  const namespaceWriter = namespaceSelector === undefined ? undefined : createStore<SelectedNamespace>()
  if (namespaceWriter !== undefined && namespaceSelector !== undefined) {
    reflect<SelectedNamespace>(NAMESPACES, {
      metadataOnly: true,
      labelSelector: namespaceSelector,
      writer: namespaceWriter,
      reduce: reduceNamespace,
    })
  }

  const polls = new Set<Promise<unknown>>()
  const laterPolls = createLaterPolls({ poll })
  function poll(namespace: string): void {
    for (const kind of WORKLOAD_KINDS) {
      const answer = reflectorAt(workloadReflectors[kind], namespace)?.pollNow(namespace)
      if (answer === undefined) continue
      polls.add(answer)
      void answer.finally(() => polls.delete(answer))
    }
  }

  function reflectorAt(reflectors: readonly Reflector[], namespace: string): Reflector | undefined {
    return reflectors[options.namespaces === undefined ? 0 : places.indexOf(namespace)]
  }

  return {
    configs: configs.stores,
    workloads: workloadStores(workloadWriters, options),
    namespaces: namespaceWriter?.store,
    settled: Promise.all(all.map(({ reflector }) => reflector.settled)).then(() => undefined),
    shownUntil: () => Math.min(...all.map(({ reflector }) => reflector.shownUntil())),
    problem() {
      const phases = all.map(({ reflector }) => reflector.phase())
      const listing = phases.filter((phase) => phase === 'listing').length
      return listing === 0 ? undefined : `${listing} of ${phases.length} lists are not complete`
    },
    forbidden() {
      const resources = new Set(all.map(({ resource }) => resource))
      return [...resources].map((resource) => {
        const phases = all.flatMap((each) => (each.resource === resource ? each.reflector.phase() : []))
        return { resource, list: phases.includes('forbidden'), watch: phases.includes('polling') }
      })
    },
    blind: configs.blind,
    isPolled: (kind) => workloadReflectors[kind].some((reflector) => reflector.phase() === 'polling'),
    async pollNow(kind, namespace) {
      return (await reflectorAt(workloadReflectors[kind], namespace)?.pollNow(namespace)) ?? true
    },
    pollSoon(namespace, { again } = { again: false }) {
      poll(namespace)
      if (again) laterPolls.after(namespace)
    },
    async run(signal) {
      await Promise.all(all.map(({ reflector }) => reflector.run(signal)))
      laterPolls.end()
      await Promise.all(polls)
    },
  }
}

/** Where Rollouts are rolled, those that borrow their pod template are shown with it. */
function workloadStores(
  writers: Readonly<Record<WorkloadKind, StoreWriter<Workload>>>,
  { workloadKinds, borrow, onUnsupported }: WatchesOptions,
): Watches['workloads'] {
  const { Rollout, Deployment } = writers
  const borrowed = workloadKinds.includes('Rollout')
    ? createBorrowedTemplates({
        rollouts: Rollout.store,
        deployments: Deployment.store,
        borrow,
        onUnsupported,
      })
    : { rollouts: Rollout.store, deployments: Deployment.store }
  return recordOf(WORKLOAD_KINDS, (kind) => {
    const { store: reflected, update } = writers[kind]
    const { rollouts, deployments } = borrowed
    const store = kind === 'Rollout' ? rollouts : kind === 'Deployment' ? deployments : reflected
    return { store, reflected, update }
  })
}

function recordOf<K extends string, V>(keys: readonly K[], of: (key: K) => V): Readonly<Record<K, V>> {
  return Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<K, V>
}
