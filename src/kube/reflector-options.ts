// What a reflector is made of, and what it tells besides what it puts into its store.
import type { KubeClient } from './client.ts'
import type { BadObject, Reduce } from './object-intake.ts'
import type { Resource } from './resource-path.ts'
import type { Stored, StoreWriter } from './store.ts'

/** Something that RBAC forbids. */
export interface ReflectorProblem {
  readonly verb: 'list' | 'watch'
  readonly resource: Resource
  /** '' = the whole cluster. */
  readonly namespace: string
  readonly error: Error
}

/** A list or watch that failed and will be tried again. */
export interface ReflectorRetry {
  readonly error: Error
  readonly failures: number
  readonly delayMs: number
}

/** What a reflector is made of. */
export interface ReflectorOptions<T extends Stored> {
  readonly client: KubeClient
  readonly resource: Resource
  /** The server may not know the resource, now or later: discovery is asked first, since RBAC refuses even what is not there. */
  readonly optional?: boolean
  /** Default '': the whole cluster. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly metadataOnly?: boolean
  readonly reduce: Reduce<T>
  readonly writer: StoreWriter<T>
  /** RBAC forbids something. Called once for each verb, and again only after it had worked in between. */
  readonly onProblem?: (problem: ReflectorProblem) => void
  readonly onRetry?: (retry: ReflectorRetry) => void
  /** `reduce` threw at an object. */
  readonly onBadObject?: (bad: BadObject) => void
  /** A complete list was taken in. */
  readonly onList?: () => void
  /** A watch ended, for whatever reason, and another one is begun. */
  readonly onWatchRestart?: () => void
}
