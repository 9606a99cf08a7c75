// A Lease (coordination.k8s.io/v1) as an election reads and writes it: the fields and their meaning are those of client-go's
// leaderelection (resourcelock/leaselock.go), so that replicas of other programs take part in the same election.
import type { ObjectToWrite } from '../../kube/client.ts'
import { isRecord, type RawObject } from '../../kube/raw-object.ts'

export const LEASES = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' } as const

/** What a Lease says. None of its times is in here: they are of a clock that is not ours, and nothing may depend on them. */
export interface Lease {
  /** Differs after every write, whatever it wrote. */
  readonly version: string
  /** Empty: nobody holds it. */
  readonly holder: string
  /** How long the holder may be silent before it counts as gone, as it said itself; undefined where it did not. */
  readonly durationMs: number | undefined
  readonly object: RawObject
}

/** Reads whatever is there; fields that are missing or of another type count as not set. */
export function parseLease(object: RawObject): Lease {
  const { uid, resourceVersion } = object.metadata
  const { holderIdentity, leaseDurationSeconds } = specOf(object)
  const hasDuration = typeof leaseDurationSeconds === 'number' && leaseDurationSeconds > 0
  return {
    version: `${uid}.${resourceVersion}`,
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    durationMs: hasDuration ? leaseDurationSeconds * 1_000 : undefined,
    object,
  }
}

/** Where a Lease is, and what is to stand in it. */
export interface LeaseToWrite {
  readonly namespace: string
  readonly name: string
  /** Empty: it is given up. */
  readonly holder: string
  readonly durationMs: number
  /** Of any clock: it only tells others that something changed. */
  readonly now: Date
  /** The version that is to be replaced; undefined: there is none. */
  readonly previous: Lease | undefined
}

/** The Lease to write. What others put into it besides (labels, fields of later versions) stays. */
export function leaseToWrite({
  namespace,
  name,
  holder,
  durationMs,
  now,
  previous,
}: LeaseToWrite): ObjectToWrite {
  const before = previous === undefined ? {} : specOf(previous.object)
  const transitions = typeof before.leaseTransitions === 'number' ? before.leaseTransitions : 0
  const taken = holder !== '' && holder !== previous?.holder
  const time = microTime(now)
  const renewal = {
    holderIdentity: holder,
    leaseDurationSeconds: durationMs / 1_000,
    acquireTime: holder !== '' && !taken ? (before.acquireTime ?? time) : time,
    renewTime: time,
    leaseTransitions: previous !== undefined && taken ? transitions + 1 : transitions,
  }
  const metadata = previous?.object.metadata ?? { namespace, name }
  const lease = { metadata, spec: { ...before, ...renewal } }
  return { ...previous?.object, ...lease, apiVersion: `${LEASES.group}/${LEASES.version}`, kind: 'Lease' }
}

function specOf({ spec }: RawObject): Readonly<Record<string, unknown>> {
  return isRecord(spec) ? spec : {}
}

/** As metav1.MicroTime is written. */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z')
}
