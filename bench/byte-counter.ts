// An HTTP proxy on the way to an API server that counts the bytes of requests and answers, heads without.
import { createServer, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface ByteCounter {
  /** Where to send requests instead. */
  readonly server: string
  /** Bytes of bodies so far, as they were on the wire, by method and last part of the path. */
  bytes(): ReadonlyMap<string, number>
  stop(): Promise<void>
}

/** Listens on a free port of 127.0.0.1. */
export async function startByteCounter(target: {
  readonly server: string
  readonly ca?: string | undefined
}): Promise<ByteCounter> {
  const requests = new Map<string, number>()
  const count = (request: string, chunk: Buffer) => {
    requests.set(request, (requests.get(request) ?? 0) + chunk.length)
  }
  const url = new URL(target.server)
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const proxy = createServer((incoming, answer) => {
    const { method, headers } = incoming
    const request = `${method} ${new URL(incoming.url ?? '/', url).pathname.split('/').at(-1)}`
    const to = { ca: target.ca, hostname: url.hostname, port: url.port, path: incoming.url, method }
    const outgoing = send({ ...to, headers: { ...headers, host: url.host } }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      answer.flushHeaders()
      response.on('data', (chunk: Buffer) => count(request, chunk))
      response.pipe(answer)
    })
    outgoing.on('error', () => answer.destroy())
    answer.on('close', () => outgoing.destroy())
    incoming.on('data', (chunk: Buffer) => count(request, chunk))
    incoming.pipe(outgoing)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const { port } = proxy.address() as AddressInfo
  return {
    server: `http://127.0.0.1:${port}`,
    bytes: () => new Map(requests),
    async stop() {
      proxy.closeAllConnections()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}
