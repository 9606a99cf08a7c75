// The Kubernetes client over HTTP: every request of client.ts put together, and every answer read.
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createDeadline, type Deadline } from '../net/deadline.ts'
import { FIELD_MANAGER } from '../types/workload.ts'
import { ConnectionError, isExpired } from './api-error.ts'
import type {
  CallOptions,
  DeleteOptions,
  KubeClient,
  ListOptions,
  ListResult,
  ObjectToWrite,
  PatchOptions,
  PatchType,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client.ts'
import type { Connection } from './connection.ts'
import { createDiscovery } from './discovery.ts'
import { createListSplitter } from './list-stream.ts'
import { isRecord, parseJson, parseObject, type RawObject } from './raw-object.ts'
import { type ObjectAddress, pathOf, queryOf, type Resource } from './resource-path.ts'
import { type ApiRequest, createTransport, type ResponseSeen, readText, type Transport } from './transport.ts'
import { watchEvents } from './watch-stream.ts'

/** What a client is made of. */
export interface ClientOptions {
  readonly connection: Connection
  /** `reloader/<version>`. */
  readonly userAgent: string
  /** Called for every answer, and for every request that got none. */
  readonly onResponse?: (response: ResponseSeen) => void
}

const TIMEOUT_MS = 30_000
const PAGE_SIZE = 500
const INACTIVITY_MS = 150_000

const METADATA_ONLY = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io'
const METADATA_LIST_ONLY = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
const JSON_TYPE = 'application/json'

const PATCH_CONTENT_TYPES: Readonly<Record<PatchType, string>> = {
  'strategic-merge': 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
}

/** A client; it contacts nobody before it is asked something. */
export function createClient(options: ClientOptions): KubeClient {
  return new HttpClient(options)
}

class HttpClient implements KubeClient {
  readonly server: string
  readonly serves: KubeClient['serves']
  readonly #transport: Transport

  constructor({ connection, userAgent, onResponse }: ClientOptions) {
    this.server = connection.server
    this.#transport = createTransport({ connection, userAgent, onResponse })
    this.serves = createDiscovery((path, call) => this.#call({ verb: 'get', method: 'GET', path }, call))
  }

  get(resource: Resource, address: ObjectAddress, options?: CallOptions): Promise<RawObject> {
    return this.#object({ verb: 'get', method: 'GET', path: pathOf(resource, address) }, options)
  }

  getMetadata(resource: Resource, address: ObjectAddress, options?: CallOptions): Promise<RawObject> {
    const path = pathOf(resource, address)
    return this.#object({ verb: 'get', method: 'GET', path, accept: METADATA_ONLY }, options)
  }

  async list<T>(resource: Resource, options: ListOptions<T>): Promise<ListResult<T>> {
    try {
      return await this.#pages(resource, options)
    } catch (error) {
      // A version that the server no longer knows is not known in one piece either.
      if (!isExpired(error) || options.exactVersion !== undefined) throw error
      return this.#pages(resource, { ...options, limit: 0 })
    }
  }

  async *watch(resource: Resource, options: WatchOptions): AsyncGenerator<WatchEvent, void, undefined> {
    const { inactivityMs = INACTIVITY_MS, signal } = options
    const onTimeout = (ms: number) =>
      new ConnectionError(this.server, `the watch was silent for ${ms / 1000} s`)
    const deadline = createDeadline({ signal, ms: TIMEOUT_MS, onTimeout })
    const request = watchRequest(resource, options)
    let body: IncomingMessage | undefined
    try {
      body = await this.#transport.open(request, deadline.signal)
      deadline.extend(inactivityMs)
      const what = `watch ${request.path}`
      yield* watchEvents(body, { what, onBytes: () => deadline.extend(inactivityMs) })
    } catch (error) {
      throw this.#transport.broken(error, deadline.signal)
    } finally {
      body?.destroy()
      deadline.end()
    }
  }

  patch(resource: Resource, address: ObjectAddress, options: PatchOptions): Promise<RawObject> {
    const contentType = PATCH_CONTENT_TYPES[options.type]
    const path = pathOf(resource, address)
    return this.#write({ verb: 'patch', method: 'PATCH', path, contentType }, options.body, options)
  }

  create(resource: Resource, object: ObjectToWrite, options: WriteOptions = {}): Promise<RawObject> {
    const { name, namespace = '' } = object.metadata
    const path = pathOf(resource, { namespace })
    // With a name of its own, the second of two is answered 409.
    return this.#write(
      { verb: 'create', method: 'POST', path, onlyOnce: name === undefined },
      object,
      options,
    )
  }

  update(resource: Resource, object: ObjectToWrite, options: WriteOptions = {}): Promise<RawObject> {
    const { namespace = '', name = '' } = object.metadata
    return this.#write(
      { verb: 'update', method: 'PUT', path: pathOf(resource, { namespace, name }) },
      object,
      options,
    )
  }

  async delete(resource: Resource, address: ObjectAddress, options: DeleteOptions = {}): Promise<void> {
    const { preconditions, propagationPolicy, dryRun } = options
    const body = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      preconditions,
      propagationPolicy,
      ...(dryRun && { dryRun: ['All'] }),
    }
    await this.#call(
      {
        verb: 'delete',
        method: 'DELETE',
        path: pathOf(resource, address),
        contentType: JSON_TYPE,
        body: JSON.stringify(body),
      },
      options,
    )
  }

  serverTime(): number | undefined {
    return this.#transport.serverTime()
  }

  close(): void {
    this.#transport.close()
  }

  #call(request: ApiRequest, { signal, timeoutMs = TIMEOUT_MS }: CallOptions = {}): Promise<unknown> {
    return this.#transport.call(request, {
      signal,
      timeoutMs,
      read: async (body) => parseJson(await readText(body)),
    })
  }

  async #object(request: ApiRequest, options?: CallOptions): Promise<RawObject> {
    return parseObject(await this.#call(request, options))
  }

  #write(request: ApiRequest, body: unknown, options: WriteOptions): Promise<RawObject> {
    const query = queryOf({ fieldManager: FIELD_MANAGER, dryRun: options.dryRun ? 'All' : undefined })
    const accept = options.metadataOnly ? METADATA_ONLY : JSON_TYPE
    const sent = { contentType: JSON_TYPE, accept, ...request, query, body: JSON.stringify(body) }
    return this.#object(sent, options)
  }

  async #pages<T>(resource: Resource, options: ListOptions<T>): Promise<ListResult<T>> {
    const items: T[] = []
    const keep = (json: string) => {
      const kept = options.reduce(parseObject(parseJson(json)))
      if (kept !== undefined) items.push(kept)
    }
    const { signal, timeoutMs = TIMEOUT_MS } = options
    let token: string | undefined
    for (;;) {
      const request = pageRequest(resource, options, token)
      const read = (body: Readable, deadline: Deadline) =>
        readPage(body, keep, () => deadline.extend(timeoutMs))
      const page = await this.#transport.call(request, { signal, timeoutMs, read })
      if (page.continueToken === undefined) return { resourceVersion: page.resourceVersion, items }
      token = page.continueToken
    }
  }
}

