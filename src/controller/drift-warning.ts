// Argo CD shows a variable that a roll added as drift, and with self-heal takes it out again: whoever uses both is told once.
import type { Log } from '../telemetry/log.ts'
import { refKey } from '../types/object.ts'
import type { Reconciled } from './result.ts'

/** Warns at the first workload that Argo CD tracks and that is rolled by the env-vars strategy, and never again. */
export function createDriftWarning({ log }: { readonly log: Pick<Log, 'warn'> }): (look: Reconciled) => void {
  let said = false
  return ({ workload, observation, plan }) => {
    if (said || plan.outcomes.length === 0) return
    const strategy = workload.settings.reloadStrategy ?? observation.policy.strategy
    if (strategy !== 'env-vars' || !workload.releases.some((id) => id.startsWith('argocd:'))) return
    said = true
    log.warn(
      `Argo CD tracks ${refKey(workload.ref)} and may show the variable of a roll as drift: use --reload-strategy=annotations, the annotation reloader.stakater.com/reload-strategy: annotations on the workload, or ignoreDifferences as in docs/gitops.md`,
    )
  }
}
