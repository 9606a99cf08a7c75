// Stands between one controller process and the API server: notes every request and every watch event that passes, and
// does to them what a scenario asks for. The same faults therefore hit the controller on every kind of cluster.
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Cluster } from '../cluster.ts'
import { type ApiRequest, matches, parseApiRequest, type RequestMatch } from './api-request.ts'
import { createDeliveries, type Deliveries } from './deliveries.ts'
import { createExchange, type Exchange } from './exchange.ts'
import { createWatchStream, type WatchStream } from './watch-stream.ts'

/** Handles one request: answers it, cuts it or hands it on. Returning without any of these hands it on. */
export type Fault = (exchange: Exchange) => Promise<void> | void

export interface ApiProxy {
  readonly server: string
  /** Every request so far, in order of arrival. */
  readonly requests: readonly ApiRequest[]
  readonly deliveries: Deliveries
  /** The watches that are open now. */
  readonly watches: ReadonlySet<WatchStream>
  requestsLike(match: RequestMatch): ApiRequest[]
  /** From now on `fault` handles requests like `match`, until the returned function is called; the newest fault first. */
  onRequest(match: RequestMatch, fault: Fault): () => void
  close(): Promise<void>
}

export interface ApiProxyOptions {
  /** Speaks for every client in this name: client-go sends no token over plain HTTP. */
  readonly token?: string
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startApiProxy(
  cluster: Pick<Cluster, 'server' | 'ca'>,
  { token }: ApiProxyOptions = {},
): Promise<ApiProxy> {
  const requests: ApiRequest[] = []
  const faults: { readonly match: RequestMatch; readonly fault: Fault }[] = []
  const watches = new Set<WatchStream>()
  const deliveries = createDeliveries()
  const secure = cluster.server.startsWith('https:')
  const agent = secure
    ? new https.Agent({ keepAlive: true, ca: cluster.ca })
    : new http.Agent({ keepAlive: true })

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    const { method = 'GET', url = '/' } = request
    const headers =
      token === undefined ? request.headers : { ...request.headers, authorization: `Bearer ${token}` }
    const { accept = '', 'content-type': contentType = '' } = headers
    const asked = parseApiRequest({
      method,
      url,
      accept,
      contentType,
      body: body.toString(),
      sequence: requests.length,
    })
    requests.push(asked)
    const exchange = createExchange({
      asked,
      response,
      upstream: { origin: cluster.server, method, url, headers, body, agent, secure },
      onWatch(upstreamResponse) {
        const stream = createWatchStream({ asked, response, upstreamResponse, deliveries })
        watches.add(stream)
        void stream.ended.then(() => watches.delete(stream))
      },
      onList: (answer) => deliveries.noteList(asked, answer),
    })
    for (const { match, fault } of [...faults].reverse()) {
      if (!exchange.handled && matches(asked, match)) await fault(exchange)
    }
    if (!exchange.handled) await exchange.forward()
  }

  const server = http.createServer((request, response) => {
    response.on('error', () => {})
    serve(request, response).catch(() => response.destroy())
  })
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    server: `http://127.0.0.1:${port}`,
    requests,
    deliveries,
    watches,
    requestsLike: (match) => requests.filter((request) => matches(request, match)),
    onRequest(match, fault) {
      const entry = { match, fault }
      faults.push(entry)
      return () => {
        if (faults.includes(entry)) faults.splice(faults.indexOf(entry), 1)
      }
    },
    close() {
      agent.destroy()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

/** Bytes, not text: client-go sends protobuf. */
async function bodyOf(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}
