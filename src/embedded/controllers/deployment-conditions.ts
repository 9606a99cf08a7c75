// The conditions of a Deployment's status: what it says of its progress, and since when.
import type { ApiObject } from '../object/api-object.ts'
import { type Json, type JsonObject, listAt, objectAt, textAt } from '../object/json.ts'
import { toTime } from '../schema/scalar.ts'

export interface ObservedProgress {
  /** The ReplicaSet of the present template; undefined: there is none because the Deployment is paused. */
  readonly newest: string | undefined
  readonly now: Date
}

/** The conditions as they are to be, with the times of those that have not changed kept. */
export function deploymentConditions(
  deployment: ApiObject,
  { newest, now }: ObservedProgress,
): readonly JsonObject[] {
  const known = listAt(deployment, 'status', 'conditions')
  const wanted = [AVAILABLE, newest === undefined ? PAUSED : progressed(newest)]
  return wanted.map((condition) =>
    timed(
      condition,
      known.find((each) => textAt(each, 'type') === condition.type),
      toTime(now),
    ),
  )
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

const AVAILABLE: Condition = {
  type: 'Available',
  status: 'True',
  reason: 'MinimumReplicasAvailable',
  message: 'Deployment has minimum availability.',
}

const PAUSED: Condition = {
  type: 'Progressing',
  status: 'Unknown',
  reason: 'DeploymentPaused',
  message: 'Deployment is paused',
}

function progressed(replicaSet: string): Condition {
  const message = `ReplicaSet "${replicaSet}" has successfully progressed.`
  return { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message }
}

/** lastUpdateTime moves with any change, lastTransitionTime with that of the status. */
function timed(condition: Condition, before: Json | undefined, now: string): JsonObject {
  const known = objectAt(before)
  const moved = known.status !== condition.status
  const changed = moved || known.reason !== condition.reason || known.message !== condition.message
  return {
    ...condition,
    lastUpdateTime: changed ? now : textAt(known, 'lastUpdateTime'),
    lastTransitionTime: moved ? now : textAt(known, 'lastTransitionTime'),
  }
}
