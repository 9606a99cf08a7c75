// A real HTTP server that takes messages as a chat or a webhook receiver would, or fails in one of the ways such servers fail.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

/** What arrived. */
export interface Received {
  readonly method: string
  /** Path and query as they were on the request line: of a proxy, the whole URL. */
  readonly target: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/**
 * A status; a status with headers; no answer at all; a connection that is closed instead; the head of an answer whose body never
 * ends. A promise is waited for before the answer.
 */
export type Reply =
  | number
  | { readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | 'hang'
  | 'close'
  | 'half'

/** The server, until it is closed. */
export interface Receiver {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  readonly port: number
  /** What arrived, oldest first. */
  readonly received: readonly Received[]
  /** Parsed bodies of what arrived. */
  bodies(): unknown[]
  /** What everything that arrives from now on is answered. */
  reply: (message: Received, count: number) => Reply | Promise<Reply>
  close(): Promise<void>
}

/** Listens on a free port of 127.0.0.1. Answers 200 unless told otherwise. */
export async function startReceiver(
  reply: Receiver['reply'] = () => 200,
  make: (listener: RequestListener) => Server = (listener) => createServer(listener),
): Promise<Receiver> {
  const received: Received[] = []
  const server = make((request, response) => {
    readBody(request).then(
      async (body) => {
        const { method = '', url: target = '', headers } = request
        const message = { method, target, headers, body }
        received.push(message)
        answer(response, await receiver.reply(message, received.length))
      },
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    origin: `http://127.0.0.1:${port}`,
    port,
    received,
    bodies: () => received.map(({ body }) => JSON.parse(body) as unknown),
    reply,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return receiver
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return
  if (reply === 'close') {
    response.destroy()
    return
  }
  if (reply === 'half') {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('o')
    return
  }
  const { status, headers } = typeof reply === 'number' ? { status: reply, headers: {} } : reply
  response.writeHead(status, headers)
  response.end('a body with a secret in it')
}
