// Statuses of pods that mount a SecretProviderClass, as the driver writes them.
import type { Config } from '../src/types/config.ts'
import type { KubeObject } from '../src/types/object.ts'
import { second } from './decision-case.ts'

export interface StatusShape {
  /** The pod; the status has its name too. */
  readonly pod?: string
  readonly uid?: string
  readonly className?: string
  readonly version?: string
  /** Higher than 1 once the versions changed under the pod. */
  readonly generation?: number
  /** Object id → its version. */
  readonly objects?: Readonly<Record<string, string>>
  /** When the driver last wrote it; unknown where it is missing. */
  readonly written?: string
  /** The uid of the pod; missing: the status does not say. */
  readonly owner?: string
}

const POD = { apiVersion: 'v1', kind: 'Pod' }

/** A status in the namespace `shop`, of the class `vault` unless it says otherwise. */
export function statusObject(shape: StatusShape = {}): KubeObject & { readonly status: unknown } {
  const {
    pod = 'web-1',
    className = 'vault',
    version = '100',
    generation = 1,
    objects = { db: 'v1' },
  } = shape
  const fields = {
    manager: 'secrets-store-csi',
    operation: 'Update',
    time: shape.written ?? '',
  }
  return {
    apiVersion: 'secrets-store.csi.x-k8s.io/v1',
    kind: 'SecretProviderClassPodStatus',
    metadata: {
      name: `${pod}-shop-${className}`,
      namespace: 'shop',
      uid: shape.uid ?? `${pod}-uid`,
      resourceVersion: version,
      generation,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(shape.owner === undefined ? {} : { ownerReferences: [{ ...POD, name: pod, uid: shape.owner }] }),
      ...(shape.written === undefined
        ? {}
        : { managedFields: [{ ...fields, fieldsV1: { 'f:status': {} } }] }),
    },
    status: {
      podName: pod,
      secretProviderClassName: className,
      mounted: true,
      targetPath: `/var/lib/kubelet/pods/${pod}`,
      objects: Object.entries(objects).map(([id, version]) => ({ id, version })),
    },
  }
}

export interface ClassShape {
  readonly name?: string
  readonly uid?: string
  /** Pods began with it; default: it was rotated under one. */
  readonly fresh?: boolean
  /** When it was rotated, in seconds. */
  readonly written?: number
}

/** The class `vault` as the statuses of its pods show it: one object `db`, whose version is `holds`. */
export function mountedClass(version: string, holds: string, shape: ClassShape = {}): Config {
  const { name = 'vault', uid = 'vault-uid', fresh = false, written } = shape
  return {
    ref: { kind: 'SecretProviderClass', namespace: 'shop', name },
    uid,
    resourceVersion: version,
    creationTimestamp: second(0),
    firstSeen: version,
    ...(written === undefined ? {} : { dataTime: second(written) }),
    ignored: false,
    matchable: false,
    flagsSince: version,
    releases: [],
    mounted: { versions: JSON.stringify([['db', holds]]), fresh },
  }
}
