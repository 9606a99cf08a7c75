// A TCP connection to a server through a proxy: HTTP CONNECT (RFC 9110 9.3.6) or SOCKS 5 (RFC 1928, 1929).
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import { bareHost, portOf } from '../net/address.ts'
import { problemText } from '../types/problem-text.ts'

/** Where a tunnel leads. */
export interface TunnelTarget {
  readonly host: string
  readonly port: number
}

const TIMEOUT_MS = 30_000

/** What ends the attempt early; an open tunnel belongs to whom it was opened for. */
export interface TunnelOptions {
  readonly signal?: AbortSignal | undefined
}

/** Opens a connection to `target` through `proxyUrl`. Rejects with an Error that names the proxy but no password. */
export function openTunnel(
  proxyUrl: string,
  target: TunnelTarget,
  options: TunnelOptions = {},
): Promise<Socket> {
  const proxy = new URL(proxyUrl)
  if (proxy.protocol === 'http:' || proxy.protocol === 'https:') return openHttpTunnel(proxy, target, options)
  if (proxy.protocol === 'socks5:' || proxy.protocol === 'socks5h:')
    return openSocksTunnel(proxy, target, options)
  return Promise.reject(
    new Error(`the proxy ${proxy.protocol}//${proxy.host} is neither http, https nor socks5`),
  )
}

function userOf(proxy: URL): string | undefined {
  if (proxy.username === '') return undefined
  return `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
}

function openHttpTunnel(
  proxy: URL,
  { host, port }: TunnelTarget,
  { signal }: TunnelOptions,
): Promise<Socket> {
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const user = userOf(proxy)
  const send = proxy.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the proxy ${proxy.host} opened no tunnel: ${why}`))
    const request = send({
      host: bareHost(proxy),
      port: portOf(proxy),
      method: 'CONNECT',
      path: authority,
      agent: false,
      timeout: TIMEOUT_MS,
      signal,
      headers: {
        host: authority,
        ...(user !== undefined && { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` }),
      },
    })
    request.on('connect', (response, socket: Socket) => {
      socket.setTimeout(0)
      if (response.statusCode === 200) return resolve(socket)
      socket.destroy()
      fail(`it answered ${response.statusCode}`)
    })
    request.on('response', (response) => {
      response.destroy()
      fail(`it answered ${response.statusCode}`)
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
    request.on('error', (error) => fail(error.message))
    request.end()
  })
}

async function openSocksTunnel(proxy: URL, target: TunnelTarget, { signal }: TunnelOptions): Promise<Socket> {
  const socket = connect({ host: bareHost(proxy), port: Number(proxy.port || 1080), signal })
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
  try {
    await handshake(socket, { user: userOf(proxy), target })
    socket.setTimeout(0)
    return socket
  } catch (error) {
    socket.destroy()
    throw new Error(`the proxy ${proxy.host} opened no tunnel: ${problemText(error)}`, { cause: error })
  }
}

const SOCKS_VERSION = 5
const NO_LOGIN = 0
const PASSWORD = 2
const CONNECT = 1
const DOMAIN_NAME = 3
/** The rest of a reply by its kind of address: how many bytes after the first four. For a name its length byte counts. */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 4: 16 }

async function handshake(
  socket: Socket,
  { user, target }: { user: string | undefined; target: TunnelTarget },
): Promise<void> {
  socket.write(Buffer.from([SOCKS_VERSION, 1, user === undefined ? NO_LOGIN : PASSWORD]))
  const [, method] = await readBytes(socket, 2)
  if (method === PASSWORD && user !== undefined) await logIn(socket, user)
  else if (method !== NO_LOGIN) throw new Error('it accepts none of our ways to log in')
  const host = Buffer.from(target.host)
  const port = Buffer.alloc(2)
  port.writeUInt16BE(target.port)
  socket.write(
    Buffer.concat([Buffer.from([SOCKS_VERSION, CONNECT, 0, DOMAIN_NAME, host.length]), host, port]),
  )
  const [, status, , kind = 0] = await readBytes(socket, 4)
  if (status !== 0) throw new Error(`it answered with code ${status}`)
  const length = ADDRESS_BYTES[kind] ?? (await readBytes(socket, 1))[0] ?? 0
  await readBytes(socket, length + 2)
}

async function logIn(socket: Socket, user: string): Promise<void> {
  const colon = user.indexOf(':')
  const [name, password] = [Buffer.from(user.slice(0, colon)), Buffer.from(user.slice(colon + 1))]
  socket.write(Buffer.concat([Buffer.from([1, name.length]), name, Buffer.from([password.length]), password]))
  const [, status] = await readBytes(socket, 2)
  if (status !== 0) throw new Error('it refused user or password')
}

/** Takes exactly `count` bytes and leaves what follows to the next reader. */
function readBytes(socket: Socket, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const finish = (outcome: () => void) => {
      socket.off('readable', look).off('error', fail).off('end', ended)
      outcome()
    }
    const fail = (error: Error) => finish(() => reject(error))
    const ended = () => finish(() => reject(new Error('it closed the connection')))
    const look = () => {
      const bytes: Buffer | null = socket.read(count)
      if (bytes?.length === count) finish(() => resolve(bytes))
    }
    socket.on('readable', look).on('error', fail).on('end', ended)
    look()
  })
}
