// A KubeClient with a small API server in memory behind it: uids, resourceVersions and their conflicts, watches, and a place to
// put faults. No network and no clock, so that tests with it run in virtual time.
import { ApiError } from '../../src/kube/api-error.ts'
import type {
  DeleteOptions,
  KubeClient,
  ListOptions,
  ListResult,
  ObjectToWrite,
  PatchOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '../../src/kube/client.ts'
import { isRecord, type RawObject } from '../../src/kube/raw-object.ts'
import type { ObjectAddress, Resource } from '../../src/kube/resource-path.ts'
import type { ObjectMeta } from '../../src/types/object.ts'

/** One request as the fake server saw it. */
export interface FakeRequest {
  readonly verb:
    | 'serves'
    | 'get'
    | 'getMetadata'
    | 'list'
    | 'watch'
    | 'create'
    | 'update'
    | 'patch'
    | 'delete'
  /** The plural of the resource. */
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly body?: unknown
  /** Nothing is stored. */
  readonly dryRun?: true
}

/** An object to be; the server gives what is missing. */
interface ObjectShape {
  readonly metadata: Partial<ObjectMeta>
  readonly [field: string]: unknown
}

type Hook = (request: FakeRequest) => void | Promise<void>
type Logged = Exclude<WatchEvent, { type: 'BOOKMARK' }> & {
  readonly resource: string
  readonly version: number
}

/** An answer that says no. */
export function apiError(code: number, reason = 'Unknown', field?: string): ApiError {
  const causes = field === undefined ? [] : [{ reason: 'FieldValueInvalid', message: 'invalid', field }]
  return new ApiError(`the server answered ${code}`, { code, reason, causes })
}

export const FORBIDDEN = apiError(403, 'Forbidden')
export const NOT_FOUND = apiError(404, 'NotFound')
export const CONFLICT = apiError(409, 'Conflict')
export const ALREADY_EXISTS = apiError(409, 'AlreadyExists')
export const SERVER_ERROR = apiError(500, 'InternalError')

/** The server and its client in one. `before` and `after` run around each request; what they throw is the answer. */
export class FakeClient implements KubeClient {
  readonly server = 'http://fake'
  readonly requests: FakeRequest[] = []
  /** Resources that this server does not know. */
  readonly unserved = new Set<string>()
  before: Hook = () => {}
  /** The write has happened; an error from here is an answer that was lost. */
  after: Hook = () => {}
  timeMs: number | undefined = Date.parse('2026-03-01T12:00:00Z')
  #version = 100
  readonly #objects = new Map<string, RawObject>()
  readonly #log: Logged[] = []
  #waiting: (() => void)[] = []

  /** Writes as somebody else would: a uid and a resourceVersion are given, nothing is checked. */
  put(plural: string, object: ObjectShape): RawObject {
    const { name = '', namespace = '' } = object.metadata
    const before = this.#objects.get(keyOf(plural, { namespace, name }))
    const resourceVersion = this.#next()
    const uid = before?.metadata.uid ?? `uid-${resourceVersion}`
    const written: RawObject = {
      ...object,
      metadata: { uid, ...object.metadata, name, namespace, resourceVersion },
    }
    this.#objects.set(keyOf(plural, { namespace, name }), written)
    this.#tell({ resource: plural, type: before === undefined ? 'ADDED' : 'MODIFIED', object: written })
    return written
  }

  remove(plural: string, address: ObjectAddress): void {
    const object = this.#objects.get(keyOf(plural, address))
    if (object === undefined) return
    this.#objects.delete(keyOf(plural, address))
    const metadata = { ...object.metadata, resourceVersion: this.#next() }
    this.#tell({ resource: plural, type: 'DELETED', object: { ...object, metadata } })
  }

  object(plural: string, address: ObjectAddress): RawObject | undefined {
    return this.#objects.get(keyOf(plural, address))
  }

  /** The requests of these verbs, each as `verb resource name`. */
  requested(...verbs: readonly FakeRequest['verb'][]): readonly string[] {
    return this.requests
      .filter(({ verb }) => verbs.includes(verb))
      .map(({ verb, resource, name }) => `${verb} ${resource} ${name}`.trim())
  }

  serves({ plural }: Resource): Promise<boolean> {
    const request = { verb: 'serves', resource: plural, namespace: '', name: '' } as const
    return this.#answer(request, () => !this.unserved.has(plural))
  }

  get({ plural }: Resource, address: ObjectAddress): Promise<RawObject> {
    return this.#answer({ verb: 'get', resource: plural, ...address }, () => this.#present(plural, address))
  }

  getMetadata({ plural }: Resource, address: ObjectAddress): Promise<RawObject> {
    const request = { verb: 'getMetadata', resource: plural, ...address } as const
    return this.#answer(request, () => ({ metadata: this.#present(plural, address).metadata }))
  }

  list<T>({ plural }: Resource, options: ListOptions<T>): Promise<ListResult<T>> {
    const { namespace = '', name = '', labelSelector, metadataOnly, reduce, signal } = options
    return this.#answer({ verb: 'list', resource: plural, namespace, name }, () => {
      signal?.throwIfAborted()
      const items = [...this.#objectsAt(options.exactVersion)].flatMap(([key, object]) => {
        const named = name === '' || object.metadata.name === name
        const listed = named && key.startsWith(`${plural}/${namespace}`) && isSelected(object, labelSelector)
        return (listed ? reduce(metadataOnly ? { metadata: object.metadata } : object) : undefined) ?? []
      })
      return { resourceVersion: String(this.#version), items }
    })
  }

  async *watch({ plural }: Resource, options: WatchOptions): AsyncGenerator<WatchEvent, void, undefined> {
    const { namespace = '', labelSelector, resourceVersion, sendInitialEvents, signal } = options
    await this.#answer({ verb: 'watch', resource: plural, namespace, name: '' }, () => undefined)
    let at = sendInitialEvents ? this.#version : Number(resourceVersion)
    if (sendInitialEvents) {
      for (const [key, object] of [...this.#objects]) {
        const listed = key.startsWith(`${plural}/${namespace}`) && isSelected(object, labelSelector)
        if (listed) yield { type: 'ADDED', object }
      }
      yield { type: 'BOOKMARK', resourceVersion: String(at), initialEventsEnd: true }
    }
    for (;;) {
      signal?.throwIfAborted()
      const next = this.#log.find(({ resource, version }) => resource === plural && version > at)
      if (next === undefined) await this.#somethingNew(signal)
      else {
        at = next.version
        if (namespace === '' || next.object.metadata.namespace === namespace) yield next
      }
    }
  }

  create({ plural }: Resource, object: ObjectToWrite, { dryRun }: WriteOptions = {}): Promise<RawObject> {
    const { name = '', namespace = '' } = object.metadata
    const request = { verb: 'create', resource: plural, namespace, name, body: object } as const
    return this.#answer(dryRun ? { ...request, dryRun } : request, () => {
      if (this.#objects.has(keyOf(plural, { namespace, name }))) throw ALREADY_EXISTS
      if (dryRun) return { ...object, metadata: { uid: '', resourceVersion: '', ...object.metadata, name } }
      return this.put(plural, { ...object })
    })
  }

  update({ plural }: Resource, object: ObjectToWrite): Promise<RawObject> {
    const { name = '', namespace = '', resourceVersion } = object.metadata
    return this.#answer({ verb: 'update', resource: plural, namespace, name, body: object }, () => {
      const present = this.#present(plural, { namespace, name })
      if (resourceVersion !== undefined && present.metadata.resourceVersion !== resourceVersion)
        throw CONFLICT
      return this.put(plural, { ...object })
    })
  }

  patch({ plural }: Resource, address: ObjectAddress, { body }: PatchOptions): Promise<RawObject> {
    return this.#answer({ verb: 'patch', resource: plural, ...address, body }, () => {
      const present = this.#present(plural, address)
      const { uid, resourceVersion, generation = 0 } = present.metadata
      const { metadata, ...patch } = isRecord(body) ? body : {}
      const named = isRecord(metadata) ? metadata : {}
      if ((named.uid ?? uid) !== uid) throw apiError(422, 'Invalid', 'metadata.uid')
      if ((named.resourceVersion ?? resourceVersion) !== resourceVersion) throw CONFLICT
      const merged = mergeObjects(present, patch)
      return this.put(plural, { ...merged, metadata: { ...present.metadata, generation: generation + 1 } })
    })
  }

  delete({ plural }: Resource, address: ObjectAddress, options: DeleteOptions = {}): Promise<void> {
    const { namespace, name } = address
    return this.#answer({ verb: 'delete', resource: plural, namespace, name, body: options }, () => {
      const { metadata } = this.#present(plural, address)
      const { uid = metadata.uid, resourceVersion = metadata.resourceVersion } = options.preconditions ?? {}
      if (uid !== metadata.uid || resourceVersion !== metadata.resourceVersion) throw CONFLICT
      this.remove(plural, address)
    })
  }

  serverTime(): number | undefined {
    return this.timeMs
  }

  close(): void {}

  async #answer<T>(request: FakeRequest, carryOut: () => T): Promise<T> {
    this.requests.push(request)
    await this.before(request)
    const answer = carryOut()
    await this.after(request)
    return answer
  }

  #objectsAt(version: string | undefined): ReadonlyMap<string, RawObject> {
    if (version === undefined) return this.#objects
    const objects = new Map<string, RawObject>()
    for (const event of this.#log.filter((each) => each.version <= Number(version))) {
      const { namespace = '', name } = event.object.metadata
      if (event.type === 'DELETED') objects.delete(keyOf(event.resource, { namespace, name }))
      else objects.set(keyOf(event.resource, { namespace, name }), event.object)
    }
    return objects
  }

  #present(plural: string, address: ObjectAddress): RawObject {
    const object = this.#objects.get(keyOf(plural, address))
    if (object === undefined) throw NOT_FOUND
    return object
  }

  #next(): string {
    this.#version += 1
    return String(this.#version)
  }

  #tell(event: Omit<Logged, 'version'>): void {
    this.#log.push({ ...event, version: this.#version })
    for (const wake of this.#waiting.splice(0)) wake()
  }

  #somethingNew(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.push(wake)
      signal?.addEventListener('abort', wake, { once: true })
    })
  }
}

