// What we ask of a Kubernetes API server, as functions. http-client.ts is the one that really asks.
import type { RawObject } from './raw-object.ts'
import type { ObjectAddress, Resource } from './resource-path.ts'

export type { ObjectAddress, Resource } from './resource-path.ts'

/** What every request takes. */
export interface CallOptions {
  readonly signal?: AbortSignal
  /** Bound on the whole request, retries included (of a list: on silence during one page); default 30 s. */
  readonly timeoutMs?: number
}

/** What every write takes. */
export interface WriteOptions extends CallOptions {
  /** The server checks and answers, and stores nothing. */
  readonly dryRun?: boolean
  /** Ask for `PartialObjectMetadata` as the answer, which is as good as the whole object for who has just sent it. */
  readonly metadataOnly?: boolean
}

/** Which objects of a resource. */
export interface Selection {
  /** '' or undefined: the whole cluster. */
  readonly namespace?: string
  readonly labelSelector?: string
  /** Ask for `PartialObjectMetadata`: the server leaves spec, data and status out. */
  readonly metadataOnly?: boolean
}

/** How to list. */
export interface ListOptions<T> extends Selection, CallOptions {
  /** Called once for each object as it arrives; the object is dropped afterwards. `undefined`: not kept. */
  readonly reduce: (object: RawObject) => T | undefined
  /** Objects per page, default 500; 0 = all at once. */
  readonly limit?: number
  /** Only the object of that name. */
  readonly name?: string
  /** As everything was in this version; 410 (`isExpired`) where the server no longer knows, mostly after five minutes. */
  readonly exactVersion?: string
}

/** A complete, consistent list. */
export interface ListResult<T> {
  readonly resourceVersion: string
  readonly items: readonly T[]
}

/** How to watch. */
export interface WatchOptions extends Selection {
  readonly signal?: AbortSignal
  /** Everything after this version; '' only with `sendInitialEvents`. */
  readonly resourceVersion: string
  /** Begin with an ADDED event for every object there is, ended by a bookmark (`initialEventsEnd`). */
  readonly sendInitialEvents?: boolean
  /** The server ends the watch after this time. */
  readonly timeoutSeconds?: number
  /** Silence longer than this is an error; default 150 s (bookmarks come about every minute). */
  readonly inactivityMs?: number
}

/** One event of a watch. An ERROR event is thrown as an `ApiError` instead. */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: RawObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }

/** How a patch is to be read by the server. */
export type PatchType = 'strategic-merge' | 'merge' | 'json'

/** What to patch. */
export interface PatchOptions extends WriteOptions {
  readonly type: PatchType
  readonly body: unknown
}

/** Only if the object still is this one. */
export interface DeleteOptions extends WriteOptions {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
}

/** An object to write. */
export interface ObjectToWrite {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name?: string
    readonly generateName?: string
    readonly namespace?: string
    readonly resourceVersion?: string
    readonly labels?: Readonly<Record<string, string>>
  }
}

/**
 * A Kubernetes API server, as far as we use one.
 *
 * Guarantees: every write carries `fieldManager=Reloader`; 429 and 503 that name a time are waited for and tried again within
 * `timeoutMs` (not for `watch`); a 401 renews the credentials once.
 *
 * Errors: `ApiError` (the answer is no), `ConnectionError` (no answer), `ConnectionProblem` (no credentials), or the reason of
 * `signal`.
 */
export interface KubeClient {
  /** The URL of the API server. */
  readonly server: string
  /** Whether the server knows the resource at all, true where it may not say; whether it may be read is another question. */
  serves(resource: Resource, options?: CallOptions): Promise<boolean>
  get(resource: Resource, address: ObjectAddress, options?: CallOptions): Promise<RawObject>
  /** The object without spec, data and status. */
  getMetadata(resource: Resource, address: ObjectAddress, options?: CallOptions): Promise<RawObject>
  /** Pages through the list; a continue token that expires on the way begins it anew in one piece. */
  list<T>(resource: Resource, options: ListOptions<T>): Promise<ListResult<T>>
  /** Ends when the server ends it; leaving the loop early closes the connection. */
  watch(resource: Resource, options: WatchOptions): AsyncGenerator<WatchEvent, void, undefined>
  patch(resource: Resource, address: ObjectAddress, options: PatchOptions): Promise<RawObject>
  /** May answer `isAlreadyExists` to our own doing, where the connection broke in between. */
  create(resource: Resource, object: ObjectToWrite, options?: WriteOptions): Promise<RawObject>
  /** Replaces the object; its `metadata.resourceVersion`, if given, must be the present one. */
  update(resource: Resource, object: ObjectToWrite, options?: WriteOptions): Promise<RawObject>
  delete(resource: Resource, address: ObjectAddress, options?: DeleteOptions): Promise<void>
  /** The API server's time in ms since 1970, never later than now there; undefined before its first answer. */
  serverTime(): number | undefined
  /** Closes idle connections. Requests under way end by their own signal. */
  close(): void
}
