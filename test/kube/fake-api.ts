// An API server with one resource, in memory and behind the KubeClient interface, that can be told to fail in every way a real
// one does. No network and no clock of its own, so that tests of reflectors run in virtual time.
import { ApiError, ConnectionError } from '../../src/kube/api-error.ts'
import type { KubeClient, ListOptions, ListResult, WatchEvent, WatchOptions } from '../../src/kube/client.ts'
import type { RawObject } from '../../src/kube/raw-object.ts'
import type { Resource } from '../../src/kube/resource-path.ts'

/** How a list or watch goes wrong. `after`: how many events come before it does. */
export type Fault =
  | {
      readonly kind: 'status'
      readonly code: number
      readonly retryAfterMs?: number
      readonly after?: number
    }
  | { readonly kind: 'reset' | 'end' | 'silence' | 'half-line'; readonly after?: number }
  /** Events come again, or in the wrong order, before the watch goes on as it should. */
  | { readonly kind: 'repeat' | 'reorder'; readonly after?: number }
  /** As before Kubernetes 1.27: the events come, and the bookmark that ends them never does. */
  | { readonly kind: 'no-initial-end' }

type ObjectEvent = Exclude<WatchEvent, { type: 'BOOKMARK' }>
type Logged = ObjectEvent & { readonly version: number }

const BOOKMARK_MS = 60_000
const CONFIG_MAPS: Resource = { group: '', version: 'v1', plural: 'configmaps' }

/** The fake server. */
export class FakeApi {
  readonly resource = CONFIG_MAPS
  /** Taken one by one, each by the next request of its verb. */
  readonly faults: { list: Fault[]; watch: Fault[] } = { list: [], watch: [] }
  /** While set, every request of the verb is answered with this status. */
  readonly denied: { list?: number; watch?: number } = {}
  /** What discovery says of the resource. */
  served = true
  readonly requests: string[] = []
  openWatches = 0
  #version = 1
  #uids = 0
  #oldest = 1
  readonly #objects = new Map<string, RawObject>()
  #log: Logged[] = []
  #changed: (() => void)[] = []

  get client(): KubeClient {
    const unused = () => Promise.reject(new Error('not part of this fake'))
    return {
      server: 'http://fake',
      serves: async () => this.served,
      get: unused,
      getMetadata: unused,
      patch: unused,
      create: unused,
      update: unused,
      delete: unused,
      list: (_resource, options) => this.#list(options),
      watch: (_resource, options) => this.#watch(options),
      serverTime: () => undefined,
      close() {},
    }
  }

  /** Every object as `namespace/name=uid:resourceVersion`, sorted. */
  content(): string[] {
    return [...this.#objects.values()].map(describe).sort()
  }

  /** Writes an object; a new one if there is none of that name. */
  put(name: string, namespace = 'default'): RawObject {
    const key = `${namespace}/${name}`
    const before = this.#objects.get(key)
    const metadata = {
      name,
      namespace,
      uid: before?.metadata.uid ?? `u${++this.#uids}`,
      resourceVersion: this.#next(),
    }
    const object = { metadata }
    this.#objects.set(key, object)
    this.#record(before === undefined ? 'ADDED' : 'MODIFIED', object)
    return object
  }

  remove(name: string, namespace = 'default'): void {
    const key = `${namespace}/${name}`
    const object = this.#objects.get(key)
    if (object === undefined) return
    this.#objects.delete(key)
    this.#record('DELETED', { ...object, metadata: { ...object.metadata, resourceVersion: this.#next() } })
  }

  /** Throws the history away. */
  compact(): void {
    this.#oldest = this.#version
    this.#log = []
  }

  /** A backup is put back: the same objects under lower versions. */
  restore(): void {
    this.#version = 1
    this.#oldest = 1
    this.#log = []
    for (const [key, object] of this.#objects) {
      this.#objects.set(key, { ...object, metadata: { ...object.metadata, resourceVersion: this.#next() } })
    }
  }

  #next(): string {
    this.#version += 1
    return String(this.#version)
  }

  #record(type: ObjectEvent['type'], object: RawObject): void {
    this.#log.push({ type, object, version: this.#version })
    const waiting = this.#changed
    this.#changed = []
    for (const wake of waiting) wake()
  }

