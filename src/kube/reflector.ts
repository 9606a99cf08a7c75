// Keeps a store equal to what the API server holds: list, then watch, for ever.
import type { KubeClient, Resource } from './client.ts'
import type { RawObject } from './raw-object.ts'
import type { Stored, StoreWriter } from './store.ts'

/** What `reduce` is told besides the object. */
export interface ReduceContext<T> {
  readonly source: 'list' | 'watch' | 'poll'
  /** What the store holds under that name now; its uid may differ. */
  readonly previous: T | undefined
  /** `poll` only: the resourceVersion of the last list that covered the object. */
  readonly previousListResourceVersion?: string
}

/** Something that RBAC forbids. */
export interface ReflectorProblem {
  readonly verb: 'list' | 'watch'
  readonly resource: Resource
  /** '' = the whole cluster. */
  readonly namespace: string
  readonly error: Error
}

/** What a reflector is made of. */
export interface ReflectorOptions<T extends Stored> {
  readonly client: KubeClient
  readonly resource: Resource
  /** Default '': the whole cluster. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly metadataOnly?: boolean
  /** What is kept of an object; `undefined`: nothing. Synchronous, must not throw. */
  readonly reduce: (object: RawObject, context: ReduceContext<T>) => T | undefined
  readonly writer: StoreWriter<T>
  /** RBAC forbids something. Called once for each verb, and again only after it had worked in between. */
  readonly onProblem?: (problem: ReflectorProblem) => void
  /** A list or watch failed and will be tried again. */
  readonly onRetry?: (retry: {
    readonly error: Error
    readonly failures: number
    readonly delayMs: number
  }) => void
  /** A complete list was taken in. */
  readonly onList?: () => void
  /** A watch ended, for whatever reason, and another one is begun. */
  readonly onWatchRestart?: () => void
}

/** Where a reflector stands. `forbidden`: RBAC denies the list. `missing`: the API group is not installed. */
export type ReflectorPhase = 'listing' | 'watching' | 'polling' | 'forbidden' | 'missing'

/** A reflector at rest; `run` makes it work. */
export interface Reflector {
  /** Runs until `signal` aborts; never rejects. To be called once. */
  run(signal: AbortSignal): Promise<void>
  phase(): ReflectorPhase
  /** Resolves when the first list was taken in, or when it turned out that there is nothing to list (forbidden, missing). */
  readonly settled: Promise<void>
  /**
   * When polling: lists `namespace` (default: all that is reflected) now, and resolves to true once a list begun after this
   * call was taken in, to false if it failed. Calls made while a list is under way share the next one. Otherwise resolves to
   * true at once.
   */
  pollNow(namespace?: string): Promise<boolean>
}
