// The tests' own way to the API server, as its administrator. Deliberately not the client under test.
import http from 'node:http'
import https from 'node:https'
import type { Cluster } from '../cluster.ts'
import type { StoredObject } from './json.ts'

/** The API server said no. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export interface CallOptions {
  readonly body?: unknown
  readonly contentType?: string
  readonly signal?: AbortSignal
}

export interface TestWatchEvent {
  readonly type: string
  readonly object: StoredObject & { code?: number }
}

export interface TestApi {
  /** The parsed answer; throws `ApiFailure` for everything but 2xx. */
  call<T = StoredObject>(method: string, path: string, options?: CallOptions): Promise<T>
  /** Ends when the server or `signal` ends it. */
  watch(path: string, signal: AbortSignal): AsyncGenerator<TestWatchEvent>
  close(): void
}

export function createTestApi({
  server,
  adminToken,
  ca,
}: Pick<Cluster, 'server' | 'adminToken' | 'ca'>): TestApi {
  const secure = server.startsWith('https:')
  const agent = secure ? new https.Agent({ keepAlive: true, ca }) : new http.Agent({ keepAlive: true })

  function send(method: string, path: string, options: CallOptions): Promise<http.IncomingMessage> {
    const { body, contentType = 'application/json', signal } = options
    const headers: http.OutgoingHttpHeaders = { accept: 'application/json' }
    if (adminToken !== undefined) headers.authorization = `Bearer ${adminToken}`
    if (body !== undefined) headers['content-type'] = contentType
    return new Promise((resolve, reject) => {
      const settings = { method, headers, agent, ...(signal === undefined ? {} : { signal }) }
      const request = (secure ? https : http).request(new URL(path, server), settings, resolve)
      request.on('error', (error) => {
        // A kept connection that the server closed in the meantime says nothing about the request.
        if (request.reusedSocket && !signal?.aborted) resolve(send(method, path, options))
        else reject(error)
      })
      request.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  return {
    async call<T>(method: string, path: string, options: CallOptions = {}) {
      const response = await send(method, path, options)
      const text = await textOf(response)
      const code = response.statusCode ?? 0
      if (code < 200 || code > 299)
        throw new ApiFailure(code, `${method} ${path}: ${code}: ${messageOf(text)}`)
      return JSON.parse(text) as T
    },
    async *watch(path, signal) {
      const response = await send('GET', path, { signal })
      if (response.statusCode !== 200) {
        throw new ApiFailure(response.statusCode ?? 0, `WATCH ${path}: ${messageOf(await textOf(response))}`)
      }
      for await (const line of linesOf(response)) yield JSON.parse(line) as TestWatchEvent
    },
    close: () => agent.destroy(),
  }
}

/** The lines of a body that are complete; a connection that breaks ends them like one that the server ends. */
async function* linesOf(response: http.IncomingMessage): AsyncGenerator<string> {
  let rest = ''
  response.setEncoding('utf8')
  try {
    for await (const chunk of response) {
      const parts = `${rest}${chunk}`.split('\n')
      rest = parts.pop() ?? ''
      for (const line of parts) if (line !== '') yield line
    }
  } catch {
    // Whoever reads notices that the events end, and watches anew.
  }
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  let text = ''
  response.setEncoding('utf8')
  for await (const chunk of response) text += chunk
  return text
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text
  } catch {
    return text
  }
}
