// What kinds do beside the common rules when they are written: generation, status, immutable fields.
import { type ApiObject, toApiObject, withMetadata } from './api-object.ts'
import { jsonEqual, without } from './json.ts'
import type { Resource } from './resources.ts'
import type { FieldProblem } from './status.ts'

export interface KindRules {
  readonly prepareForCreate: (object: ApiObject) => ApiObject
  readonly prepareForUpdate: (object: ApiObject, current: ApiObject, subresource: string) => ApiObject
  readonly validate: (object: ApiObject) => readonly FieldProblem[]
  readonly validateUpdate: (object: ApiObject, current: ApiObject) => readonly FieldProblem[]
}

export function rulesOf(resource: Resource): KindRules {
  return {
    prepareForCreate: (object) => object,
    prepareForUpdate: (object, current, subresource) =>
      prepareForUpdate(object, current, { resource, subresource }),
    validate: () => [],
    validateUpdate: () => [],
  }
}

function prepareForUpdate(
  object: ApiObject,
  current: ApiObject,
  { resource, subresource }: { readonly resource: Resource; readonly subresource: string },
): ApiObject {
  if (subresource === 'status') {
    return toApiObject({
      ...current,
      status: object.status,
      metadata: {
        ...object.metadata,
        labels: current.metadata.labels,
        generation: current.metadata.generation,
      },
    })
  }
  const kept = resource.subresources.includes('status')
    ? toApiObject({ ...object, status: current.status })
    : object
  const { generation = 1 } = current.metadata
  if (!resource.generation) return kept
  const same =
    jsonEqual(without(kept, 'metadata', 'status'), without(current, 'metadata', 'status')) &&
    (resource.kind !== 'Deployment' || jsonEqual(kept.metadata.annotations, current.metadata.annotations))
  return withMetadata(kept, { generation: same ? generation : generation + 1 })
}