function pageRequest<T>(resource: Resource, options: ListOptions<T>, token: string | undefined): ApiRequest {
  const { namespace = '', name, labelSelector, exactVersion, limit = PAGE_SIZE } = options
  // The token says by itself which version it goes on with.
  const exact =
    exactVersion === undefined || token !== undefined
      ? {}
      : { resourceVersion: exactVersion, resourceVersionMatch: 'Exact' }
  return {
    verb: 'list',
    method: 'GET',
    path: pathOf(resource, { namespace }),
    query: queryOf({
      labelSelector,
      fieldSelector: name === undefined ? undefined : `metadata.name=${name}`,
      limit: limit === 0 ? undefined : limit,
      continue: token,
      ...exact,
    }),
    accept: options.metadataOnly ? METADATA_LIST_ONLY : JSON_TYPE,
    compressed: true,
  }
}

function watchRequest(resource: Resource, options: WatchOptions): ApiRequest {
  const { namespace = '', labelSelector, resourceVersion, timeoutSeconds } = options
  const initial = options.sendInitialEvents
    ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
    : {}
  return {
    verb: 'watch',
    method: 'GET',
    path: pathOf(resource, { namespace }),
    query: queryOf({
      watch: 'true',
      allowWatchBookmarks: 'true',
      labelSelector,
      resourceVersion,
      timeoutSeconds,
      ...initial,
    }),
    accept: options.metadataOnly ? METADATA_ONLY : JSON_TYPE,
  }
}

interface PageEnd {
  readonly resourceVersion: string
  readonly continueToken: string | undefined
}

async function readPage(
  body: Readable,
  onItem: (json: string) => void,
  onBytes: () => void,
): Promise<PageEnd> {
  const splitter = createListSplitter(onItem)
  for await (const piece of body) {
    onBytes()
    splitter.write(piece)
  }
  const list = parseJson(splitter.end())
  const metadata = isRecord(list) && isRecord(list.metadata) ? list.metadata : {}
  if (typeof metadata.resourceVersion !== 'string') throw new TypeError('the list has no resourceVersion')
  const token = metadata.continue
  return {
    resourceVersion: metadata.resourceVersion,
    continueToken: typeof token === 'string' && token !== '' ? token : undefined,
  }
}
