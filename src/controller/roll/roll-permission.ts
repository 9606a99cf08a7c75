// Whether RBAC lets us roll workloads of a kind: said once when it does not, and taken back when it does again.
import { isForbidden } from '../../kube/api-error.ts'
import type { Log } from '../../telemetry/log.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { problemText } from '../../types/problem-text.ts'
import { WORKLOAD_RESOURCES, type WorkloadKind } from '../../types/workload.ts'

export interface RollPermission {
  /** A request of the roll of a workload of this kind was answered with an error. */
  refused(kind: WorkloadKind, error: unknown): void
  /** A workload of this kind was rolled. */
  granted(kind: WorkloadKind): void
}

/** RBAC and admission both answer 403; these are the words of RBAC. */
const RBAC_REFUSAL = /cannot (\w+) resource "(\w+)"/

/** One warning and a metric for each kind that RBAC keeps us from rolling. */
export function createRollPermission({
  log,
  metrics,
}: {
  readonly log: Pick<Log, 'warn'>
  readonly metrics: Pick<Metrics, 'forbidden'>
}): RollPermission {
  const missing = new Map<WorkloadKind, { readonly verb: string; readonly resource: string }>()

  return {
    refused(kind, error) {
      if (missing.has(kind) || !isForbidden(error)) return
      const [, verb, resource] = RBAC_REFUSAL.exec(problemText(error)) ?? []
      if (verb === undefined || resource === undefined) return
      missing.set(kind, { verb, resource })
      metrics.forbidden.set({ resource, verb }, 1)
      const { group } = WORKLOAD_RESOURCES[kind]
      log.warn(
        `RBAC forbids ${verb} on ${resource}, so no ${kind} is rolled; grant ${verb} on ${resource} in API group ${group} (docs/permissions.md)`,
      )
    },
    granted(kind) {
      const labels = missing.get(kind)
      if (labels === undefined) return
      missing.delete(kind)
      metrics.forbidden.set(labels, 0)
    },
  }
}
