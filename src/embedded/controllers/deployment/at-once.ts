// A rollout without pods: the newest ReplicaSet has every replica at once, and all of them are available.
import type { ApiObject } from '../../object/api-object.ts'
import type { LocalClient } from '../local-client.ts'
import { ownedBy, replicasOf, withoutZeros } from '../owned-objects.ts'
import { type Rollout, resize, sizeOf, withNewest } from './replica-sets.ts'

/** The whole rollout in one step. A paused Deployment keeps what it has. */
export function rollAtOnce(before: Rollout, paused: boolean): Rollout {
  const rollout = paused ? before : withNewest(before)
  const { client, deployment, newest, old, limits } = rollout
  if (!paused && newest !== undefined) {
    const emptied = old
      .filter((each) => replicasOf(each) > 0)
      .map((each) => ({ ...sizeOf(each), replicas: 0 }))
    resize(rollout, [{ ...sizeOf(newest), replicas: limits.desired }, ...emptied])
  }
  for (const each of ownedBy(client, deployment, 'ReplicaSet')) writeFullStatus(client, each)
  return rollout
}

function writeFullStatus(client: LocalClient, replicaSet: ApiObject): void {
  const replicas = replicasOf(replicaSet)
  const counts = withoutZeros({
    fullyLabeledReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    observedGeneration: replicaSet.metadata.generation ?? 0,
  })
  client.update({ ...replicaSet, status: { replicas, ...counts, terminatingReplicas: 0 } }, 'status')
}
