// A Kubernetes API server in this process, as a `(Request) → Response` function over a store of its own. Where it
// disagrees with the real server, the real one is right.
import { randomUUID } from 'node:crypto'
import { createLocalClient, type LocalClient } from './controllers/local-client.ts'
import type { PodFacts } from './controllers/pods/pod-facts.ts'
import { serveDefinitions } from './custom/serve-definitions.ts'
import { createAnswer, type RequestRecord, type ServerLife } from './http/answer-request.ts'
import { createFaults, type Faults } from './http/faults.ts'
import { type Listener, type ListenOptions, listen } from './http/http-listener.ts'
import { createTokens, type Tokens } from './http/rbac.ts'
import { refusalAnswer } from './request/http-answer.ts'
import { createObjectStore, type ObjectStore } from './storage/object-store.ts'
import { createWatchCache } from './storage/watch-cache.ts'

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

export interface ApiServer {
  /** Answers one request. Rejects with a ConnectionReset where a fault says that the connection breaks. */
  readonly fetch: (request: Request) => Promise<Response>
  readonly listen: (options?: ListenOptions) => Promise<Listener>
  readonly faults: Faults
  /** Objects read and written directly, as the admin. */
  readonly objects: LocalClient
  readonly store: ObjectStore
  readonly tokens: Tokens
  /** Takes what pods/proxy is answered with: the facts of a kubelet. */
  readonly servePods: (facts: PodFacts) => void
  /** Throws the watch history away, as a compaction of etcd does. */
  readonly compact: () => void
  /** What a restart of the process does: watches end, and none from before can be resumed. Connections are the listener's. */
  readonly restart: () => void
}

const FIRST_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system']

/** A server that has the four namespaces every cluster begins with and nothing else. */
export function createApiServer(options: ApiServerOptions = {}): ApiServer {
  const { now = () => new Date(), onRequest } = options
  const store = createObjectStore(options)
  const tokens = createTokens()
  const faults = createFaults()
  serveDefinitions(store, now)
  const objects = createLocalClient({ store, now, manager: 'admin' })
  for (const name of FIRST_NAMESPACES)
    objects.create({ kind: 'Namespace', apiVersion: 'v1', metadata: { name } })
  let podFacts: PodFacts | undefined
  let life: ServerLife = { cache: createWatchCache(store, options), stop: new AbortController() }

  const answer = createAnswer({
    store,
    tokens,
    faults,
    now,
    onRequest,
    life: () => life,
    podFacts: () => podFacts,
  })

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
    servePods(facts) {
      podFacts = facts
    },
    compact: () => {
      store.compact()
    },
    restart() {
      life.stop.abort()
      life = { cache: createWatchCache(store, options), stop: new AbortController() }
    },
  }
}
