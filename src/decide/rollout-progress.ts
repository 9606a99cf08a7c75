// What the status of a workload says of its rollout.
import type { KubeObject } from '../types/object.ts'

interface Status {
  readonly observedGeneration?: number
  readonly replicas?: number
  readonly updatedReplicas?: number
}

/**
 * Whether every pod is of the present template, so that no earlier one has pods left that could live on if it came back.
 * DaemonSets count nodes instead of pods and are never said to be done: that costs a roll more, and loses nothing.
 */
export function isRolledOut(object: KubeObject): boolean {
  const { status } = object as { readonly status?: Status }
  if (status === undefined || 'desiredNumberScheduled' in status) return false
  const { observedGeneration, replicas = 0, updatedReplicas = 0 } = status
  return observedGeneration === object.metadata.generation && replicas === updatedReplicas
}
