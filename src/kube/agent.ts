// The pool of connections to one API server, straight or through a proxy.
import { type AgentOptions, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { isIP, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { bareHost, portOf } from '../net/address.ts'
import type { TlsMaterial } from './connection.ts'
import { openTunnel } from './tunnel.ts'

/** The API server closes idle connections after 90 s (Go's default in its generic server); we go first. */
const IDLE_MS = 60_000
/** Idle connections kept: as many as requests are usually in flight at once. */
const MAX_IDLE = 32

/** What a pool is made for. */
export interface PoolOptions {
  readonly server: string
  readonly tls: TlsMaterial
  readonly proxyUrl?: string | undefined
}

/** A pool of keep-alive connections. */
export function createAgent({ server, tls, proxyUrl }: PoolOptions): HttpAgent {
  const pool: AgentOptions = { keepAlive: true, maxFreeSockets: MAX_IDLE, timeout: IDLE_MS }
  const url = new URL(server)
  const secure = url.protocol === 'https:'
  const agent = secure ? new HttpsAgent({ ...pool, ...tls }) : new HttpAgent(pool)
  if (proxyUrl !== undefined) tunnelAll(agent, { url, proxyUrl, tls: secure ? tls : undefined })
  return agent
}

/** Lets a pool run dry: idle connections close now, the others when their request is done. */
export function retireAgent(agent: HttpAgent): void {
  agent.maxFreeSockets = 0
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy()
  }
}

type Connected = (error: Error | null, stream: Duplex) => void

/** Makes `agent` open every connection through the proxy. */
function tunnelAll(
  agent: HttpAgent,
  options: { url: URL; proxyUrl: string; tls: TlsMaterial | undefined },
): void {
  const target = { host: bareHost(options.url), port: portOf(options.url) }
  agent.createConnection = (_options, callback?: Connected) => {
    openTunnel(options.proxyUrl, target)
      .then((socket) => (options.tls === undefined ? socket : secured(socket, target.host, options.tls)))
      .then(
        (socket) => callback?.(null, socket),
        (error) => callback?.(error, new Socket()),
      )
    return undefined
  }
}

/** TLS to `host` inside the tunnel. Failures show as an error of the stream that is returned. */
function secured(socket: Socket, host: string, tls: TlsMaterial): Socket {
  const servername = tls.servername ?? (isIP(host) === 0 ? host : undefined)
  return connectTls({ ...tls, socket, host, ...(servername !== undefined && { servername }) })
}
