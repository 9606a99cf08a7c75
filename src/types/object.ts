// What every Kubernetes object has, as far as we read it. Nothing here knows of a kind.

/** One entry of `metadata.managedFields`: who owns which fields, and when one of them was last written. */
export interface ManagedFieldsEntry {
  readonly manager?: string
  readonly operation?: string
  readonly subresource?: string
  /** RFC 3339, whole seconds, of the API server's clock. */
  readonly time?: string
  readonly fieldsV1?: Readonly<Record<string, unknown>>
}

/** One entry of `metadata.ownerReferences`. */
export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
}

/** The metadata of an object that the API server has stored. */
export interface ObjectMeta {
  readonly name: string
  /** Absent on cluster-scoped objects. */
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  readonly managedFields?: readonly ManagedFieldsEntry[]
}

/** Any object. An item of a list has neither apiVersion nor kind. */
export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
}

/** An object named so that it can be asked for: `namespace` is empty for cluster-scoped kinds. */
export interface ObjectRef {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** The string form of a reference, for maps and the queue. Unique, because no Kubernetes name holds a slash. */
export function refKey(ref: ObjectRef): string {
  return `${ref.kind}/${ref.namespace}/${ref.name}`
}

/** The reference that `refKey` made the key of. */
export function parseRefKey(key: string): ObjectRef {
  const [kind = '', namespace = '', name = ''] = key.split('/')
  return { kind, namespace, name }
}

/**
 * Negative, zero or positive as `a` is older than, equal to or newer than `b`. ResourceVersions of one API server are
 * decimal numbers without leading zeros that grow with every write (KEP-5504), and too long for a JavaScript number.
 */
export function compareResourceVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}

/** True if `a` is a later version than `b`. */
export function isNewer(a: string, b: string): boolean {
  return compareResourceVersions(a, b) > 0
}
