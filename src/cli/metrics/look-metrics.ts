// Counts looks at workloads: how each one ended, and what was decided.
import type { Reconciled } from '../../controller/result.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { refKey } from '../../types/object.ts'
import type { Reason } from '../../types/plan.ts'

export interface LookMetrics {
  /** A decision was made and carried out. */
  planned(look: Reconciled): void
  /** The look is over. */
  done(workloadKey: string, outcome: { readonly durationMs: number; readonly error?: unknown }): void
}

type LookCounters = Pick<
  Metrics,
  'plans' | 'skipped' | 'workloadsScanned' | 'reconciles' | 'reconcileDuration'
>

/** The incumbent's word for a reason to skip (spec 7.6). */
const SKIPPED: Partial<Record<Reason, 'ignored_or_not_selected'>> = {
  NotOptedIn: 'ignored_or_not_selected',
  NothingFollowed: 'ignored_or_not_selected',
  OutOfScope: 'ignored_or_not_selected',
}

/** Each look counts once: of one workload there is never more than one at a time. */
export function createLookMetrics(metrics: LookCounters): LookMetrics {
  /** Workloads of which the look that is not over yet did something. */
  const acted = new Set<string>()
  return {
    planned({ workload, plan, outcome }) {
      metrics.plans.inc({ plan: plan.kind, reason: plan.reason })
      metrics.workloadsScanned.inc({ kind: workload.ref.kind })
      if (plan.kind === 'skip') metrics.skipped.inc({ reason: SKIPPED[plan.reason] ?? 'no_data_change' })
      else if (outcome?.state === 'unchanged') metrics.skipped.inc({ reason: 'strategy_not_updated' })
      if (plan.kind === 'roll' || plan.kind === 'adopt' || plan.kind === 'record')
        acted.add(refKey(workload.ref))
    },
    done(workloadKey, { durationMs, error }) {
      const success = acted.delete(workloadKey) ? 'success' : 'skipped'
      const result = error === undefined ? success : 'error'
      metrics.reconciles.inc({ result })
      metrics.reconcileDuration.observe({ result }, durationMs / 1_000)
    },
  }
}
