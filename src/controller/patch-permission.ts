// Whether RBAC lets us roll workloads of a kind: said once when it does not, and taken back when it does again.
import { isForbidden, problemText } from '../kube/api-error.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { WORKLOAD_RESOURCES, type WorkloadKind } from '../types/workload.ts'

export interface PatchPermission {
  /** A PATCH of a workload of this kind was answered with an error. */
  refused(kind: WorkloadKind, error: unknown): void
  /** A PATCH of a workload of this kind was carried out. */
  granted(kind: WorkloadKind): void
}

/** RBAC and admission both answer 403; these are the words of RBAC. */
const RBAC_REFUSAL = /cannot patch resource/

/** One warning and a metric for each kind that RBAC keeps us from rolling. */
export function createPatchPermission({
  log,
  metrics,
}: {
  readonly log: Pick<Log, 'warn'>
  readonly metrics: Pick<Metrics, 'forbidden'>
}): PatchPermission {
  const missing = new Set<WorkloadKind>()
  const count = (kind: WorkloadKind, value: number) =>
    metrics.forbidden.set({ resource: WORKLOAD_RESOURCES[kind].plural, verb: 'patch' }, value)

  return {
    refused(kind, error) {
      if (missing.has(kind) || !isForbidden(error) || !RBAC_REFUSAL.test(problemText(error))) return
      missing.add(kind)
      count(kind, 1)
      const { group, plural } = WORKLOAD_RESOURCES[kind]
      log.warn(
        `RBAC forbids patch on ${plural}, so no ${kind} is rolled; grant patch on ${plural} in API group ${group} (docs/permissions.md)`,
      )
    },
    granted(kind) {
      if (missing.delete(kind)) count(kind, 0)
    },
  }
}
