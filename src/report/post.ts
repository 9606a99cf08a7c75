// One POST over HTTP within a time limit, straight or through a proxy. No connection is kept, and of a URL nothing but its origin
// is ever told: the rest of it, and whatever the other side answers, may hold a secret.
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP, type Socket } from 'node:net'
import { finished } from 'node:stream/promises'
import { connect as connectTls } from 'node:tls'
import { bareHost, portOf } from '../net/address.ts'
import { createDeadline } from '../net/deadline.ts'
import { problemText } from '../types/problem-text.ts'
import { PostError } from './post-error.ts'

/** What is sent, and where to. */
export interface Message {
  /** http or https; user and password in it become basic authentication. */
  readonly url: URL
  readonly contentType: string
  readonly body: string
}

/**
 * Resolves once the other side has taken the message: it answered with a status from 200 to 299.
 * Rejects with a `PostError`, or with the reason of `signal`.
 */
export type Post = (message: Message, signal: AbortSignal) => Promise<void>

/** A proxy on the way. */
export interface ProxyServer {
  readonly url: URL
  /** A connection to the target that the proxy hands through; what is not plain HTTP goes there. */
  readonly openTunnel: (
    target: { readonly host: string; readonly port: number },
    options: { readonly signal: AbortSignal },
  ) => Promise<Socket>
}

/** How messages are sent. */
export interface PostOptions {
  /** For everything from connecting to the end of the answer, redirects included. Default 10,000. */
  readonly timeoutMs?: number
  readonly proxy?: ProxyServer
  /** How many redirects (301, 302, 307, 308) are followed, with the same POST; never from https to http. Default 0. */
  readonly maxRedirects?: number
}

interface Answer {
  readonly status: number
  readonly retryAfter?: string | undefined
  readonly location?: string | undefined
}

const DEFAULT_TIMEOUT_MS = 10_000
/** Connections at once to one host; what comes on top waits, within its time limit. */
const MAX_CONNECTIONS = 32
const REDIRECTS: readonly number[] = [301, 302, 307, 308]

/** A sender that holds nothing but the connections of messages under way. */
export function createPost({
  timeoutMs = DEFAULT_TIMEOUT_MS,
  proxy,
  maxRedirects = 0,
}: PostOptions = {}): Post {
  const send = proxy === undefined ? sendStraight() : sendThrough(proxy)

  async function exchange(message: Message, signal: AbortSignal): Promise<void> {
    let { url } = message
    for (let redirects = 0; ; redirects += 1) {
      const answer = await answerOf(await send({ ...message, url }, signal), message.body)
      if (answer.status >= 200 && answer.status < 300) return
      const next = redirects < maxRedirects ? redirectOf(url, answer) : undefined
      if (next === undefined) throw new PostError(url, answer)
      url = next
    }
  }

  return async function post(message, signal) {
    signal.throwIfAborted()
    const onTimeout = (ms: number) => new Error(`no answer within ${ms / 1_000} s`)
    const deadline = createDeadline({ signal, ms: timeoutMs, onTimeout })
    try {
      await exchange(message, deadline.signal)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (error instanceof PostError) throw error
      const problem = problemText(deadline.signal.aborted ? deadline.signal.reason : error)
      throw new PostError(message.url, problem, { cause: error })
    } finally {
      deadline.end()
    }
  }
}

type Send = (message: Message, signal: AbortSignal) => ClientRequest | Promise<ClientRequest>

function sendStraight(): Send {
  const http = new HttpAgent({ maxSockets: MAX_CONNECTIONS })
  const https = new HttpsAgent({ maxSockets: MAX_CONNECTIONS })
  return (message, signal) =>
    message.url.protocol === 'https:'
      ? httpsRequest(message.url, { ...headOf(message), agent: https, signal })
      : httpRequest(message.url, { ...headOf(message), agent: http, signal })
}

/** As Go does it: an HTTP proxy is asked for an http URL itself, and for a tunnel to everything else. */
function sendThrough(proxy: ProxyServer): Send {
  const { protocol } = proxy.url
  const forwards = protocol === 'http:' || protocol === 'https:'
  return (message, signal) =>
    forwards && message.url.protocol === 'http:'
      ? sendForwarded(proxy.url, message, signal)
      : sendTunnelled(proxy, message, signal)
}

function sendForwarded(proxy: URL, message: Message, signal: AbortSignal): ClientRequest {
  const { url } = message
  const head = headOf(message)
  const proxyLogin = loginOf(proxy)
  const request = proxy.protocol === 'https:' ? httpsRequest : httpRequest
  return request({
    ...head,
    host: bareHost(proxy),
    port: portOf(proxy),
    path: `${url.origin}${url.pathname}${url.search}`,
    auth: loginOf(url),
    headers: {
      ...head.headers,
      host: url.host,
      ...(proxyLogin !== undefined && {
        'proxy-authorization': `Basic ${Buffer.from(proxyLogin).toString('base64')}`,
      }),
    },
    agent: false,
    signal,
  })
}

async function sendTunnelled(
  proxy: ProxyServer,
  message: Message,
  signal: AbortSignal,
): Promise<ClientRequest> {
  const { url } = message
  const host = bareHost(url)
  const socket = await proxy.openTunnel({ host, port: portOf(url) }, { signal })
  if (url.protocol === 'http:') {
    return httpRequest(url, { ...headOf(message), createConnection: () => socket, signal })
  }
  const servername = isIP(host) === 0 ? { servername: host } : {}
  const createConnection = () => connectTls({ socket, host, ...servername })
  return httpsRequest(url, { ...headOf(message), createConnection, signal })
}

function headOf({ contentType, body }: Message) {
  return {
    method: 'POST',
    headers: {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
      'user-agent': 'reloader',
      connection: 'close',
    },
  }
}

/** The status stands once it is there: what comes after it is read and forgotten, and may fail. */
async function answerOf(request: ClientRequest, body: string): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', reject)
    request.end(body)
  })
  await finished(response.resume()).catch(() => {})
  const { statusCode = 0, headers } = response
  return { status: statusCode, retryAfter: headers['retry-after'], location: headers.location }
}

function redirectOf(from: URL, { status, location }: Answer): URL | undefined {
  if (!REDIRECTS.includes(status) || location === undefined || !URL.canParse(location, from.href))
    return undefined
  const to = new URL(location, from)
  return to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:') ? to : undefined
}

function loginOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
}
