// The refusal of an apply that would change what other managers own, in the words of
// k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go.
import type { ManagedFieldsJson } from '../object/api-object.ts'
import { StatusError } from '../object/status.ts'
import { type FieldSet, pathTexts } from './field-set.ts'

/** Fields of one manager that an apply would change. */
export interface ApplyConflict {
  readonly entry: ManagedFieldsJson
  readonly fields: FieldSet
}

/** 409 with a cause for each field. */
export function conflictError(conflicts: readonly ApplyConflict[]): StatusError {
  const sorted = conflicts.toSorted((a, b) => (sortKey(a.entry) < sortKey(b.entry) ? -1 : 1))
  const causes = sorted.flatMap(({ entry, fields }) =>
    pathTexts(fields).map((field) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${describe(entry)}`,
      field,
    })),
  )
  return new StatusError({
    code: 409,
    reason: 'Conflict',
    message: messageOf(sorted, causes.length),
    details: { causes },
  })
}

function messageOf(conflicts: readonly ApplyConflict[], count: number): string {
  const [first] = conflicts
  if (count === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${describe(first.entry)}: ${pathTexts(first.fields).join()}`
  }
  const lines = conflicts.flatMap(({ entry, fields }) => [
    `conflicts with ${describe(entry)}:`,
    ...pathTexts(fields).map((path) => `- ${path}`),
  ])
  return `Apply failed with ${count} conflicts: ${lines.join('\n')}`
}

function describe({ manager, operation, apiVersion, subresource }: ManagedFieldsJson): string {
  const place = subresource === undefined ? '' : ` with subresource "${subresource}"`
  const name = `${JSON.stringify(manager)}${place}`
  return operation === 'Apply' ? name : `${name} using ${apiVersion}`
}

/** The real server sorts by the identity of a manager as JSON. */
function sortKey({ manager, operation, apiVersion, subresource = '' }: ManagedFieldsJson): string {
  const version = operation === 'Apply' ? {} : { apiVersion }
  return JSON.stringify({ manager, operation, ...version, subresource })
}
