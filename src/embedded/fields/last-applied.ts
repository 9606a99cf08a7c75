// The annotation in which `kubectl apply` keeps what it applied on the client's side, as far as server-side apply minds it
// (k8s.io/apimachinery/pkg/util/managedfields/internal/lastapplied*.go).
import { type ApiObject, withMetadata } from '../object/api-object.ts'
import { canonicalJson, isObject, type JsonObject, objectAt, without } from '../object/json.ts'
import { apiVersionOf, type Resource } from '../object/resources.ts'
import { schemaOf } from '../schema/schema.ts'
import { compareFields } from './field-compare.ts'
import { fieldsOf } from './field-members.ts'
import { differenceOf, EMPTY, type FieldSet } from './field-set.ts'
import { withoutManagers } from './managed-fields.ts'

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** The fields that are as the annotation says they were applied; none where it says nothing that can be read. */
export function fieldsOfLastApplied(live: ApiObject, resource: Resource): FieldSet {
  const applied = lastAppliedOf(live)
  if (applied === undefined || applied.apiVersion !== apiVersionOf(resource)) return EMPTY
  const schema = schemaOf(resource)
  const { added, modified, removed } = compareFields(applied, withoutManagers(live), schema)
  return [added, modified, removed].reduce(differenceOf, fieldsOf(applied, schema))
}

function lastAppliedOf({ metadata }: ApiObject): JsonObject | undefined {
  try {
    const applied: unknown = JSON.parse(metadata.annotations?.[LAST_APPLIED] ?? '')
    return isObject(applied) ? applied : undefined
  } catch {
    return undefined
  }
}

/** The object with the annotation, where it has one, saying what was applied now. */
export function withLastApplied(object: ApiObject, applied: JsonObject): ApiObject {
  const annotations = object.metadata.annotations ?? {}
  if (!annotations[LAST_APPLIED]) return object
  const metadata = objectAt(applied, 'metadata')
  const others = without(objectAt(metadata, 'annotations'), LAST_APPLIED)
  const bare = without(metadata, 'annotations')
  const kept = Object.keys(others).length === 0 ? bare : { ...bare, annotations: others }
  const text = `${canonicalJson({ ...applied, metadata: kept })}\n`
  return withMetadata(object, { annotations: { ...annotations, [LAST_APPLIED]: text } })
}
