// How a Job ends: its conditions, in the words of pkg/controller/job of 1.36.
import type { ApiObject } from '../../object/api-object.ts'
import { type JsonObject, numberAt, objectAt, textAt } from '../../object/json.ts'
import { toTime } from '../../schema/scalar.ts'
import { conditionOf, conditionsOf } from '../deployment/deployment-conditions.ts'

/** Why a Job ends. `target` says so while its pods stop, `final` once they have. */
export interface JobEnd {
  readonly target: 'SuccessCriteriaMet' | 'FailureTarget'
  readonly final: 'Complete' | 'Failed'
  readonly reason: string
  readonly message: string
}

const REACHED: JobEnd = {
  target: 'SuccessCriteriaMet',
  final: 'Complete',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
}

const TOO_MANY_FAILURES: JobEnd = {
  target: 'FailureTarget',
  final: 'Failed',
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
}

const TOO_LATE: JobEnd = {
  target: 'FailureTarget',
  final: 'Failed',
  reason: 'DeadlineExceeded',
  message: 'Job was active longer than specified deadline',
}

/** The type of the condition that ended a Job: `Complete` or `Failed`; undefined for one that goes on. */
export function endOf(job: ApiObject): 'Complete' | 'Failed' | undefined {
  return (['Complete', 'Failed'] as const).find((type) => holds(conditionsOf(job), type))
}

/** When a Job ended, in milliseconds. */
export function endedMs(job: ApiObject): number {
  return Date.parse(textAt(conditionOf(conditionsOf(job), endOf(job) ?? ''), 'lastTransitionTime'))
}

function holds(conditions: readonly JsonObject[], type: string): boolean {
  return conditionOf(conditions, type).status === 'True'
}

export interface JobTally {
  readonly succeeded: number
  readonly failed: number
  readonly active: number
  /** How often containers were started again in place. */
  readonly restarts: number
}

/** Why the Job ends now; undefined: it goes on. An end that was announced before stays. */
export function dueEnd(job: ApiObject, tally: JobTally, now: Date): JobEnd | undefined {
  const announced = [REACHED, TOO_MANY_FAILURES, TOO_LATE].find(({ target, reason }) => {
    const known = conditionOf(conditionsOf(job), target)
    return known.status === 'True' && known.reason === reason
  })
  if (announced !== undefined) return announced
  const limit = numberAt(job, 'spec', 'backoffLimit') ?? 6
  if (tally.failed > limit || tally.restarts > limit) return TOO_MANY_FAILURES
  const left = deadlineLeftMs(job, now)
  if (left !== undefined && left <= 0) return TOO_LATE
  const completions = numberAt(job, 'spec', 'completions')
  const reached =
    completions === undefined ? tally.succeeded > 0 && tally.active === 0 : tally.succeeded >= completions
  return reached ? REACHED : undefined
}

/** How long a Job may still be active, in milliseconds; undefined where nothing limits it. */
export function deadlineLeftMs(job: ApiObject, now: Date): number | undefined {
  const seconds = numberAt(job, 'spec', 'activeDeadlineSeconds')
  const started = textAt(job, 'status', 'startTime')
  if (seconds === undefined || started === '' || objectAt(job, 'spec').suspend === true) return undefined
  return Date.parse(started) + seconds * 1000 - now.getTime()
}

/** The conditions with a Job's end on them, and with its suspension or resumption. */
export function jobConditions(
  job: ApiObject,
  { end, stopped }: { readonly end: JobEnd | undefined; readonly stopped: boolean },
  now: Date,
): readonly JsonObject[] {
  const conditions = suspension(job, conditionsOf(job), now)
  if (end === undefined) return conditions
  const { reason, message, target, final } = end
  const targeted = withJobCondition(conditions, { type: target, status: 'True', reason, message }, now)
  if (!stopped) return targeted
  return withJobCondition(targeted, { type: final, status: 'True', reason, message }, now)
}

function suspension(job: ApiObject, conditions: readonly JsonObject[], now: Date): readonly JsonObject[] {
  const suspended = objectAt(job, 'spec').suspend === true
  const known = conditionOf(conditions, 'Suspended')
  if (endOf(job) !== undefined || (!suspended && known.status !== 'True')) return conditions
  return suspended
    ? withJobCondition(conditions, suspendedAs('True', 'JobSuspended', 'Job suspended'), now)
    : withJobCondition(conditions, suspendedAs('False', 'JobResumed', 'Job resumed'), now)
}

function suspendedAs(status: string, reason: string, message: string): JsonObject {
  return { type: 'Suspended', status, reason, message }
}

function withJobCondition(
  conditions: readonly JsonObject[],
  condition: JsonObject,
  now: Date,
): readonly JsonObject[] {
  const type = String(condition.type)
  if (conditionOf(conditions, type).status === condition.status) return conditions
  const time = toTime(now)
  const next = { ...condition, lastProbeTime: time, lastTransitionTime: time }
  const known = conditions.findIndex((each) => each.type === type)
  return known < 0 ? [...conditions, next] : conditions.with(known, next)
}
