// From the bytes of a request to a typed object of the requested kind, refused in the words of the real decoder.
import type { ApiObject } from '../object/api-object.ts'
import { invalidField } from '../object/field-problem.ts'
import { isList, isObject, type JsonObject, parseJson } from '../object/json.ts'
import { apiVersionOf, RESOURCES, type Resource } from '../object/resources.ts'
import { badRequest, invalid, StatusError } from '../object/status.ts'
import { decodeObject, PROTOBUF } from '../protobuf/decode.ts'
import { WireError } from '../protobuf/wire.ts'
import { FieldTypeError, readObject } from '../schema/typed-body.ts'
import { checkCustomHead } from './custom-head.ts'
import { duplicateFields } from './duplicate-fields.ts'
import { parseYaml } from './parse-yaml.ts'
import type { WriteRequest } from './write-request.ts'

const BODY_LIMIT = 3 * 1024 * 1024

/** The body as JSON text, or as the text of a patch. Throws 400, or 413 where it is longer than the server reads. */
export async function readText(request: Request): Promise<string> {
  const bytes = new Uint8Array(await request.arrayBuffer())
  if (bytes.byteLength > BODY_LIMIT) {
    const message = `Request entity too large: limit is ${BODY_LIMIT}`
    throw new StatusError({ code: 413, reason: 'RequestEntityTooLarge', message })
  }
  const type = mediaTypeOf(request.headers.get('content-type'))
  if (type === PROTOBUF && bytes.length > 0) return JSON.stringify(decodeBody(bytes))
  const text = new TextDecoder().decode(bytes)
  return type === YAML ? jsonOfYaml(text) : text
}

const YAML = 'application/yaml'
const BODY_TYPES = ['application/json', YAML, PROTOBUF]

function mediaTypeOf(contentType: string | null): string {
  return (contentType ?? '').split(';')[0]?.trim() ?? ''
}

function decodeBody(bytes: Uint8Array): JsonObject {
  try {
    return decodeObject(bytes)
  } catch (error) {
    throw error instanceof WireError ? badRequest(error.message) : error
  }
}

/** Text that is no YAML is left to be refused as no JSON. */
function jsonOfYaml(text: string): string {
  const parsed = parseYaml(text)
  return 'problem' in parsed ? text : JSON.stringify(parsed.value)
}

/** Throws 415 for a body that says it is of a type that is not read. */
export function checkMediaType(contentType: string | null): void {
  const type = mediaTypeOf(contentType)
  if (type === '' || type === '*/*' || BODY_TYPES.includes(type)) return
  throw unsupportedMediaType(BODY_TYPES)
}

/** 415 with the types that would do. */
export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`
  return new StatusError({ code: 415, reason: 'UnsupportedMediaType', message })
}

/** The body of a POST or PUT as an object of the requested kind. Throws 400 where it is none. */
export function readBody(request: WriteRequest, text: string): ApiObject {
  const { resource } = request.info
  const head = parseHead(text, resource)
  checkCustomHead(head, text, resource)
  const given = withHead(head, resource)
  const problem = kindProblem(given, resource)
  if (problem !== undefined) throw cannotHandle(given, resource, problem)
  try {
    const { object, unknownFields } = readObject(given, resource)
    const strange = [...unknownFields.map(unknownField), ...duplicatesIn(request, text)]
    reportStrange(request, strange, (errors) => cannotHandle(given, resource, errors))
    return object
  } catch (error) {
    if (!(error instanceof FieldTypeError)) throw error
    throw cannotHandle(given, resource, error.message)
  }
}

function parseHead(text: string, { kind }: Resource): JsonObject {
  const body = parseJson(text)
  if (body === null) return {}
  if (isObject(body)) return body
  const problem = isList(body) ? GO_HEAD_TYPE : parseProblem(text)
  throw badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${problem} (${summaryOf(text)})`,
  )
}

