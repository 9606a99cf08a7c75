// Default values, for the fields that would otherwise move a template's hash by themselves.
import type { ApiObject } from './api-object.ts'

/** The object with every absent field that has a default filled in. */
export function withDefaults(object: ApiObject): ApiObject {
  return object
}
