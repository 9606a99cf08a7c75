// ReplicaSets: as many pods as asked for, and a status that counts them.
import type { ApiObject } from '../object/api-object.ts'
import { numberAt, valueAt } from '../object/json.ts'
import { stringMap } from '../schema/validate-metadata.ts'
import { type Controller, controllerOf, placeOf, type SyncAgain } from './control-loop.ts'
import type { LocalClient } from './local-client.ts'
import { ownedBy, replicasOf, withoutZeros } from './owned-objects.ts'
import { deletionOrder } from './pods/deletion-order.ts'
import { createPod, deletePod, type PodControllerOptions } from './pods/own-pods.ts'
import { availableInMs, isActive, isReady, nameSuffix, podOf } from './pods/pod.ts'

/** The controller of ReplicaSets, whoever made them. */
export function createReplicaSetController(options: PodControllerOptions): Controller {
  return {
    kinds: ['ReplicaSet', 'Pod'],
    placeOf: (changed) =>
      changed.kind === 'ReplicaSet' ? placeOf(changed) : controllerOf(changed, 'ReplicaSet'),
    sync(place, again) {
      const replicaSet = options.client.get(place)
      if (replicaSet === undefined) return
      if (replicaSet.metadata.deletionTimestamp === undefined) matchReplicas(options, replicaSet)
      writeStatus(options, replicaSet, again)
    },
  }
}

function matchReplicas(options: PodControllerOptions, replicaSet: ApiObject): void {
  const active = ownedBy(options.client, replicaSet, 'Pod').filter(isActive)
  const missing = replicasOf(replicaSet) - active.length
  for (let made = 0; made < missing; made += 1) addPod(options, replicaSet)
  if (missing < 0) removePods(options, replicaSet, active)
}

function addPod(options: PodControllerOptions, replicaSet: ApiObject): void {
  const generateName = `${replicaSet.metadata.name}-`
  const name = `${generateName}${nameSuffix(options.random)}`
  const template = valueAt(replicaSet, 'spec', 'template')
  createPod(options, replicaSet, podOf(replicaSet, template, { name, generateName }))
}

function removePods(
  options: PodControllerOptions,
  replicaSet: ApiObject,
  active: readonly ApiObject[],
): void {
  const doomed = deletionOrder(active, relatedPods(options.client, replicaSet))
  for (const pod of doomed.slice(0, active.length - replicasOf(replicaSet)))
    deletePod(options, replicaSet, pod)
}

/** The active pods of every ReplicaSet of the same owner. */
function relatedPods(client: LocalClient, replicaSet: ApiObject): readonly ApiObject[] {
  const { namespace, ownerReferences = [] } = replicaSet.metadata
  const owner = ownerReferences.find((each) => each.controller === true)?.uid
  const siblings =
    owner === undefined
      ? [replicaSet]
      : client
          .list('ReplicaSet', namespace)
          .filter(({ metadata }) => metadata.ownerReferences?.some((each) => each.uid === owner))
  return siblings.flatMap((each) => ownedBy(client, each, 'Pod')).filter(isActive)
}

function writeStatus({ client, now }: PodControllerOptions, replicaSet: ApiObject, again: SyncAgain): void {
  const pods = ownedBy(client, replicaSet, 'Pod')
  const active = pods.filter(isActive)
  const minReadySeconds = numberAt(replicaSet, 'spec', 'minReadySeconds') ?? 0
  const waits = active.map((pod) => availableInMs(pod, minReadySeconds, now()))
  const pending = waits.filter((wait) => wait !== undefined && wait > 0)
  if (pending.length > 0) again(Math.min(...pending.map((wait) => wait ?? 0)))
  const counts = withoutZeros({
    fullyLabeledReplicas: active.filter((pod) => isFullyLabeled(pod, replicaSet)).length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: waits.filter((wait) => wait === 0).length,
    observedGeneration: replicaSet.metadata.generation ?? 0,
  })
  const terminatingReplicas = pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined).length
  client.update(
    { ...replicaSet, status: { replicas: active.length, ...counts, terminatingReplicas } },
    'status',
  )
}

function isFullyLabeled({ metadata }: ApiObject, replicaSet: ApiObject): boolean {
  const wanted = stringMap(replicaSet, 'spec', 'template', 'metadata', 'labels')
  return Object.entries(wanted).every(([key, value]) => metadata.labels?.[key] === value)
}