const GO_HEAD_TYPE =
  'json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/** What Go says of text that is no JSON; of which character it stumbled over, only the first is told. */
function parseProblem(text: string): string {
  const [first] = text.trimStart()
  const begun = first === undefined || '{["'.includes(first)
  return begun
    ? 'unexpected end of JSON input'
    : `invalid character '${first}' looking for beginning of value`
}

const SUMMARY_LENGTH = 30

function summaryOf(text: string): string {
  if (text === '') return '<empty>'
  const shown = text.startsWith('{') ? text : Buffer.from(text).toString('hex')
  return shown.length <= SUMMARY_LENGTH ? shown : `${shown.slice(0, SUMMARY_LENGTH)} ...`
}

/** What a body does not say about its kind, the URL says. */
function withHead(body: JsonObject, resource: Resource): JsonObject {
  return { ...body, kind: body.kind || resource.kind, apiVersion: body.apiVersion || apiVersionOf(resource) }
}

/** What is wrong with the kind of a body; undefined where it is the requested one. */
function kindProblem(given: JsonObject, resource: Resource): string | undefined {
  const { kind, apiVersion } = given
  if (kind === resource.kind && apiVersion === apiVersionOf(resource)) return undefined
  const known = RESOURCES.find((each) => each.kind === kind && apiVersionOf(each) === apiVersion)
  if (known === undefined) return unregistered(given)
  const target = `${resource.group === '' ? 'core' : resource.group.split('.')[0]}.${resource.kind}`
  return `converting (v1.${known.kind}) to (${target}): unknown conversion`
}

function unregistered({ kind, apiVersion }: JsonObject): string {
  return `no kind "${String(kind)}" is registered for version "${String(apiVersion)}" in scheme "pkg/runtime/scheme.go:111"`
}

function cannotHandle({ kind, apiVersion }: JsonObject, resource: Resource, why: string): StatusError {
  const version = String(apiVersion).split('/').at(-1)
  return badRequest(`${String(kind)} in version "${version}" cannot be handled as a ${resource.kind}: ${why}`)
}

/** A patch laid over an object, and what in the patch itself was not understood. */
export interface Patched {
  readonly value: JsonObject
  readonly strangeMembers: readonly string[]
  /** What a refusal of the result shows; undefined: the result. */
  readonly shown?: string
}

/** The result of a patch as an object of the requested kind. Throws 422 where it is none. */
export function readPatched(request: WriteRequest, { value, strangeMembers, shown }: Patched): ApiObject {
  const { resource } = request.info
  const patched = withHead(value, resource)
  const refused = (why: string) =>
    invalid({ group: '', kind: '', name: '' }, [invalidField('patch', shown ?? JSON.stringify(value), why)])
  const problem = kindProblem(patched, resource)
  if (problem !== undefined) throw refused(problem)
  try {
    const { object, unknownFields } = readObject(patched, resource)
    reportStrange(request, [...strangeMembers, ...unknownFields.map(unknownField)], (errors) =>
      refused(errors),
    )
    return object
  } catch (error) {
    if (!(error instanceof FieldTypeError)) throw error
    throw refused(error.message)
  }
}

/** What is told of members that stand twice, where anybody wants to know. */
export function duplicatesIn(
  { fieldValidation }: Pick<WriteRequest, 'fieldValidation'>,
  text: string,
): readonly string[] {
  return fieldValidation === 'Ignore' ? [] : duplicateFields(text).map((path) => `duplicate field "${path}"`)
}

function unknownField(path: string): string {
  return `unknown field "${path}"`
}

/** Fields that are not understood are refused, warned of or passed over, as the client asks. */
function reportStrange(
  request: WriteRequest,
  errors: readonly string[],
  refusal: (errors: string) => StatusError,
): void {
  if (request.fieldValidation === 'Warn') for (const error of errors) request.warn(error)
  if (request.fieldValidation !== 'Strict' || errors.length === 0) return
  throw refusal(`strict decoding error: ${errors.join(', ')}`)
}
