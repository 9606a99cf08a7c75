// Answers that say no, read into an ApiError: the Status object of Kubernetes, or whatever else stood in the body.
import type { IncomingHttpHeaders } from 'node:http'
import { retryAfterMs } from '../net/retry-after.ts'
import { ApiError, type StatusCause } from './api-error.ts'
import { isRecord, parseJson } from './raw-object.ts'

/** What a Status tells, as far as we use it. */
export interface Status {
  readonly code: number
  readonly reason: string
  readonly message: string
  readonly retryAfterMs?: number
  readonly causes: readonly StatusCause[]
}

/** The Status in the body of an answer with HTTP status `code`; a proxy's own answer becomes one without words. */
export function readStatus(body: string, code: number, headers: IncomingHttpHeaders): Status {
  const status = statusOf(tryJson(body), code)
  const waitMs = retryAfterMs(headers['retry-after']) ?? status.retryAfterMs
  return waitMs === undefined ? status : { ...status, retryAfterMs: waitMs }
}

/** A Status object as a type; what is missing is filled in from the HTTP status `code`. */
export function statusOf(value: unknown, code: number): Status {
  const status = isRecord(value) ? value : {}
  const details = isRecord(status.details) ? status.details : {}
  const seconds = details.retryAfterSeconds
  return {
    code: typeof status.code === 'number' ? status.code : code,
    reason: text(status.reason) ?? 'Unknown',
    message: text(status.message) ?? `the server answered ${code}`,
    causes: Array.isArray(details.causes) ? details.causes.filter(isRecord).map(causeOf) : [],
    ...(typeof seconds === 'number' && seconds > 0 && { retryAfterMs: seconds * 1000 }),
  }
}

/** The error that says that `what` failed, for example `list /api/v1/configmaps`. */
export function apiError(what: string, status: Status): ApiError {
  return new ApiError(`Cannot ${what}: ${status.message}`, status)
}

function tryJson(body: string): unknown {
  try {
    return parseJson(body)
  } catch {
    return undefined
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function causeOf(cause: Readonly<Record<string, unknown>>): StatusCause {
  return {
    reason: text(cause.reason) ?? '',
    message: text(cause.message) ?? '',
    field: text(cause.field) ?? '',
  }
}
