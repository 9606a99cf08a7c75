// PATCH with a configuration to apply: the object is made, or what is stored becomes what its managers ask for.
import { type Applied, applyFields } from '../fields/apply-fields.ts'
import { withLastApplied } from '../fields/last-applied.ts'
import { emptyOf } from '../fields/managed-fields.ts'
import { type ApiObject, storageKey } from '../object/api-object.ts'
import { isList, isObject, type JsonObject, textAt, valueAt } from '../object/json.ts'
import { apiVersionOf, type Resource } from '../object/resources.ts'
import { badRequest, internalError, notFound } from '../object/status.ts'
import { asRequested, asStored } from '../object/versions.ts'
import { isTrue } from '../request/request-info.ts'
import { defaulted } from '../schema/defaults.ts'
import { schemaOf } from '../schema/schema.ts'
import { readObject } from '../schema/typed-body.ts'
import { appliedProblems } from '../schema/validate-applied.ts'
import { createOwned } from './create-object.ts'
import { type ParsedYaml, parseYaml } from './parse-yaml.ts'
import { replaceOwned, type Updated } from './update-object.ts'
import { checkCreation, inRequestedPlace, type WriteRequest } from './write-request.ts'

/** The Content-Type of a configuration to apply. */
export const APPLY_TYPE = 'application/apply-patch+yaml'

/** Whether a PATCH of this Content-Type applies a configuration. */
export function isApply(contentType: string | null): boolean {
  return (contentType ?? '').split(';')[0]?.trim() === APPLY_TYPE
}

/** Applies the text, YAML or JSON, to the object of the URL, or creates it. Throws 400, 404, 409, 422 or 500. */
export function applyObject(request: WriteRequest, text: string): Updated {
  const { store, info } = request
  const current = store.get(info.resource, storageKey(info.namespace, info.name))
  if (current === undefined && info.subresource !== '') throw notFound(info.resource, info.name)
  const parsed = parseYaml(text)
  const applied = asObject(parsed)
  checkApplied(applied, info.resource)
  const live = current === undefined ? emptyOf(info.resource) : asRequested(current, info.resource)
  const force = isTrue(info.params.get('force'))
  const result = applyFields({ request, applied, live, force })
  if ('duplicates' in parsed) reportDuplicates(request, parsed)
  if (current === undefined) checkCreation(request)
  const object = asStored(inRequestedPlace(finished(request, result, applied), info), info.resource)
  return current === undefined
    ? { object: createOwned(request, object), created: true }
    : { object: replaceOwned(request, object, current), created: false }
}

function asObject(parsed: ReturnType<typeof parseYaml>): JsonObject {
  if ('problem' in parsed) throw badRequest(`error decoding YAML: ${parsed.problem}`)
  const { value } = parsed
  if (value === null || isObject(value)) return value ?? {}
  const found = isList(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  throw badRequest(
    `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`,
  )
}

/** Throws 400 for another kind than the requested one and for managedFields, 500 for what is not of the type. */
function checkApplied(applied: JsonObject, resource: Resource): void {
  const { kind } = resource
  const [version, group = ''] = textAt(applied, 'apiVersion').split('/').reverse()
  const givenKind = textAt(applied, 'kind')
  if (textAt(applied, 'apiVersion') !== apiVersionOf(resource) || givenKind !== kind) {
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${givenKind}`)
  }
  const managed = valueAt(applied, 'metadata', 'managedFields') ?? null
  if (managed !== null) throw badRequest('metadata.managedFields must be nil')
  const problems = appliedProblems(applied, schemaOf(resource))
  if (problems.length === 0) return
  const place = `${textAt(applied, 'metadata', 'namespace')}/${textAt(applied, 'metadata', 'name')}`
  const text =
    problems.length === 1 ? problems.join() : ['errors:', ...problems.map((each) => `  ${each}`)].join('\n')
  throw internalError(
    `failed to create typed patch object (${place}; ${resource.group}/${resource.version}, Kind=${kind}): ${text}`,
  )
}

/** A key that stands twice is refused or warned of, as the client asks. */
function reportDuplicates({ fieldValidation, warn }: WriteRequest, { duplicates }: ParsedYaml): void {
  if (duplicates.length === 0 || fieldValidation === 'Ignore') return
  const text = duplicates.map((each) => `\n  ${each}`).join('')
  if (fieldValidation === 'Strict') {
    throw badRequest(
      `error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:${text}`,
    )
  }
  for (const each of duplicates) warn(each)
}

/** The merged object in canonical form; what was not changed is in it already. */
function finished(
  { manager, info: { resource } }: WriteRequest,
  { object, changed }: Applied,
  applied: JsonObject,
): ApiObject {
  const typed = changed ? defaulted(readObject(object, resource).object, resource) : object
  return manager === 'kubectl' ? withLastApplied(typed, applied) : typed
}
