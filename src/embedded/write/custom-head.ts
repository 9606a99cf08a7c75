// What the body of a custom resource has to say of itself: its kind is not taken from the URL.
import { invalidField } from '../object/field-problem.ts'
import { isObject, type Json, type JsonObject, textAt } from '../object/json.ts'
import { apiVersionOf, type Resource } from '../object/resources.ts'
import { badRequest, invalid } from '../object/status.ts'

/** Throws 400 for a body without a kind or of another version, and 422 for one of another kind. */
export function checkCustomHead(body: Json | undefined, text: string, resource: Resource): void {
  if (resource.custom === undefined || !isObject(body)) return
  const kind = textAt(body, 'kind')
  if (kind === '') throw badRequest(missingKind(text, resource))
  const version = apiVersionOf(resource)
  const given = textAt(body, 'apiVersion') || version
  if (given !== version) {
    throw badRequest(
      `the API version in the data (${given}) does not match the expected API version (${version})`,
    )
  }
  if (kind !== resource.kind) throw otherKind(body, resource)
}

const SUMMARY_LENGTH = 30

function missingKind(text: string, { kind }: Resource): string {
  const summary = text.length <= SUMMARY_LENGTH ? text : `${text.slice(0, SUMMARY_LENGTH)} ...`
  return `the object provided is unrecognized (must be of type ${kind}): Object 'Kind' is missing in '${text}' (${summary})`
}

function otherKind(body: JsonObject, resource: Resource): Error {
  const kind = textAt(body, 'kind')
  const about = { group: resource.group, kind, name: textAt(body, 'metadata', 'name') }
  return invalid(about, [invalidField('kind', kind, `must be ${resource.kind}`)])
}