function keyOf(plural: string, { namespace, name }: ObjectAddress): string {
  return `${plural}/${namespace}/${name}`
}

function isSelected({ metadata }: RawObject, selector: string | undefined): boolean {
  const [label = '', value] = selector?.split('=') ?? []
  return selector === undefined || metadata.labels?.[label] === value
}

type Fields = Readonly<Record<string, unknown>>

/** The part of a strategic merge that our patches use: objects field by field, lists of named objects by name. */
function mergeObjects(present: Fields, patch: Fields): Fields {
  const merged = Object.entries(patch).map(([key, value]) => [key, mergeValues(present[key], value)] as const)
  return Object.fromEntries(Object.entries({ ...present, ...Object.fromEntries(merged) }).filter(isThere))
}

function isThere([, value]: readonly [string, unknown]): boolean {
  return value !== null
}

function mergeValues(present: unknown, patch: unknown): unknown {
  if (Array.isArray(patch)) return mergeLists(Array.isArray(present) ? present : [], patch.filter(isRecord))
  return isRecord(patch) ? mergeObjects(isRecord(present) ? present : {}, patch) : patch
}

function mergeLists(present: readonly unknown[], patch: readonly Fields[]): readonly unknown[] {
  const items = new Map(present.filter(isRecord).map((item) => [item.name, item]))
  for (const item of patch) {
    if (item.$patch === 'delete') items.delete(item.name)
    else items.set(item.name, mergeObjects(items.get(item.name) ?? {}, item))
  }
  return [...items.values()]
}
