// Refusals as the real server words them: code, reason, message and details of metav1.Status.
// The wording follows k8s.io/apimachinery/pkg/api/errors.
import type { FieldProblem } from './field-problem.ts'
import type { JsonObject } from './json.ts'
import { qualifiedName, type Resource } from './resources.ts'

export interface StatusCause extends JsonObject {
  readonly reason: string
  readonly message: string
  readonly field?: string
}

export interface StatusDetails extends JsonObject {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

interface StatusOptions {
  readonly code: number
  readonly reason: string
  readonly message: string
  readonly details?: StatusDetails
  /** The ListMeta of the Status: only the `continue` of an expired list. */
  readonly metadata?: JsonObject
}

/** A request that is refused; thrown anywhere under a request and answered as a Status object. */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly code: number
  readonly reason: string
  readonly details: StatusDetails | undefined
  readonly metadata: JsonObject
  constructor({ code, reason, message, details, metadata = {} }: StatusOptions) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
    this.metadata = metadata
  }
}

/** The Status object of a refusal. */
export function statusBody(error: StatusError): JsonObject {
  const details = error.details === undefined ? {} : { details: error.details }
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: error.metadata,
    status: 'Failure',
    message: error.message,
    ...(error.reason === '' ? {} : { reason: error.reason }),
    ...details,
    code: error.code,
  }
}

type Named = Pick<Resource, 'group' | 'plural'>

function detailsOf(resource: Named, name: string): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
  }
}

export function notFound(resource: Named, name: string): StatusError {
  return new StatusError({
    code: 404,
    reason: 'NotFound',
    message: `${qualifiedName(resource)} "${name}" not found`,
    details: detailsOf(resource, name),
  })
}

/** The path is served by nothing. */
export function noSuchPath(): StatusError {
  return new StatusError({
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  })
}

export function alreadyExists(resource: Named, name: string): StatusError {
  return new StatusError({
    code: 409,
    reason: 'AlreadyExists',
    message: `${qualifiedName(resource)} "${name}" already exists`,
    details: detailsOf(resource, name),
  })
}

export function conflict(
  resource: Named,
  name: string,
  why = 'the object has been modified; please apply your changes to the latest version and try again',
): StatusError {
  return new StatusError({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`,
    details: detailsOf(resource, name),
  })
}

export function badRequest(message: string): StatusError {
  return new StatusError({ code: 400, reason: 'BadRequest', message })
}

export function unauthorized(): StatusError {
  return new StatusError({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' })
}

export function methodNotAllowed(): StatusError {
  return new StatusError({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  })
}

export function forbidden(resource: Named, name: string, why: string): StatusError {
  const about = name === '' ? qualifiedName(resource) : `${qualifiedName(resource)} "${name}"`
  return new StatusError({
    code: 403,
    reason: 'Forbidden',
    message: `${about} is forbidden: ${why}`,
    details: detailsOf(resource, name),
  })
}

/** The place in history that the request names was thrown away. */
export function expired(message: string, metadata: JsonObject = {}): StatusError {
  return new StatusError({ code: 410, reason: 'Expired', message, metadata })
}

export interface InvalidOptions {
  readonly group: string
  readonly kind: string
  readonly name: string
}

/** 422: the object breaks a rule. Several problems are joined as the real server does. */
export function invalid(about: InvalidOptions, problems: readonly FieldProblem[]): StatusError {
  const texts = [...new Set(problems.map((each) => `${each.field}: ${each.message}`))]
  const [only = ''] = texts
  const kind = about.group === '' ? about.kind : `${about.kind}.${about.group}`
  const text = texts.length > 1 ? `[${texts.join(', ')}]` : only
  return new StatusError({
    code: 422,
    reason: 'Invalid',
    message: `${kind} "${about.name}" is invalid: ${text}`,
    details: {
      ...(about.name === '' ? {} : { name: about.name }),
      ...(about.group === '' ? {} : { group: about.group }),
      ...(about.kind === '' ? {} : { kind: about.kind }),
      causes: problems.map(({ reason, message, field }) => ({ reason, message, field })),
    },
  })
}

/** Throws 422 where there are problems. */
export function refuseInvalid(resource: Resource, name: string, problems: readonly FieldProblem[]): void {
  if (problems.length > 0) throw invalid({ group: resource.group, kind: resource.kind, name }, problems)
}

/** 500 without a reason: an error that the server has no name for. */
export function internalError(message: string): StatusError {
  return new StatusError({ code: 500, reason: '', message })
}
