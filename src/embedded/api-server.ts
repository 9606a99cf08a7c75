// A Kubernetes API server in this process, as a `(Request) → Response` function: who asks, what for, may they, and the
// verb that answers. Where it disagrees with the real server, the real one is right.
import { randomUUID } from 'node:crypto'
import { answerRead } from './answer-read.ts'
import { answerWrite } from './answer-write.ts'
import { discover, isWithinApi } from './discovery.ts'
import { ConnectionReset, createFaults, type Fault, type Faults, strikeRequest } from './faults.ts'
import { jsonAnswer, refusalAnswer, textAnswer } from './http-answer.ts'
import { type Listener, type ListenOptions, listen } from './http-listener.ts'
import { createLocalClient, type LocalClient } from './local-client.ts'
import { createObjectStore, type ObjectStore } from './object-store.ts'
import { authorize, createTokens, mayReadPath, type Tokens, type User } from './rbac.ts'
import { parseResourceRequest, type ResourceRequest, type Verb } from './request-info.ts'
import { methodNotAllowed, noSuchPath, StatusError } from './status.ts'
import { createWatchCache } from './watch-cache.ts'

export interface ApiServerOptions {
  /** The clock of the server: timestamps and the Date header. */
  readonly now?: () => Date
  /** How many changes of each resource a watch can go back; default 10,000. */
  readonly historyLimit?: number
  /** How often a watch gets a bookmark; default one minute, as the real server. */
  readonly bookmarkIntervalMs?: number
  /** Hears every resource request once it is authorized or refused, for tests that count them. */
  readonly onRequest?: (request: RequestRecord) => void
}

/** One request, as an audit log would have it. */
export interface RequestRecord {
  readonly user: User
  readonly info: ResourceRequest
  readonly allowed: boolean
}

export interface ApiServer {
  /** Answers one request. Rejects with a ConnectionReset where a fault says that the connection breaks. */
  readonly fetch: (request: Request) => Promise<Response>
  readonly listen: (options?: ListenOptions) => Promise<Listener>
  readonly faults: Faults
  /** Objects read and written directly, as the admin. */
  readonly objects: LocalClient
  readonly store: ObjectStore
  readonly tokens: Tokens
  /** Throws the watch history away, as a compaction of etcd does. */
  readonly compact: () => void
  /** What a restart of the process does: watches end, and none from before can be resumed. Connections are the listener's. */
  readonly restart: () => void
}

/** A server that has the four namespaces every cluster begins with and nothing else. */
export function createApiServer(options: ApiServerOptions = {}): ApiServer {
  const { now = () => new Date(), onRequest } = options
  const store = createObjectStore(options)
  const tokens = createTokens()
  const faults = createFaults()
  const objects = createLocalClient({ store, now, manager: 'admin' })
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) {
    objects.create({ kind: 'Namespace', apiVersion: 'v1', metadata: { name } })
  }
  let life = { cache: createWatchCache(store, options), stop: new AbortController() }

  async function answer(request: Request): Promise<Response> {
    const url = new URL(request.url)
    const user = tokens.authenticate(request.headers.get('authorization'))
    const info = parseResourceRequest(request.method, url)
    if (info === 'method') throw methodNotAllowed()
    return info === undefined ? answerPath(url.pathname, user) : answerResource(request, { info, user })
  }

  async function answerResource(request: Request, asked: Omit<RequestRecord, 'allowed'>): Promise<Response> {
    const { info, user } = asked
    const struck = faults.striking(info)
    await strikeRequest(struck, request.signal)
    const refusal = authorize(store, user, info)
    onRequest?.({ ...asked, allowed: refusal === undefined })
    if (refusal !== undefined) throw refusal
    const response = await perform(request, info, struck)
    if (!struck.some((each) => each.kind === 'resetAfter')) return response
    throw new ConnectionReset('Connection reset: a fault is scripted')
  }

  function perform(
    request: Request,
    info: ResourceRequest,
    struck: readonly Fault[],
  ): Response | Promise<Response> {
    if (!READS.includes(info.verb)) return answerWrite(info, request, { store, tokens, now: now() })
    const { cache, stop } = life
    const signal = AbortSignal.any([stop.signal, request.signal])
    const context = { store, cache, faults: struck, watchList: faults.watchList, signal }
    return answerRead(info, request.headers.get('accept'), context)
  }

  async function fetch(request: Request): Promise<Response> {
    const response = await answer(request).catch(refusalAnswer)
    response.headers.set('date', now().toUTCString())
    response.headers.set('audit-id', randomUUID())
    response.headers.set('cache-control', 'no-cache, private')
    return response
  }

  return {
    fetch,
    listen: (listenOptions) => listen(fetch, listenOptions),
    faults,
    objects,
    store,
    tokens,
    compact: () => {
      store.compact()
    },
    restart() {
      life.stop.abort()
      life = { cache: createWatchCache(store, options), stop: new AbortController() }
    },
  }
}

const READS: readonly Verb[] = ['get', 'list', 'watch']

function answerPath(path: string, user: User): Response {
  if (!mayReadPath(user, path)) throw forbiddenPath(path, user)
  const found = discover(path)
  if (found === undefined && isWithinApi(path)) throw noSuchPath()
  if (found === undefined) return textAnswer(404, '404 page not found\n')
  return typeof found === 'string' ? textAnswer(200, found) : jsonAnswer(200, found)
}

function forbiddenPath(path: string, { name }: User): StatusError {
  const message = `forbidden: User "${name}" cannot get path "${path}"`
  return new StatusError({ code: 403, reason: 'Forbidden', message, details: {} })
}
