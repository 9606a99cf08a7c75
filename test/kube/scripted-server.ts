// A local HTTP server that answers as a test tells it, and knows which sockets are open.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** One request as it came. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** How a request is answered. */
export type Answer = (response: ServerResponse, seen: Seen) => void

/** A running server. */
export interface ScriptedServer {
  readonly url: string
  readonly seen: Seen[]
  /** Answers of the next requests, one each; then `otherwise`. */
  readonly answers: Answer[]
  otherwise: Answer
  readonly sockets: ReadonlySet<Socket>
  /** How many connections were ever made. */
  connections(): number
  stop(): Promise<void>
}

/** Answers with JSON. */
export function json(
  value: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
  }
}

/** Starts on a free port of 127.0.0.1. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  const seen: Seen[] = []
  const answers: Answer[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const scripted = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const url = new URL(request.url ?? '/', 'http://x')
    const each: Seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    }
    seen.push(each)
    const answer = answers.shift() ?? server.otherwise
    answer(response, each)
  })
  scripted.on('connection', (socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => scripted.listen(0, '127.0.0.1', resolve))
  const { port } = scripted.address() as AddressInfo
  const server: ScriptedServer = {
    url: `http://127.0.0.1:${port}`,
    seen,
    answers,
    otherwise: json({ kind: 'Status', message: 'nothing scripted' }, { status: 500 }),
    sockets,
    connections: () => connections,
    async stop() {
      scripted.closeAllConnections()
      await new Promise((resolve) => scripted.close(resolve))
    },
  }
  return server
}
