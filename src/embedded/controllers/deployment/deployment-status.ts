// The status of a Deployment, counted from the status of its ReplicaSets.
import { type ApiObject, withMetadata } from '../../object/api-object.ts'
import { type JsonObject, numberAt, objectAt } from '../../object/json.ts'
import { replicasOf, withoutZeros } from '../owned-objects.ts'
import {
  availability,
  conditionOf,
  deadlineLeftMs,
  hasDeadline,
  progress,
  withCondition,
  withPause,
  withProgress,
} from './deployment-conditions.ts'
import { REVISION, type Rollout, revisionOf } from './replica-sets.ts'

type Counts = Readonly<Record<'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas', number>>

export interface StatusOptions {
  readonly now: Date
  /** Whether the newest ReplicaSet was made in this step. */
  readonly created: boolean
  /** False where the Deployment is only scaled or paused, which says nothing of its progress. */
  readonly rolling: boolean
}

/** Writes the status; returns how long until the progress deadline passes, in milliseconds. */
export function writeDeploymentStatus(rollout: Rollout, options: StatusOptions): number | undefined {
  const { client, deployment, newest, old } = refreshed(rollout)
  const all = newest === undefined ? old : [...old, newest]
  const counts = countsOf(newest, all)
  const conditions = conditionsAfter({ ...rollout, newest }, counts, options)
  const asked = all.reduce((total, each) => total + replicasOf(each), 0)
  const status = {
    ...withoutZeros({
      ...counts,
      unavailableReplicas: Math.max(0, asked - counts.availableReplicas),
      observedGeneration: deployment.metadata.generation ?? 0,
    }),
    terminatingReplicas: sum(all, 'terminatingReplicas'),
    conditions,
  }
  const revision = newest === undefined ? {} : { [REVISION]: String(revisionOf(newest)) }
  const annotations = { ...deployment.metadata.annotations, ...revision }
  client.update({ ...withMetadata(deployment, { annotations }), status }, 'status')
  return deadlineLeftMs(deployment, conditions, options.now)
}

/** The ReplicaSets as this step left them. */
function refreshed(rollout: Rollout): Rollout {
  const { client, newest, old } = rollout
  const again = (each: ApiObject) =>
    client.get({
      kind: each.kind,
      namespace: each.metadata.namespace ?? '',
      name: each.metadata.name ?? '',
    }) ?? each
  return { ...rollout, newest: newest === undefined ? undefined : again(newest), old: old.map(again) }
}

function countsOf(newest: ApiObject | undefined, all: readonly ApiObject[]): Counts {
  return {
    replicas: sum(all, 'replicas'),
    updatedReplicas: newest === undefined ? 0 : sum([newest], 'replicas'),
    readyReplicas: sum(all, 'readyReplicas'),
    availableReplicas: sum(all, 'availableReplicas'),
  }
}

function sum(replicaSets: readonly ApiObject[], key: string): number {
  return replicaSets.reduce((total, each) => total + (numberAt(each, 'status', key) ?? 0), 0)
}

function conditionsAfter(
  { deployment, newest, limits }: Rollout,
  counts: Counts,
  { now, created, rolling }: StatusOptions,
): readonly JsonObject[] {
  const enough = counts.availableReplicas >= limits.desired - limits.maxUnavailable
  const begun = withBeginning({ deployment, newest, created }, withPause(deployment, now), now)
  const conditions = withCondition(begun, availability(enough), now)
  if (!rolling) return conditions
  const complete =
    counts.updatedReplicas === limits.desired &&
    counts.replicas === limits.desired &&
    counts.availableReplicas === limits.desired
  const observed = { newest: newest?.metadata.name ?? '', complete, moved: hasMoved(deployment, counts), now }
  return withProgress(deployment, conditions, observed)
}

interface Beginning {
  readonly deployment: ApiObject
  readonly newest: ApiObject | undefined
  readonly created: boolean
}

/** A rollout begins with a ReplicaSet that was made, or found by a Deployment that has said nothing yet. */
function withBeginning(
  { deployment, newest, created }: Beginning,
  conditions: readonly JsonObject[],
  now: Date,
): readonly JsonObject[] {
  const silent = conditionOf(conditions, 'Progressing').type === undefined
  if (newest === undefined || !hasDeadline(deployment) || !(created || silent)) return conditions
  const reason = created ? 'NewReplicaSetCreated' : 'FoundNewReplicaSet'
  return withCondition(conditions, progress(reason, newest.metadata.name), now)
}

/** More pods of the present template, fewer of the others, or more that are ready. */
function hasMoved(deployment: ApiObject, counts: Counts): boolean {
  const status = objectAt(deployment, 'status')
  const before = (key: keyof Counts) => numberAt(status, key) ?? 0
  return (
    counts.updatedReplicas > before('updatedReplicas') ||
    counts.replicas - counts.updatedReplicas < before('replicas') - before('updatedReplicas') ||
    counts.readyReplicas > before('readyReplicas') ||
    counts.availableReplicas > before('availableReplicas')
  )
}

/** Whether the status that is stored says that every replica runs the present template and is available. */
export function isComplete({ deployment, limits: { desired } }: Rollout): boolean {
  const { metadata, status } = deployment
  return (
    ['replicas', 'updatedReplicas', 'availableReplicas'].every(
      (key) => (numberAt(status, key) ?? 0) === desired,
    ) && (numberAt(status, 'observedGeneration') ?? 0) >= (metadata.generation ?? 0)
  )
}
