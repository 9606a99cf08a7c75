// Sends HTTP requests to one API server: credentials, kept connections, deadlines and retries, and nothing of Kubernetes' paths.
import { type Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { bareHost } from '../net/address.ts'
import { createDeadline, type Deadline, untilAborted } from '../net/deadline.ts'
import { delay } from '../net/delay.ts'
import { problemText } from '../types/problem-text.ts'
import { createAgent, retireAgent } from './agent.ts'
import { ApiError, ConnectionError, ConnectionProblem } from './api-error.ts'
import type { Connection, Credentials, TlsMaterial } from './connection.ts'
import { createServerClock } from './server-clock.ts'
import { createSlots } from './slots.ts'
import { apiError, readStatus } from './status.ts'

/** One request. */
export interface ApiRequest {
  /** The word of RBAC for it: `get`, `list`, `watch`, ... */
  readonly verb: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: string
  readonly accept?: string
  readonly contentType?: string
  readonly body?: string
  /** The answer may come compressed; the server does that with large ones only. */
  readonly compressed?: boolean
  /** Sent twice, it does more than sent once: it is not repeated when a kept connection turns out to be closed. */
  readonly onlyOnce?: boolean
}

/** An answer, or the lack of one, as metrics count it. */
export interface ResponseSeen {
  readonly verb: string
  readonly method: string
  /** The HTTP status, or `<error>` (as client-go counts it) when there was no answer. */
  readonly code: string
  readonly host: string
  /** Until the headers of the answer were there. */
  readonly durationMs: number
}

/** What a transport is made of. */
export interface TransportOptions {
  readonly connection: Connection
  readonly userAgent: string
  readonly onResponse?: ((response: ResponseSeen) => void) | undefined
}

/** How to make one call. */
export interface TransportCall<T> {
  readonly signal?: AbortSignal | undefined
  /** For everything, retries included. */
  readonly timeoutMs: number
  /** Reads the body to its end; may extend the deadline. */
  readonly read: (body: Readable, deadline: Deadline) => Promise<T>
}

/** Sends requests. Errors: `ApiError`, `ConnectionError`, `ConnectionProblem`, or the reason of the signal. */
export interface Transport {
  /** The body of a 2xx answer. It ends with an error when `signal` aborts; who does not read it to the end must destroy it. */
  open(request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage>
  /** What `read` makes of a 2xx answer. Answers that name a time to try again are waited for within `timeoutMs`. */
  call<T>(request: ApiRequest, options: TransportCall<T>): Promise<T>
  /** The error of a body that broke off: the reason of `signal`, or a `ConnectionError`. */
  broken(error: unknown, signal: AbortSignal): unknown
  serverTime(): number | undefined
  close(): void
}

/** client-go gives up after as many. */
const MAX_RETRIES = 10
/** Calls at once, each on a connection of its own; watches do not count. */
const MAX_CALLS = 128
/** Enough for any Status; a proxy's error page is cut off. */
const MAX_ERROR_BODY = 64 * 1024

/** A transport without any connection yet. */
export function createTransport(options: TransportOptions): Transport {
  return new HttpTransport(options)
}

class HttpTransport implements Transport {
  readonly #connection: Connection
  readonly #userAgent: string
  readonly #onResponse: TransportOptions['onResponse']
  readonly #clock = createServerClock()
  readonly #slots = createSlots(MAX_CALLS)
  readonly #target: RequestOptions
  readonly #host: string
  readonly #basePath: string
  readonly #send: typeof httpRequest
  #pool: { readonly tls: TlsMaterial; readonly agent: Agent } | undefined

  constructor({ connection, userAgent, onResponse }: TransportOptions) {
    this.#connection = connection
    this.#userAgent = userAgent
    this.#onResponse = onResponse
    const url = new URL(connection.server)
    this.#target = { protocol: url.protocol, hostname: bareHost(url), port: url.port }
    this.#host = url.host
    this.#basePath = url.pathname.replace(/\/$/, '')
    this.#send = url.protocol === 'https:' ? httpsRequest : httpRequest
  }

  serverTime(): number | undefined {
    return this.#clock.now()
  }

  close(): void {
    if (this.#pool !== undefined) retireAgent(this.#pool.agent)
    this.#pool = undefined
  }

  broken(error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason
    if (error instanceof ApiError || error instanceof ConnectionError || error instanceof ConnectionProblem)
      return error
    return new ConnectionError(this.#connection.server, problemText(error), { cause: error })
  }

  async call<T>(request: ApiRequest, { signal, timeoutMs, read }: TransportCall<T>): Promise<T> {
    const deadline = createDeadline({ signal, ms: timeoutMs, onTimeout: (ms) => this.#timeout(ms) })
    try {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await this.#slots.run(
            async () => read(decoded(await this.open(request, deadline.signal)), deadline),
            deadline.signal,
          )
        } catch (error) {
          const waitMs = retryAfter(error)
          if (waitMs === undefined || attempt > MAX_RETRIES || waitMs >= deadline.remainingMs()) throw error
          await delay(waitMs, deadline.signal)
        }
      }
    } catch (error) {
      throw this.broken(error, deadline.signal)
    } finally {
      deadline.end()
    }
  }

  async open(request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const credentials = await untilAborted(this.#connection.credentials(), signal)
    const response = await this.#sendOnce(request, credentials, signal)
    if (response.statusCode !== 401) return this.#accepted(request, response, signal)
    response.resume()
    this.#connection.renew(credentials)
    const renewed = await untilAborted(this.#connection.credentials(), signal)
    return this.#accepted(request, await this.#sendOnce(request, renewed, signal), signal)
  }

  async #accepted(
    request: ApiRequest,
    response: IncomingMessage,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const code = response.statusCode ?? 0
    if (code >= 200 && code < 300) return response
    const body = await readText(response, MAX_ERROR_BODY).catch((error) => {
      throw this.broken(error, signal)
    })
    throw apiError(`${request.verb} ${request.path}`, readStatus(body, code, response.headers))
  }

  /** One request on the wire, or two where a kept connection turned out to be closed. */
  async #sendOnce(
    request: ApiRequest,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const startedMs = performance.now()
    const seen = (code: string) =>
      this.#onResponse?.({
        verb: request.verb,
        method: request.method,
        code,
        host: this.#host,
        durationMs: performance.now() - startedMs,
      })
    try {
      const response = await this.#exchange(request, credentials, signal)
      this.#clock.hear(response.headers.date)
      seen(String(response.statusCode))
      return response
    } catch (error) {
      seen('<error>')
      throw this.broken(error, signal)
    }
  }

  #exchange(request: ApiRequest, credentials: Credentials, signal: AbortSignal): Promise<IncomingMessage> {
    const attempt = (retry: boolean): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        const outgoing = this.#send({ ...this.#target, ...this.#toSend(request, credentials), signal })
        outgoing.on('response', resolve)
        outgoing.on('error', (error: NodeJS.ErrnoException) => {
          // The server closed a kept connection just when we used it.
          const stale = outgoing.reusedSocket && error.code === 'ECONNRESET' && !request.onlyOnce
          if (retry && stale && !signal.aborted) attempt(false).then(resolve, reject)
          else reject(error)
        })
        outgoing.end(request.body)
      })
    return attempt(true)
  }

  #toSend(request: ApiRequest, credentials: Credentials): RequestOptions {
    const headers: Record<string, string | string[]> = {
      ...credentials.headers,
      accept: request.accept ?? 'application/json',
      'user-agent': this.#userAgent,
    }
    if (request.compressed) headers['accept-encoding'] = 'gzip'
    if (request.body !== undefined) {
      headers['content-type'] = request.contentType ?? 'application/json'
      headers['content-length'] = String(Buffer.byteLength(request.body))
    }
    const query = request.query ? `?${request.query}` : ''
    return {
      method: request.method,
      path: `${this.#basePath}${request.path}${query}`,
      agent: this.#agentFor(credentials.tls),
      headers,
    }
  }

  /** One pool for as long as the TLS material stays the same. */
  #agentFor(tls: TlsMaterial): Agent {
    if (this.#pool?.tls === tls) return this.#pool.agent
    if (this.#pool !== undefined) retireAgent(this.#pool.agent)
    const { server, proxyUrl } = this.#connection
    const agent = createAgent({ server, tls, proxyUrl })
    this.#pool = { tls, agent }
    return agent
  }

  #timeout(ms: number): ConnectionError {
    return new ConnectionError(this.#connection.server, `no answer within ${ms / 1000} s`)
  }
}

/** How long the server asks to wait before the same request may succeed; undefined for every other error. */
function retryAfter(error: unknown): number | undefined {
  if (!(error instanceof ApiError)) return undefined
  return error.code === 429 || error.code === 503 ? error.retryAfterMs : undefined
}

/** The body as it was before the server compressed it. Whoever stops reading it ends the answer, too. */
function decoded(response: IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response
  const plain = createGunzip()
  // What goes wrong with either ends both, and whoever reads is told by the plain one.
  pipeline(response, plain, () => {})
  return plain
}

/** A whole body as text; of a longer one than `limit` bytes the beginning. */
export async function readText(response: Readable, limit = Number.POSITIVE_INFINITY): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= limit) break
  }
  return Buffer.concat(chunks).toString()
}
