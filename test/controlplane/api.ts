// The few plain requests that setting up a cluster takes. Scenarios use it too, where they look at the world themselves.
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'

/** Whom to ask, and as whom. */
export interface ApiAccess {
  /** `https://127.0.0.1:PORT` */
  readonly server: string
  /** PEM. */
  readonly ca: string
  /** No token: an anonymous request. */
  readonly token?: string
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  /** Default `application/json`; a PATCH says here which kind of patch it is. */
  readonly contentType?: string
}

/** The answer as it came: a status other than 2xx is an answer, too. `body` has the type that the caller expects of it. */
export interface ApiAnswer<T> {
  readonly status: number
  readonly body: T
}

/** Sends one request on a connection of its own. Throws only when there is no answer. */
export async function callApi<T = unknown>(
  access: ApiAccess,
  path: string,
  options: ApiRequest = {},
): Promise<ApiAnswer<T>> {
  const response = await send(access, path, options)
  const text = await textOf(response)
  const status = response.statusCode ?? 0
  return {
    status,
    body: response.headers['content-type']?.startsWith('application/json') ? JSON.parse(text) : text,
  }
}

/** The lines of a watch, each parsed, until the server or the reader ends it. Throws when the answer is not 200. */
export async function* watchApi<T>(access: ApiAccess, path: string): AsyncGenerator<T> {
  const response = await send(access, path, {})
  if (response.statusCode !== 200) {
    throw new Error(`Cannot watch ${path}: ${response.statusCode} ${await textOf(response)}`)
  }
  let rest = ''
  for await (const chunk of response.setEncoding('utf8')) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) yield JSON.parse(part)
  }
}

function send(access: ApiAccess, path: string, options: ApiRequest): Promise<IncomingMessage> {
  const { method = 'GET', body, contentType = 'application/json' } = options
  const headers: Record<string, string> = { accept: 'application/json' }
  if (access.token !== undefined) headers.authorization = `Bearer ${access.token}`
  const text = body === undefined ? '' : JSON.stringify(body)
  if (text !== '') headers['content-type'] = contentType
  // Without it Node sends the body of a DELETE unframed, and the server does not see it.
  headers['content-length'] = `${Buffer.byteLength(text)}`
  return new Promise((resolve, reject) => {
    const sent = request(`${access.server}${path}`, { method, headers, ca: access.ca, agent: false }, resolve)
    sent.once('error', (cause) => reject(new Error(`Cannot ${method} ${path}: ${cause.message}`, { cause })))
    sent.end(text)
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return text
}
