// What a CronJob or a Job says of its runs: the edge where their spec and status become a type.
import type { KubeObject } from '../../types/object.ts'
import type { RunState, Workload, WorkloadKind } from '../../types/workload.ts'
import type { ObjectSource } from '../template/template-versions.ts'

/** How the object came into sight. */
export interface RunStateOptions {
  readonly kind: WorkloadKind
  readonly source: ObjectSource
  /** What was kept of the same object (same uid) before. */
  readonly previous: Workload | undefined
}

interface CronJob extends KubeObject {
  readonly spec?: { readonly suspend?: boolean; readonly concurrencyPolicy?: string }
  readonly status?: { readonly active?: readonly unknown[]; readonly lastScheduleTime?: string }
}

interface Job extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] }
}

/** Undefined for every other kind. The API server has checked the object's shape. */
export function runStateOf(object: KubeObject, options: RunStateOptions): RunState | undefined {
  if (options.kind === 'CronJob') return cronJobState(object, options)
  return options.kind === 'Job' ? { kind: 'Job', finished: isDecided(object) } : undefined
}

/** A Job that somebody else makes and replaces, a CronJob for one: not a workload of its own (behaviour.md 3). */
export function isOwnedJob({ metadata }: KubeObject, kind: WorkloadKind): boolean {
  return kind === 'Job' && metadata.ownerReferences?.some(({ controller }) => controller) === true
}

const FINISHED = ['Complete', 'Failed']
const DECIDED = [...FINISHED, 'SuccessCriteriaMet', 'FailureTarget']

/** No pod of it runs, or will ever run again. */
export function isFinished(job: KubeObject): boolean {
  return hasCondition(job, FINISHED)
}

/** How it ends is settled, though pods of it may not have ended yet. */
function isDecided(job: KubeObject): boolean {
  return hasCondition(job, DECIDED)
}

function hasCondition({ status }: Job, types: readonly string[]): boolean {
  const conditions = status?.conditions ?? []
  return conditions.some(({ type = '', status: is }) => types.includes(type) && is === 'True')
}

function cronJobState(object: CronJob, { source, previous }: RunStateOptions): RunState {
  const { spec, status } = object
  const lastScheduled = status?.lastScheduleTime
  const scheduledAt = lastScheduled === undefined ? undefined : shownAt(lastScheduled)
  return {
    kind: 'CronJob',
    suspended: spec?.suspend === true,
    forbidsOverlap: spec?.concurrencyPolicy === 'Forbid',
    active: (status?.active ?? []).length > 0,
    ...(lastScheduled === undefined ? {} : { lastScheduled }),
    ...(scheduledAt === undefined ? {} : { scheduledAt }),
  }

  /** Only the first watch event with that time came with the write of it. */
  function shownAt(time: string): string | undefined {
    const before = previous?.run?.kind === 'CronJob' ? previous.run : undefined
    if (before?.lastScheduled === time) return before.scheduledAt
    return source === 'watch' && before !== undefined ? object.metadata.resourceVersion : undefined
  }
}
