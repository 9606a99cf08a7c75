// The shape that every stored object has; the one place where parsed JSON becomes an object of the API.
import { isObject, type Json, type JsonObject, withValue } from './json.ts'

export interface OwnerReferenceJson extends JsonObject {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export interface ManagedFieldsJson extends JsonObject {
  readonly manager: string
  readonly operation: 'Update' | 'Apply'
  readonly apiVersion: string
  /** Absent where a manager's first apply changed nothing. */
  readonly time?: string
  readonly fieldsType: 'FieldsV1'
  readonly fieldsV1: JsonObject
  readonly subresource?: string
}

export interface MetadataJson extends JsonObject {
  readonly name?: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReferenceJson[]
  readonly finalizers?: readonly string[]
  readonly managedFields?: readonly ManagedFieldsJson[]
}

/** An object of the API. Never changed in place: a write makes a new one. */
export interface ApiObject extends JsonObject {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata: MetadataJson
}

/**
 * Parsed JSON as an object of the API: the cast at the edge. The types of the members of metadata are checked by the
 * schema of the kind, which every body passes before it is stored.
 */
export function toApiObject(value: JsonObject): ApiObject {
  const metadata = isObject(value.metadata) ? value.metadata : {}
  return { ...value, metadata } as ApiObject
}

/** A copy with some members of metadata replaced; undefined removes one. */
export function withMetadata(
  object: ApiObject,
  changes: { readonly [key in keyof MetadataJson]?: Json | undefined },
): ApiObject {
  let metadata: JsonObject = object.metadata
  for (const [key, value] of Object.entries(changes)) metadata = withValue(metadata, [key], value)
  return toApiObject({ ...object, metadata })
}

/** `<namespace>/<name>`, or the bare name of a cluster-scoped object: the order of lists is the order of these. */
export function storageKey(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name
}

/** The storage key of a stored object. */
export function keyOf(object: ApiObject): string {
  return storageKey(object.metadata.namespace, object.metadata.name ?? '')
}
