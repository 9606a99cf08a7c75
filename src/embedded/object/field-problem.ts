// What is wrong with a field, in the words of k8s.io/apimachinery/pkg/util/validation/field.
import type { Json } from './json.ts'

/** One problem: its text stands both in the message of the refusal and in a cause of its own. */
export interface FieldProblem {
  readonly field: string
  readonly reason: string
  /** For instance `Invalid value: "x": must be no more than 63 bytes`. */
  readonly message: string
}

export function invalidField(field: string, value: Json | undefined, why: string): FieldProblem {
  return {
    field,
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${JSON.stringify(value ?? null)}: ${why}`,
  }
}

export function requiredField(field: string, why = ''): FieldProblem {
  return {
    field,
    reason: 'FieldValueRequired',
    message: why === '' ? 'Required value' : `Required value: ${why}`,
  }
}

export function forbiddenField(field: string, why: string): FieldProblem {
  return { field, reason: 'FieldValueForbidden', message: `Forbidden: ${why}` }
}

export function duplicateField(field: string, value: Json): FieldProblem {
  return { field, reason: 'FieldValueDuplicate', message: `Duplicate value: ${JSON.stringify(value)}` }
}

export function unknownReference(field: string, value: Json): FieldProblem {
  return { field, reason: 'FieldValueNotFound', message: `Not found: ${JSON.stringify(value)}` }
}

export function tooLongField(field: string, limit: number): FieldProblem {
  return { field, reason: 'FieldValueTooLong', message: `Too long: may not be more than ${limit} bytes` }
}

export function unsupportedField(field: string, value: Json, supported: readonly string[]): FieldProblem {
  const values = supported.map((each) => JSON.stringify(each))
  return {
    field,
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${values.join(', ')}`,
  }
}
