// One request on its way through the proxy, and what a fault can do with it.
import http from 'node:http'
import https from 'node:https'
import type { ApiRequest } from './api-request.ts'

export interface Exchange {
  readonly request: ApiRequest
  /** True once it was answered, cut or handed on. */
  readonly handled: boolean
  /** Sends the request to the API server and its answer to the client; resolves when the answer has begun. */
  forward(options?: ForwardOptions): Promise<void>
  /** Answers in the API server's place with a Status. */
  answer(code: number, options?: AnswerOptions): void
  /** Cuts the connection without an answer. */
  cut(): void
}

export interface ForwardOptions {
  /** Called when the API server has answered and the client does not know yet. */
  readonly beforeAnswer?: (status: number) => Promise<void> | void
  /** Cut the connection where the answer should come. */
  readonly loseAnswer?: boolean
}

export interface AnswerOptions {
  readonly reason?: string
  readonly message?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly details?: unknown
}

interface ExchangeParts {
  readonly asked: ApiRequest
  readonly response: http.ServerResponse
  readonly upstream: Upstream
  /** Takes over the answer of a watch that was granted. */
  readonly onWatch: (response: http.IncomingMessage) => void
  /** Called with the parsed body of every list that is delivered. */
  readonly onList: (answer: unknown) => void
}

interface Upstream {
  readonly origin: string
  readonly method: string
  readonly url: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
  readonly agent: http.Agent
  readonly secure: boolean
}

export function createExchange({ asked, response, upstream, onWatch, onList }: ExchangeParts): Exchange {
  let handled = false

  function finish(status: number): void {
    asked.status = status
    asked.finished = true
  }

  function cut(): void {
    handled = true
    response.destroy()
    finish(0)
  }

  return {
    request: asked,
    get handled() {
      return handled
    },
    cut,
    answer(
      code,
      { reason = http.STATUS_CODES[code]?.replaceAll(' ', '') ?? '', message, headers = {}, details } = {},
    ) {
      handled = true
      const text = message ?? `scripted ${reason}`
      const status = {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: text,
        reason,
        details,
        code,
      }
      response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(status))
      finish(code)
    },
    async forward({ beforeAnswer, loseAnswer = false } = {}) {
      handled = true
      let answer: http.IncomingMessage
      try {
        answer = await send(upstream)
      } catch {
        return cut()
      }
      const status = answer.statusCode ?? 0
      if (asked.verb === 'watch' && status === 200) {
        asked.status = status
        return onWatch(answer)
      }
      const body = await bodyOf(answer).catch(() => undefined)
      await beforeAnswer?.(status)
      if (loseAnswer || body === undefined || response.destroyed) return cut()
      const { 'transfer-encoding': _, 'content-length': __, connection: ___, ...headers } = answer.headers
      response.writeHead(status, headers).end(body)
      if (asked.verb === 'list' && status === 200 && isJson(headers)) onList(JSON.parse(body.toString()))
      finish(status)
    },
  }
}

function send({
  origin,
  method,
  url,
  headers,
  body,
  agent,
  secure,
}: Upstream): Promise<http.IncomingMessage> {
  const { host: _, connection: __, 'accept-encoding': ___, 'transfer-encoding': ____, ...kept } = headers
  const sent = body.length === 0 ? kept : { ...kept, 'content-length': body.length }
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(
      new URL(url, origin),
      { method, headers: sent, agent },
      resolve,
    )
    request.on('error', (error) => {
      // The API server closed a kept connection in the meantime: that is between it and the proxy.
      if (request.reusedSocket) resolve(send({ origin, method, url, headers, body, agent, secure }))
      else reject(error)
    })
    request.end(body)
  })
}

function isJson(headers: http.IncomingHttpHeaders): boolean {
  return headers['content-type']?.startsWith('application/json') === true
}

async function bodyOf(answer: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  return Buffer.concat(chunks)
}
