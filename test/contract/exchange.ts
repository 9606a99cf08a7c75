// One request and what came back, the same way against any API server.
import http from 'node:http'
import https from 'node:https'
import type { Cluster } from '../scenarios/cluster.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export interface Exchange {
  readonly method: string
  /** `{ns}` stands for the namespace that the case has for itself. */
  readonly path: string
  /** Sent as JSON, or as it is where it is a string. `{ns}` stands for the namespace here too. */
  readonly body?: Json
  /** Beside the token and the type of the body; a token given here replaces the admin's, `''` removes it. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Parsed where it is JSON; the events where it is a watch; else the text. */
  readonly body: Json
}

/** The headers that clients read; others are the server's own business. */
const COMPARED_HEADERS = [
  'content-type',
  'retry-after',
  'warning',
  'cache-control',
  'www-authenticate',
  'allow',
]

export type Send = (exchange: Exchange) => Promise<Answer>

/** A sender for one cluster and one namespace. */
export function senderFor(cluster: Pick<Cluster, 'server' | 'adminToken' | 'ca'>, namespace: string): Send {
  return async (exchange) => {
    const { response, text } = await request(cluster, inNamespace(exchange, namespace))
    const headers = COMPARED_HEADERS.flatMap((name): [string, string][] => {
      const value = response.headers[name]
      return value === undefined ? [] : [[name, String(value)]]
    })
    return {
      status: response.statusCode ?? 0,
      headers: Object.fromEntries(headers),
      body: parseBody(text, exchange.path.includes('watch=')),
    }
  }
}

function inNamespace(exchange: Exchange, namespace: string): Exchange {
  return JSON.parse(JSON.stringify(exchange).replaceAll('{ns}', namespace))
}

interface Reply {
  readonly response: http.IncomingMessage
  readonly text: string
}

function request(cluster: Pick<Cluster, 'server' | 'adminToken' | 'ca'>, exchange: Exchange): Promise<Reply> {
  const { method, path, body, headers = {} } = exchange
  const { authorization = `Bearer ${cluster.adminToken}`, ...others } = headers
  const sent: http.OutgoingHttpHeaders = { 'user-agent': 'contract/1.0', ...others }
  if (authorization !== '') sent.authorization = authorization
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  if (text !== undefined) {
    sent['content-type'] ??= 'application/json'
    // Without it Node sends no framing for the body of a DELETE.
    sent['content-length'] = Buffer.byteLength(text)
  }
  const url = new URL(path, cluster.server)
  const options = { method, headers: sent, ca: cluster.ca, agent: false }
  return new Promise((resolve, reject) => {
    const outgoing = url.protocol === 'https:' ? https.request(url, options) : http.request(url, options)
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      readText(response).then((text) => resolve({ response, text }), reject)
    })
    outgoing.end(text)
  })
}

async function readText(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** A watch is a list of events, however few came. */
function parseBody(text: string, lines: boolean): Json {
  try {
    if (lines && text.startsWith('{"type"'))
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    return JSON.parse(text)
  } catch {
    return text
  }
}
