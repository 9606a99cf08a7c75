// Whether a controller may still be at work. What is told is certain: a Deployment that is to have pods, or a Lease that is
// renewed while we look. A Lease that a crashed holder left behind is recognised as client-go does it, by the time it stays
// unchanged, because the times that stand in it are of another clock.

import { LEASES, type Lease, parseLease } from '../../controller/election/lease.ts'
import { isForbidden, isNotFound } from '../../kube/api-error.ts'
import type { KubeClient, ObjectAddress, Resource } from '../../kube/client.ts'
import { isRecord, type RawObject } from '../../kube/raw-object.ts'
import { delay } from '../../net/delay.ts'
import { LEASE_NAME } from '../../types/own-objects.ts'
import { problemText } from '../../types/problem-text.ts'
import { WORKLOAD_RESOURCES } from '../../types/workload.ts'
import type { Installation } from './leftovers.ts'

/** What the answer depends on. */
export interface StillAliveParts {
  readonly client: Pick<KubeClient, 'get'>
  readonly installation: Installation
  /** Deployments that were found to run a Reloader. */
  readonly running: readonly string[]
  /** Told when it has to wait. */
  readonly onWait: (line: string) => void
  readonly signal: AbortSignal
}

const LEASE_LOOK_MS = 500
/** Where a Lease does not say how long its holder may be silent. */
const DEFAULT_LEASE_MS = 15_000

/** Why it would be wrong to clean up now, and the mend; undefined: nobody works. Takes as long as a Lease that is held may last. */
export async function stillAlive(parts: StillAliveParts): Promise<string | undefined> {
  const { installation, running } = parts
  const [other] = running
  if (other !== undefined) return stillThere(other)
  try {
    const { namespace, name } = installation
    const deployment = await find(parts, WORKLOAD_RESOURCES.Deployment, { namespace, name })
    if (deployment !== undefined && hasReplicas(deployment)) return stillThere(`${namespace}/${name}`)
    return await renewing(parts)
  } catch (error) {
    if (!isForbidden(error)) throw error
    return `nobody can tell whether Reloader still runs: ${problemText(error)}; have it granted, or use --force`
  }
}

function stillThere(deployment: string): string {
  return `Reloader still runs: Deployment ${deployment} has replicas; uninstall it, or scale it to 0`
}

function hasReplicas({ spec, status }: RawObject): boolean {
  const wanted = isRecord(spec) ? (spec.replicas ?? 1) : 1
  const there = isRecord(status) ? (status.replicas ?? 0) : 0
  return wanted !== 0 || there !== 0
}

/** Who renews the Lease, once that was seen; undefined when nobody did for as long as it lasts. */
async function renewing(parts: StillAliveParts): Promise<string | undefined> {
  const { installation, onWait, signal } = parts
  const address = { namespace: installation.leaseNamespace, name: LEASE_NAME }
  const first = await findLease(parts, address)
  if (first === undefined || first.holder === '') return undefined
  const durationMs = first.durationMs ?? DEFAULT_LEASE_MS
  onWait(`Watching for ${durationMs / 1_000} s whether ${first.holder} still renews its Lease`)
  const until = performance.now() + durationMs
  while (performance.now() < until) {
    await delay(LEASE_LOOK_MS, signal)
    signal.throwIfAborted()
    const lease = await findLease(parts, address)
    if (lease === undefined || lease.holder === '') return undefined
    if (lease.version !== first.version)
      return `Reloader still runs: ${lease.holder} renews the Lease ${address.namespace}/${address.name}; stop it first`
  }
  return undefined
}

async function findLease(parts: StillAliveParts, address: ObjectAddress): Promise<Lease | undefined> {
  const object = await find(parts, LEASES, address)
  return object === undefined ? undefined : parseLease(object)
}

async function find(
  { client, signal }: StillAliveParts,
  resource: Resource,
  address: ObjectAddress,
): Promise<RawObject | undefined> {
  try {
    return await client.get(resource, address, { signal })
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
