// How many pods each ReplicaSet of a Deployment may have: the arithmetic of pkg/controller/deployment of 1.36, over plain
// numbers.
import type { ApiObject } from '../../object/api-object.ts'
import { type Json, numberAt, textAt, valueAt } from '../../object/json.ts'

/** A ReplicaSet as far as the arithmetic sees it. */
export interface SizedReplicaSet {
  readonly name: string
  /** How many it is asked for, `spec.replicas`. */
  readonly replicas: number
  readonly available: number
}

/** What the strategy of a Deployment allows, in pods. */
export interface RolloutLimits {
  readonly desired: number
  /** How many more than `desired` there may be. */
  readonly maxSurge: number
  /** How many fewer than `desired` may be available. */
  readonly maxUnavailable: number
}

/** Percentages of the desired number: surge rounded up, unavailability down; both zero would be a standstill, so one may be missing. */
export function limitsOf(deployment: ApiObject): RolloutLimits {
  const desired = numberAt(deployment, 'spec', 'replicas') ?? 1
  if (textAt(deployment, 'spec', 'strategy', 'type') === 'Recreate')
    return { desired, maxSurge: 0, maxUnavailable: 0 }
  const limit = (key: string) => valueAt(deployment, 'spec', 'strategy', 'rollingUpdate', key)
  const maxSurge = scaled(limit('maxSurge'), desired, Math.ceil)
  const unavailable = scaled(limit('maxUnavailable'), desired, Math.floor)
  const maxUnavailable = maxSurge === 0 && unavailable === 0 ? 1 : unavailable
  return { desired, maxSurge, maxUnavailable: Math.min(maxUnavailable, desired) }
}

/** A number or a percentage of `total`, rounded as told; anything else is zero. */
export function scaled(value: Json | undefined, total: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value
  const percent = /^(\d+)%$/.exec(typeof value === 'string' ? value : '')?.[1]
  return percent === undefined ? 0 : round((Number(percent) * total) / 100)
}

/** How many the newest ReplicaSet is to have now: as many as the surge leaves room for. */
export function newestSize(
  newest: number,
  old: readonly SizedReplicaSet[],
  { desired, maxSurge }: RolloutLimits,
): number {
  if (newest >= desired) return desired
  const room = desired + maxSurge - newest - sum(old, 'replicas')
  return newest + Math.max(0, Math.min(room, desired - newest))
}

/** The sizes that old ReplicaSets, oldest first, are to be scaled down to: first what is not available, then what can be spared. */
export function oldSizes(
  newest: SizedReplicaSet,
  old: readonly SizedReplicaSet[],
  { desired, maxUnavailable }: RolloutLimits,
): readonly SizedReplicaSet[] {
  const minAvailable = desired - maxUnavailable
  const notAvailable = newest.replicas - newest.available
  const removable = newest.replicas + sum(old, 'replicas') - minAvailable - notAvailable
  if (removable <= 0) return old
  const healthy = takeAway(old, removable, ({ replicas, available }) => replicas - available)
  const spare = newest.available + sum(old, 'available') - minAvailable
  return takeAway(healthy, spare, ({ replicas }) => replicas)
}

/** Takes up to `total` away from the first on the list, from each at most what `removable` says. */
function takeAway(
  replicaSets: readonly SizedReplicaSet[],
  total: number,
  removable: (replicaSet: SizedReplicaSet) => number,
): readonly SizedReplicaSet[] {
  let left = Math.max(0, total)
  return replicaSets.map((each) => {
    const taken = Math.min(left, Math.max(0, removable(each)))
    left -= taken
    return taken === 0 ? each : { ...each, replicas: each.replicas - taken }
  })
}

export interface ScalingStep {
  readonly limits: RolloutLimits
  /** How many the Deployment could have when the sizes were last set. */
  readonly maxBefore: (replicaSet: SizedReplicaSet) => number
}

/**
 * The sizes after a Deployment was scaled in the middle of a rollout: each ReplicaSet its share, what is left over for the
 * largest. Newest first among equals when growing, oldest first when shrinking; `active` is given oldest first.
 */
export function proportionalSizes(
  active: readonly SizedReplicaSet[],
  { limits: { desired, maxSurge }, maxBefore }: ScalingStep,
): readonly SizedReplicaSet[] {
  const allowed = desired > 0 ? desired + maxSurge : 0
  const toAdd = allowed - sum(active, 'replicas')
  if (toAdd === 0) return active
  const ordered = (toAdd > 0 ? active.toReversed() : active).toSorted((a, b) => b.replicas - a.replicas)
  let added = 0
  const shared = ordered.map((each) => {
    const share = desired === 0 ? -each.replicas : shareOf(each, allowed, maxBefore(each))
    const left = toAdd - added
    const change = toAdd > 0 ? Math.min(share, left) : Math.max(share, left)
    added += change
    return { ...each, replicas: each.replicas + change }
  })
  const leftOver = toAdd - added
  return shared.map((each, index) =>
    index === 0 ? { ...each, replicas: Math.max(0, each.replicas + leftOver) } : each,
  )
}

function shareOf({ replicas }: SizedReplicaSet, allowed: number, before: number): number {
  return Math.round((replicas * allowed) / before) - replicas
}

function sum(replicaSets: readonly SizedReplicaSet[], key: 'replicas' | 'available'): number {
  return replicaSets.reduce((total, each) => total + each[key], 0)
}
