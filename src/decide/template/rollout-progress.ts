// What the status of a workload says of its rollout.
import type { KubeObject } from '../../types/object.ts'
import type { WorkloadKind } from '../../types/workload.ts'

interface Status {
  /** A Rollout has it as text. */
  readonly observedGeneration?: number | string
  readonly replicas?: number
  readonly updatedReplicas?: number
}

/**
 * Whether every pod is of the present template, so that no earlier one has pods left that could live on if it came back.
 * DaemonSets count nodes instead of pods, and a DeploymentConfig may wait with a new template until somebody deploys it: they
 * are never said to be done, which costs a roll more, and loses nothing.
 */
export function isRolledOut(object: KubeObject, kind: WorkloadKind): boolean {
  const { status } = object as { readonly status?: Status }
  if (status === undefined || 'desiredNumberScheduled' in status || kind === 'DeploymentConfig') return false
  const { observedGeneration, replicas = 0, updatedReplicas = 0 } = status
  const observed = observedGeneration !== undefined && Number(observedGeneration)
  return observed === object.metadata.generation && replicas === updatedReplicas
}
