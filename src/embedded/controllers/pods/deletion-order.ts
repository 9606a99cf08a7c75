// Which pods of a ReplicaSet go first when there are too many: `ActivePodsWithRanks` of pkg/controller of 1.36.
import type { ApiObject } from '../../object/api-object.ts'
import { listAt, numberAt, textAt } from '../../object/json.ts'
import { isReady, nodeOf, readySinceMs } from './pod.ts'

const COST = 'controller.kubernetes.io/pod-deletion-cost'
const PHASES = ['Pending', 'Unknown', 'Running']

/**
 * The pods in the order in which they go: unbound, pending, unready, cheap, crowded with `related` ones on their node, the
 * one that became ready last, often restarted, young.
 */
export function deletionOrder(
  pods: readonly ApiObject[],
  related: readonly ApiObject[],
): readonly ApiObject[] {
  const crowd = (pod: ApiObject) => related.filter((each) => nodeOf(each) === nodeOf(pod)).length
  const ranks: readonly ((pod: ApiObject) => number)[] = [
    (pod) => (nodeOf(pod) === '' ? 0 : 1),
    (pod) => PHASES.indexOf(textAt(pod, 'status', 'phase')),
    (pod) => (isReady(pod) ? 1 : 0),
    (pod) => Number(pod.metadata.annotations?.[COST] ?? 0),
    (pod) => -crowd(pod),
    (pod) => -readySinceMs(pod),
    (pod) => -restarts(pod),
    (pod) => -Date.parse(pod.metadata.creationTimestamp ?? ''),
  ]
  return pods.toSorted((a, b) => {
    for (const rank of ranks) {
      const difference = rank(a) - rank(b)
      if (difference !== 0) return difference
    }
    return 0
  })
}

function restarts(pod: ApiObject): number {
  return Math.max(
    0,
    ...listAt(pod, 'status', 'containerStatuses').map((each) => numberAt(each, 'restartCount') ?? 0),
  )
}
