// What can go wrong between us and the API server, as types: an answer that says no, and no answer at all.
import { problemText } from '../types/problem-text.ts'

/** One entry of `details.causes` of a Status: which field was refused, and why. */
export interface StatusCause {
  /** CamelCase, for example `FieldValueInvalid`. */
  readonly reason: string
  readonly message: string
  /** The path of the field, for example `metadata.uid`. */
  readonly field: string
}

/** The parts of a Kubernetes Status that an `ApiError` is made of. */
export interface ApiErrorOptions {
  /** The HTTP status. */
  readonly code: number
  /** CamelCase, as the API server names it; `Unknown` where it did not. */
  readonly reason: string
  readonly retryAfterMs?: number
  readonly causes?: readonly StatusCause[]
}

/** The API server answered, and the answer is no. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: number
  readonly reason: string
  /** How long the server asks us to wait before trying again. */
  readonly retryAfterMs: number | undefined
  readonly causes: readonly StatusCause[]

  constructor(message: string, options: ApiErrorOptions) {
    super(message)
    this.code = options.code
    this.reason = options.reason
    this.retryAfterMs = options.retryAfterMs
    this.causes = options.causes ?? []
  }
}

/** No (whole) answer came: connection refused or reset, a certificate that does not fit, a timeout. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  /** The URL of the API server. */
  readonly server: string

  constructor(server: string, problem: string, options?: ErrorOptions) {
    super(`Cannot talk to the API server ${server}: ${problem}`, options)
    this.server = server
  }
}

/** We do not know where the API server is or cannot show who we are. One line that names the file or server and the cause. */
export class ConnectionProblem extends Error {
  override readonly name = 'ConnectionProblem'
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof ApiError && error.code === code
}

/** The object, or the whole API group, is not there. */
export function isNotFound(error: unknown): boolean {
  return hasCode(error, 404)
}

/** RBAC, or an admission plugin, does not allow it. */
export function isForbidden(error: unknown): boolean {
  return hasCode(error, 403)
}

/** RBAC does not allow it: the words are its own, while a quota and a namespace on its way out answer 403 in others. */
export function isDeniedByRbac(error: unknown): boolean {
  return isForbidden(error) && /\bcannot \w+ resource "/.test(problemText(error))
}

/** The credentials were not accepted. */
export function isUnauthorized(error: unknown): boolean {
  return hasCode(error, 401)
}

/** The object is not at the resourceVersion that the write was planned from. Not true for `isAlreadyExists`. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.code === 409 && error.reason !== 'AlreadyExists'
}

/** There already is an object of that name. */
export function isAlreadyExists(error: unknown): boolean {
  return error instanceof ApiError && error.code === 409 && error.reason === 'AlreadyExists'
}

/** The resourceVersion or the continue token is older than the history that the server keeps. */
export function isExpired(error: unknown): boolean {
  return (
    error instanceof ApiError && (error.code === 410 || error.reason === 'Expired' || error.reason === 'Gone')
  )
}

/** The server does not understand the request (400). */
export function isBadRequest(error: unknown): boolean {
  return hasCode(error, 400)
}

/** The object as sent is not valid (422). */
export function isInvalid(error: unknown): boolean {
  return hasCode(error, 422)
}

/** True for a 422 that names `field` as a cause: a wrong `metadata.uid` is answered so. */
export function isInvalidField(error: unknown, field: string): boolean {
  return (
    error instanceof ApiError && error.code === 422 && error.causes.some((cause) => cause.field === field)
  )
}
