// The edge where JSON from an API server becomes a type: what we rely on is checked here, everything else stays unknown.
import type { KubeObject, ObjectMeta } from '../types/object.ts'

/** A whole object as the API server sent it. Nothing but its identity was looked at. */
export interface RawObject extends KubeObject {
  readonly [field: string]: unknown
}

/** True for an object that is neither null nor an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `text` as JSON. Throws a SyntaxError that, unlike the one of JSON.parse, quotes nothing of the text: it may be secret. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SyntaxError('it is not valid JSON')
  }
}

function hasIdentity(metadata: unknown): metadata is ObjectMeta {
  return (
    isRecord(metadata) &&
    typeof metadata.name === 'string' &&
    typeof metadata.uid === 'string' &&
    typeof metadata.resourceVersion === 'string'
  )
}

function isRawObject(value: unknown): value is RawObject {
  return isRecord(value) && hasIdentity(value.metadata)
}

/** `value` as an object with name, uid and resourceVersion; throws a TypeError when it is not one. */
export function parseObject(value: unknown): RawObject {
  if (!isRawObject(value))
    throw new TypeError('Cannot read an object of the API server: it has no name, uid or resourceVersion')
  return value
}
