// A Kubernetes API server in this process, as a `(Request) → Response` function: who asks, what for, may they, and the
// verb that answers. Where it disagrees with the real server, the real one is right.
import { randomUUID } from 'node:crypto'
import { storageKey } from './api-object.ts'
import { createObject } from './create-object.ts'
import { deleteCollection, deleteObject, parseDeleteOptions } from './delete-object.ts'
import { discover, isPublic } from './discovery.ts'
import { ConnectionReset, createFaults, type Fault, type Faults, strikeRequest } from './faults.ts'
import { type Listener, type ListenOptions, listen } from './http-listener.ts'
import type { JsonObject } from './json.ts'
import { listObjects } from './list.ts'
import { createLocalClient, type LocalClient } from './local-client.ts'
import { type Form, negotiateForm } from './negotiation.ts'
import { createObjectStore, type ObjectStore } from './object-store.ts'
import { parsePatchType, patchObject } from './patch-object.ts'
import { authorize, createTokens, type Tokens } from './rbac.ts'
import { checkMediaType, readText } from './read-body.ts'
import { parseResourceRequest, type ResourceRequest } from './request-info.ts'
import { methodNotAllowed, noSuchPath, notFound, StatusError, statusBody } from './status.ts'
import { issueToken } from './token-request.ts'
import { updateObject } from './update-object.ts'
import { createWatchCache } from './watch-cache.ts'
import { openWatch } from './watch-response.ts'
import { parseWriteOptions } from './write-options.ts'
import type { WriteRequest } from './write-request.ts'

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
  readonly user: string
  readonly request: ResourceRequest
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
    if (info === undefined) return answerPath(url.pathname, user.name)
    const struck = faults.striking(info)
    await strikeRequest(struck, request.signal)
    try {
      authorize(store, user, info)
      onRequest?.({ user: user.name, request: info, allowed: true })
    } catch (error) {
      onRequest?.({ user: user.name, request: info, allowed: false })
      throw error
    }
    const { cache, stop } = life
    const context = {
      store,
      cache,
      stop: stop.signal,
      tokens,
      now: now(),
      watchList: faults.watchList,
      struck,
    }
    const response = await perform(info, request, context)
    if (struck.some((each) => each.kind === 'resetAfter'))
      throw new ConnectionReset('Connection reset: a fault is scripted')
    return response
  }

  async function fetch(request: Request): Promise<Response> {
    const response = await answer(request).catch(refusal)
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

function answerPath(path: string, user: string): Response {
  if (!isPublic(path) && user === 'system:anonymous') throw forbiddenPath(path, user)
  const found = discover(path)
  if (found === undefined) throw noSuchPath()
  return typeof found === 'string' ? new Response(found) : json(200, found)
}

function forbiddenPath(path: string, user: string): StatusError {
  const message = `forbidden: User "${user}" cannot get path "${path}"`
  return new StatusError({ code: 403, reason: 'Forbidden', message, details: {} })
}

/** What a thrown error is answered with. Connection resets stay errors: there is nobody to answer. */
function refusal(error: unknown): Response {
  if (!(error instanceof StatusError)) throw error
  const response = json(error.code, statusBody(error))
  const { retryAfterSeconds } = error.details ?? {}
  if (retryAfterSeconds !== undefined) response.headers.set('retry-after', String(retryAfterSeconds))
  return response
}

function json(status: number, body: JsonObject): Response {
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: { 'content-type': 'application/json' },
  })
}

interface Context {
  readonly store: ObjectStore
  readonly cache: ReturnType<typeof createWatchCache>
  readonly stop: AbortSignal
  readonly tokens: Tokens
  readonly now: Date
  readonly watchList: boolean
  readonly struck: readonly Fault[]
}

function perform(info: ResourceRequest, request: Request, context: Context): Response | Promise<Response> {
  const form = negotiateForm(request.headers.get('accept'))
  switch (info.verb) {
    case 'get':
      return json(200, readOne(info, form, context.store))
    case 'list':
      return json(200, listObjects(context.store, info, form))
    case 'watch': {
      const { store, cache, watchList, struck: faults, stop } = context
      const signal = AbortSignal.any([stop, request.signal])
      const body = openWatch(info, { store, cache, form, faults, watchList, signal })
      return new Response(body, { headers: { 'content-type': 'application/json' } })
    }
    default:
      return write(info, request, { ...context, form })
  }
}

function readOne({ resource, namespace, name }: ResourceRequest, form: Form, store: ObjectStore): JsonObject {
  const found = store.get(resource, storageKey(namespace, name))
  if (found === undefined) throw notFound(resource, name)
  return form.object(found)
}

async function write(
  info: ResourceRequest,
  request: Request,
  context: Context & { readonly form: Form },
): Promise<Response> {
  const { form, store, now, tokens } = context
  const warnings: string[] = []
  const text = await readText(request)
  const options = parseWriteOptions(info, request.headers.get('user-agent') ?? '')
  const writing: WriteRequest = { store, info, now, ...options, warn: (warning) => warnings.push(warning) }
  const response = carryOut(writing, { text, contentType: request.headers.get('content-type'), form, tokens })
  for (const warning of warnings)
    response.headers.append('warning', `299 - "${warning.replaceAll('"', '\\"')}"`)
  return response
}

interface Body {
  readonly text: string
  readonly contentType: string | null
  readonly form: Form
  readonly tokens: Tokens
}

function carryOut(request: WriteRequest, body: Body): Response {
  const { verb, subresource } = request.info
  if (verb === 'patch') {
    return json(200, body.form.object(patchObject(request, parsePatchType(body.contentType), body.text)))
  }
  checkMediaType(body.contentType)
  if (verb === 'create' && subresource === 'token')
    return json(201, issueToken(request, body.tokens, body.text))
  if (verb === 'create') return json(201, body.form.object(createObject(request, body.text)))
  if (verb === 'update') {
    const { object, created } = updateObject(request, body.text)
    return json(created ? 201 : 200, body.form.object(object))
  }
  const options = parseDeleteOptions(body.text)
  return json(
    200,
    verb === 'delete' ? deleteObject(request, options).body : deletedItems(request, options, body.form),
  )
}

function deletedItems(request: WriteRequest, options: JsonObject, form: Form): JsonObject {
  const items = deleteCollection(request, options).map((each) => form.item(each))
  const metadata = { resourceVersion: String(request.store.revision()) }
  return { ...form.listHead(request.info.resource), metadata, items }
}
