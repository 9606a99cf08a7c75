// Bodies and refusals as HTTP responses.
import { ConnectionReset } from '../http/faults.ts'
import type { JsonObject } from '../object/json.ts'
import { internalError, StatusError, statusBody } from '../object/status.ts'

export function textAnswer(status: number, body: string): Response {
  return new Response(body, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

export function jsonAnswer(status: number, body: JsonObject): Response {
  const text = `${JSON.stringify(body)}\n`
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }
  return new Response(text, { status, headers })
}

/** JSON as it comes. */
export function streamAnswer(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}

/** What a thrown error is answered with. Throws a ConnectionReset on: there is nobody to answer. */
export function refusalAnswer(error: unknown): Response {
  if (error instanceof ConnectionReset) throw error
  const refused =
    error instanceof StatusError ? error : internalError(`Internal error occurred: ${String(error)}`)
  const response = jsonAnswer(refused.code, statusBody(refused))
  const { retryAfterSeconds } = refused.details ?? {}
  if (retryAfterSeconds !== undefined) response.headers.set('retry-after', String(retryAfterSeconds))
  return response
}
