// Deployments: one ReplicaSet for every template, the newest scaled up while the others are scaled down, the status in
// step. The steps are those of pkg/controller/deployment of 1.36.
import type { ApiObject } from '../../object/api-object.ts'
import { numberAt, objectAt, textAt } from '../../object/json.ts'
import { type Controller, controllerOf, placeOf, type SyncAgain } from '../control-loop.ts'
import type { RecordEvent } from '../event-recorder.ts'
import type { LocalClient, ObjectPlace } from '../local-client.ts'
import { ownedBy, replicasOf } from '../owned-objects.ts'
import { isFinished } from '../pods/pod.ts'
import { rollAtOnce } from './at-once.ts'
import { isComplete, writeDeploymentStatus } from './deployment-status.ts'
import {
  lookAt,
  maxBefore,
  type Rollout,
  resize,
  revisionOf,
  sizeOf,
  wasSizedOtherwise,
  withNewest,
} from './replica-sets.ts'
import {
  limitsOf,
  newestSize,
  oldSizes,
  proportionalSizes,
  type SizedReplicaSet,
} from './rolling-arithmetic.ts'

export interface DeploymentControllerOptions {
  readonly client: LocalClient
  readonly now: () => Date
  readonly record: RecordEvent
  /** False: there are no pods, and what a ReplicaSet is asked for is there at once. */
  readonly pods: boolean
}

/** The controller of Deployments. */
export function createDeploymentController(options: DeploymentControllerOptions): Controller {
  const { client } = options
  return {
    kinds: options.pods ? ['Deployment', 'ReplicaSet', 'Pod'] : ['Deployment', 'ReplicaSet'],
    placeOf: (changed) => deploymentOf(client, changed),
    sync(place, again) {
      const deployment = client.get(place)
      if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return
      syncDeployment(options, deployment, again)
    },
  }
}

/** A pod asks through its ReplicaSet. */
function deploymentOf(client: LocalClient, changed: ApiObject): ObjectPlace | undefined {
  if (changed.kind === 'Deployment') return placeOf(changed)
  if (changed.kind === 'ReplicaSet') return controllerOf(changed, 'Deployment')
  const owner = controllerOf(changed, 'ReplicaSet')
  const replicaSet = owner === undefined ? undefined : client.get(owner)
  return replicaSet === undefined ? undefined : controllerOf(replicaSet, 'Deployment')
}

function syncDeployment(options: DeploymentControllerOptions, deployment: ApiObject, again: SyncAgain): void {
  const { client, record, pods } = options
  const before = lookAt({ client, record, deployment, limits: limitsOf(deployment) })
  const rolling = pods && !isPaused(before) && !isScaling(before)
  const after = pods ? (rolling ? roll(before) : scale(before)) : rollAtOnce(before, isPaused(before))
  const left = writeDeploymentStatus(after, {
    now: options.now(),
    created: before.newest === undefined && after.newest !== undefined,
    rolling: pods ? rolling : !isPaused(before),
  })
  if (left !== undefined) again(Math.max(left, 0) + 1000)
  if (isPaused(before) || isComplete(before)) removeHistory(after)
}

function isPaused({ deployment }: Rollout): boolean {
  return objectAt(deployment, 'spec').paused === true
}

function isScaling({ newest, old, limits }: Rollout): boolean {
  return [...old, ...(newest === undefined ? [] : [newest])].some((each) => wasSizedOtherwise(each, limits))
}

function roll(rollout: Rollout): Rollout {
  const { deployment } = rollout
  return textAt(deployment, 'spec', 'strategy', 'type') === 'Recreate' ? recreate(rollout) : rollOn(rollout)
}

/** One step of a rolling update: up where there is room, else down where there is enough. */
function rollOn(before: Rollout): Rollout {
  const rollout = withNewest(before)
  const { newest, old, limits } = rollout
  const size = sizeOf(newest)
  const grown = { ...size, replicas: newestSize(size.replicas, old.map(sizeOf), limits) }
  if (!resize(rollout, changed([size], [grown]))) {
    const sizes = old.map(sizeOf)
    resize(rollout, changed(sizes, oldSizes(size, sizes, limits)))
  }
  return rollout
}

function changed(
  before: readonly SizedReplicaSet[],
  after: readonly SizedReplicaSet[],
): readonly SizedReplicaSet[] {
  return after.filter((each, index) => each.replicas !== before[index]?.replicas)
}

/** Nothing new starts while a pod of an old template is still there. */
function recreate(before: Rollout): Rollout {
  const { client, old, limits } = before
  const running = old.filter((each) => replicasOf(each) > 0)
  if (
    resize(
      before,
      running.map((each) => ({ ...sizeOf(each), replicas: 0 })),
    )
  )
    return before
  if (old.some((each) => hasPods(client, each))) return before
  const rollout = withNewest(before)
  const size = sizeOf(rollout.newest)
  resize(rollout, changed([size], [{ ...size, replicas: limits.desired }]))
  return rollout
}

function hasPods(client: LocalClient, replicaSet: ApiObject): boolean {
  const counted = numberAt(replicaSet, 'status', 'replicas') ?? 0
  return counted > 0 || ownedBy(client, replicaSet, 'Pod').some((pod) => !isFinished(pod))
}

/** A changed number of replicas: all to the one ReplicaSet that has some, or shared out in the middle of a rollout. */
function scale(rollout: Rollout): Rollout {
  const { newest, old, limits } = rollout
  const all = newest === undefined ? old : [...old, newest]
  const active = all.filter((each) => replicasOf(each) > 0)
  const only = active.length > 1 ? undefined : (active[0] ?? newest ?? all.at(-1))
  if (only !== undefined) {
    if (replicasOf(only) !== limits.desired) resize(rollout, [{ ...sizeOf(only), replicas: limits.desired }])
    return rollout
  }
  if (newest !== undefined && isSaturated(newest, limits.desired))
    resize(
      rollout,
      old.filter((each) => replicasOf(each) > 0).map((each) => ({ ...sizeOf(each), replicas: 0 })),
    )
  else if (limits.maxSurge + limits.maxUnavailable > 0) resize(rollout, shareOut(rollout, active))
  return rollout
}

function isSaturated(newest: ApiObject, desired: number): boolean {
  const { replicas, available } = sizeOf(newest)
  return (
    replicas === desired &&
    available === desired &&
    !wasSizedOtherwise(newest, { desired, maxSurge: 0, maxUnavailable: 0 })
  )
}

function shareOut(rollout: Rollout, active: readonly ApiObject[]): readonly SizedReplicaSet[] {
  const { limits } = rollout
  const replicaSetOf = (name: string) => active.find((each) => each.metadata.name === name)
  return proportionalSizes(active.map(sizeOf), {
    limits,
    maxBefore: ({ name }) => maxBefore(rollout, replicaSetOf(name)),
  })
}

/** Old ReplicaSets beyond the limit, lowest revision first, once they are empty. */
function removeHistory({ client, deployment, old }: Rollout): void {
  const limit = numberAt(deployment, 'spec', 'revisionHistoryLimit') ?? 10
  const doomed = old
    .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, Math.max(0, old.length - limit))
  for (const each of doomed) if (isEmpty(each)) client.remove(placeOf(each))
}

function isEmpty(replicaSet: ApiObject): boolean {
  const { generation = 0 } = replicaSet.metadata
  const seen = generation <= (numberAt(replicaSet, 'status', 'observedGeneration') ?? 0)
  return seen && replicasOf(replicaSet) === 0 && (numberAt(replicaSet, 'status', 'replicas') ?? 0) === 0
}
