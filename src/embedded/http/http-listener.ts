// Carries HTTP on a socket of this machine to a `(Request) → Response` function and back, streams included.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { TLSSocket } from 'node:tls'
import { ConnectionReset } from './faults.ts'

export interface Listener {
  readonly url: string
  readonly port: number
  /** Destroys every connection and stops listening. */
  readonly close: () => Promise<void>
}

export interface ListenOptions {
  /** 0: a free one. */
  readonly port?: number
  /** Speak HTTPS, with this pair in PEM. kubectl sends no token where a connection is not encrypted. */
  readonly tls?: { readonly certificate: string; readonly key: string }
}

const KEEP_ALIVE_MS = 180_000

/** Listens on 127.0.0.1. Rejects where the port is taken. */
export async function listen(
  fetch: (request: Request) => Promise<Response>,
  options: ListenOptions = {},
): Promise<Listener> {
  const { tls } = options
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    answer(fetch, incoming, outgoing).catch(() => outgoing.destroy())
  }
  const server =
    tls === undefined
      ? createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener)
      : createTlsServer({ keepAliveTimeout: KEEP_ALIVE_MS, cert: tls.certificate, key: tls.key }, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const scheme = tls === undefined ? 'http' : 'https'
  return { url: `${scheme}://127.0.0.1:${port}`, port, close: () => close(server) }
}

function close(server: Pick<Server, 'close' | 'closeAllConnections'>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function answer(
  fetch: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  try {
    const response = await fetch(await toRequest(incoming, gone.signal))
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    outgoing.flushHeaders()
    if (response.body !== null) await send(response.body, outgoing)
    outgoing.end()
  } catch (error) {
    // What was sent is still to arrive, so a stream is cut off behind it.
    if (outgoing.headersSent) outgoing.socket?.destroySoon()
    else if (outgoing.socket instanceof TLSSocket) outgoing.socket.destroy()
    else outgoing.socket?.resetAndDestroy()
    if (!(error instanceof ConnectionReset) && !gone.signal.aborted) throw error
  }
}

async function toRequest(incoming: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const { method = 'GET', url = '/', headers } = incoming
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const body = chunks.length === 0 ? null : Buffer.concat(chunks)
  const init = { method, headers: toHeaders(headers), signal }
  const hasBody = body !== null && method !== 'GET' && method !== 'HEAD'
  return new Request(`http://127.0.0.1${url}`, hasBody ? { ...init, body } : init)
}

function toHeaders(headers: IncomingMessage['headers']): Headers {
  const result = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    for (const each of typeof value === 'string' ? [value] : (value ?? [])) result.append(name, each)
  }
  return result
}

/** Writes a body as it comes; a client that has gone cancels it. */
async function send(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader()
  outgoing.once('close', () => void reader.cancel().catch(() => undefined))
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    if (!outgoing.write(value)) await drained(outgoing)
  }
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off('drain', done)
      outgoing.off('close', done)
      resolve()
    }
    outgoing.once('drain', done)
    outgoing.once('close', done)
  })
}
