// Which fields a write to a kind, or to a subresource of it, leaves alone (`GetResetFields` of the strategies).

import type { Resource } from '../object/resources.ts'
import { EMPTY, type FieldSet, pathSet } from './field-set.ts'

const SPEC = pathSet(['f:spec'])
const STATUS = pathSet(['f:status'])
const CUSTOM_STATUS = pathSet(['f:spec'], ['f:metadata'])
const STATUS_OF: Readonly<Record<string, FieldSet>> = {
  Deployment: pathSet(['f:spec'], ['f:metadata', 'f:labels']),
  Pod: pathSet(['f:spec'], ['f:metadata', 'f:deletionTimestamp'], ['f:metadata', 'f:ownerReferences']),
}

/** The fields whose changes are thrown away, and which a write therefore does not come to own. */
export function resetFieldsOf({ kind, subresources, custom }: Resource, subresource: string): FieldSet {
  if (subresource === 'status') return custom === undefined ? (STATUS_OF[kind] ?? SPEC) : CUSTOM_STATUS
  return subresources.includes('status') ? STATUS : EMPTY
}
