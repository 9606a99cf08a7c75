// What every write needs: the request with its options, and the body read as a typed object of the requested kind.
import { type ApiObject, withMetadata } from './api-object.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import type { ObjectStore } from './object-store.ts'
import type { ResourceRequest } from './request-info.ts'
import { apiVersionOf, type Resource } from './resources.ts'
import { badRequest, invalid, StatusError } from './status.ts'
import { FieldTypeError, readTyped, type TypedObject } from './typed-body.ts'

/** One write under way. */
export interface WriteRequest {
  readonly store: ObjectStore
  readonly info: ResourceRequest
  readonly now: Date
  /** The field manager that the client names, else the first part of its User-Agent. */
  readonly manager: string
  readonly dryRun: boolean
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict'
  /** Adds a Warning header to the answer. */
  readonly warn: (text: string) => void
}

const VALIDATIONS = ['Ignore', 'Warn', 'Strict'] as const

/** The options of a write. Throws 422 for a value that the server does not know. */
export function parseWriteOptions(
  params: URLSearchParams,
  userAgent: string,
): Pick<WriteRequest, 'manager' | 'dryRun' | 'fieldValidation'> {
  const dryRuns = params.getAll('dryRun')
  const strange = dryRuns.find((each) => each !== 'All')
  if (strange !== undefined) throw unsupportedOption('dryRun', strange, ['All'])
  const asked = params.get('fieldValidation') ?? ''
  const fieldValidation = VALIDATIONS.find((each) => each === (asked === '' ? 'Warn' : asked))
  if (fieldValidation === undefined) throw unsupportedOption('fieldValidation', asked, ['', ...VALIDATIONS])
  return {
    manager: params.get('fieldManager') ?? managerOf(userAgent),
    dryRun: dryRuns.length > 0,
    fieldValidation,
  }
}

function unsupportedOption(field: string, value: string, supported: readonly string[]): Error {
  const values = supported.map((each) => `"${each}"`).join(', ')
  return invalid({ group: 'meta.k8s.io', kind: 'PatchOptions', name: '' }, [
    {
      field,
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: "${value}": supported values: ${values}`,
    },
  ])
}

function managerOf(userAgent: string): string {
  return (userAgent.split('/')[0] ?? '').slice(0, 128)
}

/** Parses a body. Throws 400. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(
      `couldn't get version/kind; json parse error: invalid character in the body (${text.slice(0, 30)})`,
    )
  }
}

/** The body of a POST or PUT as an object of the requested kind. Throws 400 where it is none. */
export function readBody(request: WriteRequest, body: Json): ApiObject {
  const { resource } = request.info
  if (!isObject(body)) throw badRequest(`couldn't get version/kind; json parse error`)
  const given = { ...headOf(resource), ...body }
  if (given.kind !== resource.kind || given.apiVersion !== apiVersionOf(resource)) {
    throw wrongKind(given, resource)
  }
  try {
    return accept(request, readTyped(given, resource.kind), (errors) =>
      badRequest(`${cannotHandle(resource)}: strict decoding error: ${errors}`),
    )
  } catch (error) {
    if (!(error instanceof FieldTypeError)) throw error
    throw badRequest(`${cannotHandle(resource)}: ${error.message}`)
  }
}

/** The result of a patch as an object of the requested kind. Throws 422 where it is none. */
export function readPatched(request: WriteRequest, patched: JsonObject): ApiObject {
  const refused = (message: string) =>
    invalid({ group: '', kind: '', name: '' }, [
      {
        field: 'patch',
        reason: 'FieldValueInvalid',
        message: `Invalid value: ${JSON.stringify(JSON.stringify(patched))}: ${message}`,
      },
    ])
  try {
    return accept(request, readTyped(patched, request.info.resource.kind), (errors) =>
      refused(`strict decoding error: ${errors}`),
    )
  } catch (error) {
    if (!(error instanceof FieldTypeError)) throw error
    throw refused(error.message)
  }
}

function accept(
  request: WriteRequest,
  { object, unknownFields }: TypedObject,
  refusal: (errors: string) => Error,
): ApiObject {
  const errors = unknownFields.map((path) => `unknown field "${path}"`)
  if (errors.length > 0 && request.fieldValidation === 'Strict') throw refusal(errors.join(', '))
  if (request.fieldValidation === 'Warn') for (const error of errors) request.warn(error)
  return object
}

function headOf(resource: Resource): JsonObject {
  return { kind: resource.kind, apiVersion: apiVersionOf(resource) }
}

function cannotHandle(resource: Resource): string {
  return `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}`
}

function wrongKind({ kind, apiVersion }: JsonObject, resource: Resource): Error {
  if (kind === resource.kind) {
    return badRequest(
      `the API version in the data (${String(apiVersion)}) does not match the expected API version (${apiVersionOf(resource)})`,
    )
  }
  const version = String(apiVersion).split('/').at(-1)
  return badRequest(
    `${String(kind)} in version "${version}" cannot be handled as a ${resource.kind}: converting (v1.${String(kind)}) to (${resource.group}.${resource.kind}): unknown conversion`,
  )
}

/** The object in the namespace of the request. Throws 400 where it names another, or another name than the URL. */
export function inRequestedPlace(
  object: ApiObject,
  { namespace, name, resource }: ResourceRequest,
): ApiObject {
  const given = object.metadata.namespace ?? ''
  const wanted = resource.namespaced ? namespace : ''
  if (given !== '' && wanted !== '' && given !== wanted) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  const placed = withMetadata(object, { namespace: wanted === '' ? undefined : wanted })
  const objectName = placed.metadata.name ?? ''
  if (name === '' || objectName === name) return placed
  throw badRequest(
    objectName === ''
      ? `the name of the object (${name} based on URL) was undeterminable: name must be provided`
      : `the name of the object (${objectName}) does not match the name on the URL (${name})`,
  )
}

const BODY_LIMIT = 3 * 1024 * 1024

/** The body of a request as text. Throws 413 where it is longer than the server reads. */
export async function readText(request: Request): Promise<string> {
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength > BODY_LIMIT) {
    throw new StatusError({
      code: 413,
      reason: 'RequestEntityTooLarge',
      message: `Request entity too large: limit is ${BODY_LIMIT}`,
    })
  }
  return new TextDecoder().decode(bytes)
}
