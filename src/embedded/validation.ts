// Rules that objects of every kind keep.
import type { ApiObject } from './api-object.ts'
import type { Resource } from './resources.ts'
import type { FieldProblem } from './status.ts'

export function validateMetadata({ metadata }: ApiObject, _resource: Resource): readonly FieldProblem[] {
  return metadata.name === undefined
    ? [
        {
          field: 'metadata.name',
          reason: 'FieldValueRequired',
          message: 'Required value: name or generateName is required',
        },
      ]
    : []
}

const IMMUTABLE = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const

/** Fields of metadata that never change. */
export function validateMetadataUpdate(next: ApiObject, current: ApiObject): readonly FieldProblem[] {
  return IMMUTABLE.filter((key) => next.metadata[key] !== current.metadata[key]).map((key) => ({
    field: `metadata.${key}`,
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${JSON.stringify(next.metadata[key] ?? '')}: field is immutable`,
  }))
}
