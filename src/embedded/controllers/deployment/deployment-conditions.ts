// The conditions of a Deployment: what it says of its progress, and since when (pkg/controller/deployment of 1.36).
import type { ApiObject } from '../../object/api-object.ts'
import { type JsonObject, listAt, numberAt, objectAt, textAt } from '../../object/json.ts'
import { toTime } from '../../schema/scalar.ts'

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

/** The conditions of an object's status. */
export function conditionsOf(object: ApiObject): readonly JsonObject[] {
  return listAt(object, 'status', 'conditions').map((each) => objectAt(each))
}

/** The condition of that type; an empty object where there is none. */
export function conditionOf(conditions: readonly JsonObject[], type: string): JsonObject {
  return conditions.find((each) => each.type === type) ?? {}
}

/** lastUpdateTime moves with any change, lastTransitionTime with that of the status; what changed goes to the end. */
export function withCondition(
  conditions: readonly JsonObject[],
  condition: Condition,
  now: Date,
): readonly JsonObject[] {
  const known = conditionOf(conditions, condition.type)
  const same = known.status === condition.status
  if (same && known.reason === condition.reason && known.message === condition.message) return conditions
  return replaced(conditions, condition, now)
}

function replaced(conditions: readonly JsonObject[], condition: Condition, now: Date): readonly JsonObject[] {
  const known = conditionOf(conditions, condition.type)
  const time = toTime(now)
  const lastTransitionTime = known.status === condition.status ? textAt(known, 'lastTransitionTime') : time
  const others = conditions.filter((each) => each.type !== condition.type)
  return [...others, { ...condition, lastUpdateTime: time, lastTransitionTime }]
}

const ENOUGH: Condition = {
  type: 'Available',
  status: 'True',
  reason: 'MinimumReplicasAvailable',
  message: 'Deployment has minimum availability.',
}

const TOO_FEW: Condition = {
  type: 'Available',
  status: 'False',
  reason: 'MinimumReplicasUnavailable',
  message: 'Deployment does not have minimum availability.',
}

/** The condition Available. */
export function availability(enough: boolean): Condition {
  return enough ? ENOUGH : TOO_FEW
}

const PROGRESS = {
  NewReplicaSetCreated: { status: 'True', says: (name: string) => `Created new replica set "${name}"` },
  FoundNewReplicaSet: { status: 'True', says: (name: string) => `Found new replica set "${name}"` },
  ReplicaSetUpdated: { status: 'True', says: (name: string) => `ReplicaSet "${name}" is progressing.` },
  NewReplicaSetAvailable: {
    status: 'True',
    says: (name: string) => `ReplicaSet "${name}" has successfully progressed.`,
  },
  ProgressDeadlineExceeded: {
    status: 'False',
    says: (name: string) => `ReplicaSet "${name}" has timed out progressing.`,
  },
  DeploymentPaused: { status: 'Unknown', says: () => 'Deployment is paused' },
  DeploymentResumed: { status: 'Unknown', says: () => 'Deployment is resumed' },
} as const

/** The condition Progressing, of the ReplicaSet of that name. */
export function progress(reason: keyof typeof PROGRESS, replicaSet = ''): Condition {
  const { status, says } = PROGRESS[reason]
  return { type: 'Progressing', status, reason, message: says(replicaSet) }
}

/** Whether a Deployment has a progress deadline; without one it has no condition Progressing. */
export function hasDeadline(deployment: ApiObject): boolean {
  const seconds = numberAt(deployment, 'spec', 'progressDeadlineSeconds')
  return seconds !== undefined && seconds < 2 ** 31 - 1
}

/** The conditions with what a pause or its end makes of Progressing. One that timed out stays so. */
export function withPause(deployment: ApiObject, now: Date): readonly JsonObject[] {
  const conditions = conditionsOf(deployment)
  const { reason } = conditionOf(conditions, 'Progressing')
  if (!hasDeadline(deployment) || reason === 'ProgressDeadlineExceeded') return conditions
  const paused = objectAt(deployment, 'spec').paused === true
  if (paused === (reason === 'DeploymentPaused')) return conditions
  return withCondition(conditions, progress(paused ? 'DeploymentPaused' : 'DeploymentResumed'), now)
}

export interface ObservedProgress {
  readonly newest: string
  /** Every replica runs the present template and is available. */
  readonly complete: boolean
  /** Something moved since the last status. */
  readonly moved: boolean
  readonly now: Date
}

/** The conditions after a step of a rollout. */
export function withProgress(
  deployment: ApiObject,
  conditions: readonly JsonObject[],
  { newest, complete, moved, now }: ObservedProgress,
): readonly JsonObject[] {
  if (!hasDeadline(deployment)) return conditions.filter((each) => each.type !== 'Progressing')
  if (complete) return withCondition(conditions, progress('NewReplicaSetAvailable', newest), now)
  if (conditionOf(conditions, 'Progressing').reason === 'NewReplicaSetAvailable' && !moved) return conditions
  if (moved) return replaced(conditions, progress('ReplicaSetUpdated', newest), now)
  const left = deadlineLeftMs(deployment, conditions, now)
  if (left === undefined || left > 0) return conditions
  return withCondition(conditions, progress('ProgressDeadlineExceeded', newest), now)
}

/** How long until the progress deadline passes; undefined where nothing is awaited. */
export function deadlineLeftMs(
  deployment: ApiObject,
  conditions: readonly JsonObject[],
  now: Date,
): number | undefined {
  const { reason, lastUpdateTime } = conditionOf(conditions, 'Progressing')
  const awaited = ['NewReplicaSetCreated', 'FoundNewReplicaSet', 'ReplicaSetUpdated', 'DeploymentResumed']
  if (!hasDeadline(deployment) || !awaited.includes(String(reason))) return undefined
  const seconds = numberAt(deployment, 'spec', 'progressDeadlineSeconds') ?? 0
  return Date.parse(String(lastUpdateTime)) + seconds * 1000 - now.getTime()
}
