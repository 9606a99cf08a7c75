// What an Argo Rollout says that no other workload does: the edge where its spec and status become a type.
import type { KubeObject, ObjectMeta } from '../../types/object.ts'
import type { Annotations } from '../../types/settings.ts'
import type { Borrowing, TemplateStamps, Workload } from '../../types/workload.ts'
import { LAST_RELOADED_FROM, ROLLOUT_STRATEGY_ANNOTATION } from '../settings/annotation-names.ts'
import { isRolledOut } from '../template/rollout-progress.ts'
import { NO_TEMPLATE_FACTS } from '../template/template-facts.ts'

interface Rollout extends KubeObject {
  readonly spec?: {
    readonly restartAt?: string
    readonly workloadRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name?: string }
  }
  readonly status?: { readonly workloadObservedGeneration?: string }
}

/** Whether a roll is to restart it (spec 2.1: the annotation of the Rollout itself, exactly this word), and when it did last. */
export function restartOf({ metadata, spec }: Rollout): Workload['restart'] {
  if (metadata.annotations?.[ROLLOUT_STRATEGY_ANNOTATION] !== 'restart') return undefined
  return typeof spec?.restartAt === 'string' ? { at: spec.restartAt } : {}
}

/** What restarts leave behind: the stamps of the annotations strategy, on the Rollout itself, since its pod template stays. */
export function restartStampsIn({ annotations }: ObjectMeta): TemplateStamps {
  const annotation = annotations?.[LAST_RELOADED_FROM]
  return annotation === undefined ? NO_TEMPLATE_FACTS.stamps : { variables: [], annotation }
}

/** Where it borrows its pod template; Argo refuses a Rollout that has one of its own beside that. */
export function borrowingOf(rollout: Rollout, annotations: Annotations): Borrowing | undefined {
  const { apiVersion, kind, name } = rollout.spec?.workloadRef ?? {}
  if (kind === undefined || name === undefined) return undefined
  const generation = Number(rollout.status?.workloadObservedGeneration)
  const done = isRolledOut(rollout, 'Rollout') && generation > 0
  return {
    apiVersion: apiVersion ?? '',
    kind,
    name,
    annotations,
    ...(done ? { rolledOutGeneration: generation } : {}),
  }
}
