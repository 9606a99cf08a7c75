// Lists a namespace, or everything, page by page into a store.
import { isNewer } from '../types/object.ts'
import type { KubeClient, Selection } from './client.ts'
import type { ObjectIntake } from './object-intake.ts'
import type { Resource } from './resource-path.ts'
import type { Stored, StoreWriter } from './store.ts'

/** What a lister is made of. */
export interface StoreListerOptions<T extends Stored> {
  readonly client: KubeClient
  readonly resource: Resource
  readonly selection: Omit<Selection, 'namespace'>
  readonly writer: StoreWriter<T>
  readonly intake: ObjectIntake<T>
}

/** Which list to make. */
export interface StoreListOptions {
  /** '' = the whole cluster. */
  readonly namespace: string
  readonly source: 'list' | 'poll'
  readonly signal: AbortSignal
}

/** A list that was taken in. */
export interface StoreListed {
  readonly resourceVersion: string
  /** The CPU time of this process while it was made. */
  readonly cpuMs: number
}

/** Lists into a store, and remembers at which resourceVersion each namespace was listed last. */
export class StoreLister<T extends Stored> {
  readonly #options: StoreListerOptions<T>
  readonly #listedAt = new Map<string, string>()

  constructor(options: StoreListerOptions<T>) {
    this.#options = options
  }

  /** The store shows the list when this resolves, and nothing of it when it rejects (see `KubeClient`). */
  async list({ namespace, source, signal }: StoreListOptions): Promise<StoreListed> {
    const { client, resource, selection, writer, intake } = this.#options
    const began = process.cpuUsage()
    const listing = writer.startReplace(namespace)
    const { resourceVersion, items } = await client.list(resource, {
      ...selection,
      namespace,
      signal,
      reduce: (object) => intake.listed(object, this.#context(source, object.metadata.namespace ?? '')),
    })
    for (const item of items) listing.set(item)
    listing.commit(source)
    intake.forgetDeleted()
    if (namespace === '') this.#listedAt.clear()
    this.#listedAt.set(namespace, resourceVersion)
    const { user, system } = process.cpuUsage(began)
    return { resourceVersion, cpuMs: (user + system) / 1000 }
  }

  #context(source: 'list' | 'poll', namespace: string) {
    const before = source === 'poll' ? this.#lastListOf(namespace) : undefined
    return before === undefined ? { source } : { source, previousListResourceVersion: before }
  }

  #lastListOf(namespace: string): string | undefined {
    const own = this.#listedAt.get(namespace)
    const all = this.#listedAt.get('')
    if (own === undefined || all === undefined) return own ?? all
    return isNewer(own, all) ? own : all
  }
}
