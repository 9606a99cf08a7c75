// What is kept of a SecretProviderClassPodStatus: which versions of a class's objects one pod holds.
import type { MountedVersions } from '../../types/config.ts'
import type { KubeObject } from '../../types/object.ts'
import { dataWritesOf } from './data-writes.ts'

/** The status of one pod for one class. */
export interface PodStatus {
  readonly ref: { readonly namespace: string; readonly name: string }
  readonly uid: string
  readonly resourceVersion: string
  readonly creationTimestamp: string
  /** The uid of the pod; empty where the status does not say. A StatefulSet's next pod may take the status over. */
  readonly podUid: string
  /** The name of the SecretProviderClass, in the same namespace. */
  readonly className: string
  /** As in `MountedVersions`. */
  readonly versions: string
  /** The pod lived through a change of these versions. */
  readonly rotated: boolean
  /** The version of this object that brought `versions`, as far as is known: one that a list showed first may be later. */
  readonly changedAt: string
  /** When a field manager last wrote the status (RFC 3339); undefined where managedFields do not say. */
  readonly changeTime?: string
}

type ObjectVersion = readonly [id: string, version: string]

/** The edge where JSON becomes a type: the schema of the driver's resource has seen to its shape. */
interface StatusObject extends KubeObject {
  readonly status?: {
    readonly secretProviderClassName?: string
    readonly objects?: readonly { readonly id?: string; readonly version?: string }[]
  }
}

const STATUS_FIELDS = ['f:status'] as const

/**
 * Reduces a status; undefined where it names no class or no object, so that it says nothing. The driver's resource has no status
 * subresource: its generation is 1 until the versions in it change (a label edit does not count).
 */
export function reducePodStatus(
  object: KubeObject,
  { previous }: { readonly previous?: PodStatus | undefined } = {},
): PodStatus | undefined {
  const {
    name,
    namespace = '',
    uid,
    resourceVersion,
    creationTimestamp = '',
    generation = 1,
  } = object.metadata
  const { secretProviderClassName: className = '', objects = [] } = (object as StatusObject).status ?? {}
  if (className === '' || objects.length === 0) return undefined
  const versions = JSON.stringify(objects.map(pairOf).sort(byId))
  const podUid = object.metadata.ownerReferences?.find(({ kind }) => kind === 'Pod')?.uid ?? ''
  const before = previous?.uid === uid ? previous : undefined
  const changed = before !== undefined && (before.versions !== versions || before.className !== className)
  return {
    ref: { namespace, name },
    uid,
    resourceVersion,
    creationTimestamp,
    podUid,
    className,
    versions: before?.versions === versions ? before.versions : versions,
    rotated: before === undefined ? generation > 1 : before.podUid === podUid && (changed || before.rotated),
    ...(before === undefined || changed ? changeOf(object) : changeAsBefore(before)),
  }
}

type ChangeFacts = Pick<PodStatus, 'changedAt' | 'changeTime'>

function changeOf({ metadata: { resourceVersion: changedAt, managedFields } }: KubeObject): ChangeFacts {
  const { dataTime } = dataWritesOf(managedFields, STATUS_FIELDS)
  return dataTime === undefined ? { changedAt } : { changedAt, changeTime: dataTime }
}

function changeAsBefore({ changedAt, changeTime }: PodStatus): ChangeFacts {
  return changeTime === undefined ? { changedAt } : { changedAt, changeTime }
}

function pairOf({ id = '', version = '' }: { id?: string; version?: string }): ObjectVersion {
  return [id, version]
}

/** The driver writes the objects in any order. */
function byId([a]: ObjectVersion, [b]: ObjectVersion): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The ids and versions, sorted; none where nothing is mounted. */
export function versionsOf(mounted: MountedVersions | undefined): readonly ObjectVersion[] {
  return mounted === undefined ? [] : (JSON.parse(mounted.versions) as readonly ObjectVersion[])
}
