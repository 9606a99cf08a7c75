// The status of a StatefulSet, counted from its pods.

import type { ApiObject } from '../../object/api-object.ts'
import { numberAt, textAt } from '../../object/json.ts'
import type { LocalClient } from '../local-client.ts'
import { replicasOf, withoutZeros } from '../owned-objects.ts'
import { isFinished } from '../pods/pod.ts'
import { availableIn, isRunningAndReady, isTerminating, revisionNameOf } from './stateful-pod.ts'
import type { StatefulRollout } from './stateful-rollout.ts'

/** Writes the status. Once every pod runs the update revision and is ready, it is the current one. */
export function writeStatefulSetStatus(client: LocalClient, rollout: StatefulRollout, now: Date): void {
  const { set, pods, update } = rollout
  const counted = pods.filter((pod) => !isFinished(pod))
  const ready = counted.filter(isRunningAndReady).length
  const updated = running(counted, update.name)
  const done = [counted.length, ready, updated].every((count) => count === replicasOf(set)) && rolls(set)
  const current = done ? update.name : rollout.current.name
  const status = {
    replicas: counted.length,
    availableReplicas: counted.filter((pod) => availableIn(set, pod, now) === 0).length,
    ...withoutZeros({
      readyReplicas: ready,
      currentReplicas: running(counted, current),
      updatedReplicas: updated,
      observedGeneration: set.metadata.generation ?? 0,
    }),
    currentRevision: current,
    updateRevision: update.name,
    collisionCount: numberAt(set, 'status', 'collisionCount') ?? 0,
  }
  client.update({ ...set, status }, 'status')
}

function rolls(set: ApiObject): boolean {
  return textAt(set, 'spec', 'updateStrategy', 'type') === 'RollingUpdate'
}

function running(pods: readonly ApiObject[], revision: string): number {
  return pods.filter((pod) => !isTerminating(pod) && revisionNameOf(pod) === revision).length
}
