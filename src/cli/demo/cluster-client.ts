// What the demo itself asks of its API server, as a user who may do everything: requests like those of everybody else, handed
// over without a socket.
import { isObject, type Json, type JsonObject, listAt, textAt } from '../../embedded/object/json.ts'
import { resourceOf } from '../../embedded/object/resources.ts'
import { pathOf } from '../../kube/resource-path.ts'

/** One object by kind and place; no namespace for what has none. */
export interface Place {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** One event of a watch. */
export interface ClusterEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: JsonObject
}

/** Every method rejects with an Error of one line when the answer is no; reads are answered from the store of the server. */
export interface ClusterClient {
  get(place: Place): Promise<JsonObject>
  list(kind: string): Promise<readonly JsonObject[]>
  create(object: JsonObject): Promise<void>
  /** A JSON merge patch. */
  merge(place: Place, patch: JsonObject): Promise<void>
  /** What `/proxy/<path>` of a pod answers: what its containers run with. */
  askPod(place: Omit<Place, 'kind'>, path: string): Promise<Json>
  /** Every object of a kind as ADDED, then each change, until the signal aborts. */
  watch(kind: string, signal: AbortSignal): AsyncGenerator<ClusterEvent, void, undefined>
}

export interface ClusterClientOptions {
  readonly server: string
  /** Answers a request. */
  readonly fetch: (request: Request) => Promise<Response>
  readonly token: string
  readonly signal: AbortSignal
}

interface Call {
  readonly method?: string
  readonly contentType?: string
  readonly body?: JsonObject
  readonly signal?: AbortSignal
}

const USER_AGENT = 'reloader-demo'

/** A client; it contacts nobody before it is asked something. */
export function createClusterClient(options: ClusterClientOptions): ClusterClient {
  const { server, token, signal } = options
  async function send(path: string, call: Call = {}): Promise<Response> {
    const { method = 'GET', contentType = 'application/json', body } = call
    const request = new Request(`${server}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'content-type': contentType,
        'user-agent': USER_AGENT,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: call.signal ?? signal,
    })
    const response = await options.fetch(request)
    if (response.ok) return response
    const problem = await response.text()
    throw new Error(`Cannot ${method} ${path}: ${response.status} ${messageOf(problem)}`)
  }
  const json = async (path: string, call?: Call) => parse(await (await send(path, call)).text())

  return {
    get: async (place) => parseObject(await json(pathOfPlace(place))),
    list: async (kind) => listAt(await json(pathOf(resourceOf(kind), {})), 'items').filter(isObject),
    async create(object) {
      const kind = textAt(object, 'kind')
      const namespace = resourceOf(kind).namespaced
        ? textAt(object, 'metadata', 'namespace') || 'default'
        : ''
      await json(pathOf(resourceOf(kind), { namespace }), { method: 'POST', body: object })
    },
    async merge(place, patch) {
      const contentType = 'application/merge-patch+json'
      await json(pathOfPlace(place), { method: 'PATCH', contentType, body: patch })
    },
    askPod: (place, path) => json(`${pathOfPlace({ ...place, kind: 'Pod' })}/proxy/${path}`),
    async *watch(kind, until) {
      const query =
        'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
      const { body } = await send(`${pathOf(resourceOf(kind), {})}?${query}`, { signal: until })
      if (body === null) return
      // The signal of a Request is forgotten with the Request, so the stream is told itself.
      for await (const line of linesOf(body.pipeThrough(new TransformStream(), { signal: until }))) {
        const event = parseEvent(line)
        if (event !== undefined) yield event
      }
    },
  }
}

function pathOfPlace({ kind, namespace = '', name }: Place): string {
  return pathOf(resourceOf(kind), { namespace, name })
}

/** The edge where text becomes JSON. */
function parse(text: string): Json {
  return JSON.parse(text) as Json
}

function parseObject(value: Json): JsonObject {
  if (!isObject(value)) throw new TypeError('Cannot read the answer of the API server: it is no object')
  return value
}

/** Undefined for a bookmark. */
function parseEvent(line: string): ClusterEvent | undefined {
  const event = parse(line)
  const type = textAt(event, 'type')
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return undefined
  return { type, object: parseObject(isObject(event) ? (event.object ?? null) : null) }
}

function messageOf(problem: string): string {
  try {
    return textAt(parse(problem), 'message') || problem
  } catch {
    return problem
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of body) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield line
  }
}
