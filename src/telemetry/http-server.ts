// Serves a function from request to answer over node:http, with a limit on everything that a client decides.
// Requests are plain data, not the global Request and Response: loading those costs 8 MiB of resident memory.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIPv6 } from 'node:net'

/** A request, as far as anybody looks at it. */
export interface HttpRequest {
  /** Upper case. */
  readonly method: string
  /** Without the query; always starts with a slash. */
  readonly path: string
  readonly query: URLSearchParams
}

/** An answer, held in memory whole. */
export interface HttpResponse {
  readonly status: number
  /** Default `text/plain; charset=utf-8`. */
  readonly contentType?: string
  readonly body: string
}

/** Answers one request. A function like this is tested by calling it. */
export type HttpAnswer = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>

/** `host` undefined = every address of the machine; port 0 = any free port. */
export interface ListenAddress {
  readonly host?: string
  readonly port: number
}

/** What a server is made of. */
export interface HttpServerOptions {
  readonly listenAddress: ListenAddress
  readonly answer: HttpAnswer
  /** Called with what `answer` threw; the client sees 500 and no detail. */
  readonly onError?: (error: unknown) => void
}

/** A server: first `listen`, then `run`. */
export interface HttpServer {
  /**
   * Starts to listen and resolves with the address, port included.
   *
   * @throws {Error} one line that names the address and the cause, for instance a port that is in use
   */
  readonly listen: () => Promise<{ readonly host: string; readonly port: number; readonly url: string }>
  /** Serves until the signal aborts; resolves when every connection is closed, at most a second later. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 15_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
} as const
const MAX_CONNECTIONS = 256
const CLOSE_MS = 1_000

/** A server that does not listen yet. GET and HEAD only: a request with a body is refused unread. */
export function createHttpServer({
  listenAddress,
  answer,
  onError = () => {},
}: HttpServerOptions): HttpServer {
  const server = createServer(LIMITS, (request, response) => {
    respond(request, response, answer).catch((error: unknown) => {
      onError(error)
      send(response, { status: 500, body: 'internal error\n' })
    })
  })
  server.maxConnections = MAX_CONNECTIONS
  server.maxRequestsPerSocket = 1_000
  return {
    listen: () => listen(server, listenAddress),
    run: (signal) => closeOnAbort(server, signal),
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: HttpAnswer,
): Promise<void> {
  const method = request.method ?? ''
  if (method !== 'GET' && method !== 'HEAD') {
    send(response, { status: 405, body: 'only GET and HEAD are answered\n' })
    return
  }
  if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined) {
    send(response, { status: 413, body: 'a request body is not read\n' })
    return
  }
  const [path = '/', search = ''] = (request.url ?? '/').split('?', 2)
  send(response, await answer({ method, path, query: new URLSearchParams(search) }))
}

function send(response: ServerResponse, { status, contentType, body }: HttpResponse): void {
  if (response.headersSent) return
  const bytes = Buffer.from(body)
  response.writeHead(status, {
    'content-type': contentType ?? 'text/plain; charset=utf-8',
    'content-length': bytes.length,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    // What a refused client still sends is not read, so its connection cannot be used again.
    ...(status === 405 || status === 413 ? { connection: 'close' } : {}),
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  })
  response.end(response.req.method === 'HEAD' ? undefined : bytes)
}

function listen(server: Server, { host, port }: ListenAddress): ReturnType<HttpServer['listen']> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Error(`Cannot listen on ${formatAddress(host ?? '', port)}: ${listenProblem(error)}`, {
          cause: error,
        }),
      )
    })
    server.listen({ ...(host === undefined ? {} : { host }), port }, () => {
      const address = server.address()
      if (address === null || typeof address === 'string') return
      const bound = { host: address.address, port: address.port }
      resolve({ ...bound, url: `http://${formatAddress(bound.host, bound.port)}` })
    })
  })
}

function listenProblem(error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') return 'the port is in use; choose another with --listen-address'
  if (error.code === 'EACCES')
    return 'the port needs a privilege; choose one above 1023 with --listen-address'
  if (error.code === 'EADDRNOTAVAIL') return 'this machine does not have that address'
  return error.message
}

function formatAddress(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
}

function closeOnAbort(server: Server, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const close = () => {
      const force = setTimeout(() => server.closeAllConnections(), CLOSE_MS)
      server.close(() => {
        clearTimeout(force)
        resolve()
      })
      server.closeIdleConnections()
    }
    if (signal.aborted) close()
    else signal.addEventListener('abort', close, { once: true })
  })
}