  async #list<T>({ namespace = '', reduce, signal }: ListOptions<T>): Promise<ListResult<T>> {
    this.requests.push(`list ${namespace}`.trim())
    await Promise.resolve()
    signal?.throwIfAborted()
    this.#refuse('list', this.denied.list)
    const fault = this.faults.list.shift()
    if (fault !== undefined) throw errorOf('list', fault)
    const resourceVersion = String(this.#version)
    const inScope = [...this.#objects.values()].filter(
      ({ metadata }) => namespace === '' || metadata.namespace === namespace,
    )
    const items = inScope.map(reduce).filter((item) => item !== undefined)
    return { resourceVersion, items }
  }

  async *#watch(options: WatchOptions): AsyncGenerator<WatchEvent, void, undefined> {
    this.requests.push(options.sendInitialEvents ? 'watch-list' : `watch ${options.resourceVersion}`)
    this.openWatches += 1
    try {
      await Promise.resolve()
      this.#refuse('watch', this.denied.watch)
      yield* broken(this.#events(options), this.faults.watch.shift(), options.signal)
    } finally {
      this.openWatches -= 1
    }
  }

  async *#events({ sendInitialEvents, resourceVersion, signal }: WatchOptions): AsyncGenerator<WatchEvent> {
    let at = sendInitialEvents ? this.#version : Number(resourceVersion)
    if (sendInitialEvents) {
      const initial = [...this.#objects.values()]
      for (const object of initial) yield { type: 'ADDED', object }
      yield { type: 'BOOKMARK', resourceVersion: String(at), initialEventsEnd: true }
    }
    for (;;) {
      signal?.throwIfAborted()
      if (at < this.#oldest) throw new ApiError('Cannot watch: too old', { code: 410, reason: 'Expired' })
      const next = this.#log.find(({ version }) => version > at)
      if (next !== undefined) {
        at = next.version
        yield { type: next.type, object: next.object }
      } else if (!(await this.#somethingNew(signal))) {
        yield { type: 'BOOKMARK', resourceVersion: String(at), initialEventsEnd: false }
      }
    }
  }

  /** Resolves to true when an object changes, to false when it is time for a bookmark. */
  #somethingNew(signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const end = (outcome: () => void) => {
        signal?.removeEventListener('abort', abort)
        clearTimeout(timer)
        outcome()
      }
      const abort = () => end(() => reject(signal?.reason))
      const timer = setTimeout(() => end(() => resolve(false)), BOOKMARK_MS)
      signal?.addEventListener('abort', abort, { once: true })
      this.#changed.push(() => end(() => resolve(true)))
    })
  }

  #refuse(verb: 'list' | 'watch', code: number | undefined): void {
    if (code !== undefined) throw errorOf(verb, { kind: 'status', code })
  }
}

/** An object as one comparable string. */
export function describe({
  metadata,
}: {
  metadata: { namespace?: string; name: string; uid: string; resourceVersion: string }
}): string {
  return `${metadata.namespace}/${metadata.name}=${metadata.uid}:${metadata.resourceVersion}`
}

function errorOf(verb: string, fault: Fault): Error {
  if (fault.kind !== 'status') return new ConnectionError('http://fake', fault.kind)
  const { code, retryAfterMs } = fault
  return new ApiError(`Cannot ${verb}: ${code}`, {
    code,
    reason: code === 410 ? 'Expired' : 'Unknown',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

async function* broken(
  events: AsyncGenerator<WatchEvent>,
  fault: Fault | undefined,
  signal?: AbortSignal,
): AsyncGenerator<WatchEvent, void, undefined> {
  if (fault === undefined) return yield* events
  if (fault.kind === 'no-initial-end') return yield* withoutInitialEnd(events)
  let left = fault.after ?? 0
  const seen: WatchEvent[] = []
  while (left > 0) {
    const { value, done } = await events.next()
    if (done) return
    seen.push(value)
    left -= 1
    yield value
  }
  if (fault.kind === 'repeat') yield* seen.filter(({ type }) => type !== 'BOOKMARK')
  else if (fault.kind === 'reorder') yield* seen.filter(({ type }) => type !== 'BOOKMARK').reverse()
  else if (fault.kind === 'silence') await forEver(signal)
  else if (fault.kind === 'end') return
  else throw errorOf('watch', fault)
  yield* events
}

async function* withoutInitialEnd(
  events: AsyncGenerator<WatchEvent>,
): AsyncGenerator<WatchEvent, void, undefined> {
  for await (const event of events) if (event.type !== 'BOOKMARK') yield event
}

function forEver(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
