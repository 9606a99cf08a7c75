// The ReplicaSets of a Deployment: which one runs the present template, the revisions they carry, their sizes.
import { type ApiObject, withMetadata } from '../../object/api-object.ts'
import {
  type Json,
  type JsonObject,
  jsonEqual,
  numberAt,
  objectAt,
  valueAt,
  without,
} from '../../object/json.ts'
import { stringMap } from '../../schema/validate-metadata.ts'
import type { RecordEvent } from '../event-recorder.ts'
import type { LocalClient } from '../local-client.ts'
import { copiedAnnotations, ownedBy, ownerReference, replicasOf, templateHash } from '../owned-objects.ts'
import { newestSize, type RolloutLimits, type SizedReplicaSet } from './rolling-arithmetic.ts'

/** The annotation with the number of a revision. */
export const REVISION = 'deployment.kubernetes.io/revision'
const HISTORY = 'deployment.kubernetes.io/revision-history'
const DESIRED = 'deployment.kubernetes.io/desired-replicas'
const MAX = 'deployment.kubernetes.io/max-replicas'
const HASH = 'pod-template-hash'

/** One look at a Deployment with everything it owns. */
export interface Rollout {
  readonly client: LocalClient
  readonly record: RecordEvent
  readonly deployment: ApiObject
  readonly limits: RolloutLimits
  /** The ReplicaSet of the present template; undefined: not made yet. */
  readonly newest: ApiObject | undefined
  /** The others, oldest first. */
  readonly old: readonly ApiObject[]
}

/** The ReplicaSets as they are, the newest with the highest revision. */
export function lookAt(parts: Pick<Rollout, 'client' | 'record' | 'deployment' | 'limits'>): Rollout {
  const { client, deployment } = parts
  const owned = ownedBy(client, deployment, 'ReplicaSet').toSorted(byAge)
  const found = owned.find((each) => hasTemplate(each, deployment))
  const old = owned.filter((each) => each !== found)
  return { ...parts, old, newest: found === undefined ? undefined : promoted(parts, found, old) }
}

/** The same with the newest ReplicaSet made where it was missing. */
export function withNewest(rollout: Rollout): Rollout & { readonly newest: ApiObject } {
  const { newest } = rollout
  return { ...rollout, newest: newest ?? createReplicaSet(rollout) }
}

function byAge(a: ApiObject, b: ApiObject): number {
  const order =
    Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '')
  return order === 0 ? revisionOf(a) - revisionOf(b) : order
}

/** The number of a revision; 0 where there is none. */
export function revisionOf({ metadata }: ApiObject): number {
  return Number(metadata.annotations?.[REVISION] ?? 0)
}

/** Whether a ReplicaSet runs the template of the Deployment; the hash in its labels does not count. */
function hasTemplate(replicaSet: ApiObject, deployment: ApiObject): boolean {
  return jsonEqual(
    withoutHash(valueAt(replicaSet, 'spec', 'template')),
    valueAt(deployment, 'spec', 'template'),
  )
}

function withoutHash(template: Json | undefined): JsonObject {
  const labels = without(objectAt(template, 'metadata', 'labels'), HASH)
  const metadata = without(objectAt(template, 'metadata'), 'labels')
  const labelled = Object.keys(labels).length === 0 ? metadata : { ...metadata, labels }
  return { ...objectAt(template), metadata: labelled }
}

function createReplicaSet({ client, record, deployment, limits, old }: Rollout): ApiObject {
  const template = objectAt(deployment, 'spec', 'template')
  const hash = templateHash(template)
  const labels = { ...objectAt(template, 'metadata', 'labels'), [HASH]: hash }
  const selector = objectAt(deployment, 'spec', 'selector')
  const { name, namespace } = deployment.metadata
  const replicas = newestSize(0, old.map(sizeOf), limits)
  const revision = { [REVISION]: String(nextRevision(old)) }
  const created = client.create({
    kind: 'ReplicaSet',
    apiVersion: 'apps/v1',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { ...copiedAnnotations(deployment), ...sizeMarks(limits), ...revision },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas,
      minReadySeconds: numberAt(deployment, 'spec', 'minReadySeconds') ?? 0,
      selector: { ...selector, matchLabels: { ...objectAt(selector, 'matchLabels'), [HASH]: hash } },
      template: { ...template, metadata: { ...objectAt(template, 'metadata'), labels } },
    },
  })
  if (replicas > 0) recordScaling({ record, deployment }, created, { from: 0, to: replicas })
  return created
}

function nextRevision(old: readonly ApiObject[]): number {
  return Math.max(0, ...old.map(revisionOf)) + 1
}

/** A template that comes back takes its ReplicaSet to the front; the revision that it had goes into its history. */
function promoted(
  { client, deployment }: Pick<Rollout, 'client' | 'deployment'>,
  replicaSet: ApiObject,
  old: readonly ApiObject[],
): ApiObject {
  const before = revisionOf(replicaSet)
  const revision = Math.max(before, nextRevision(old))
  const annotations = {
    ...stringMap(replicaSet, 'metadata', 'annotations'),
    ...copiedAnnotations(deployment),
    [REVISION]: String(revision),
    ...(revision > before && before > 0 ? history(replicaSet, before) : {}),
  }
  const minReadySeconds = numberAt(deployment, 'spec', 'minReadySeconds') ?? 0
  const spec = { ...objectAt(replicaSet, 'spec'), ...(minReadySeconds > 0 ? { minReadySeconds } : {}) }
  return client.update({ ...withMetadata(replicaSet, { annotations }), spec })
}

function history({ metadata }: ApiObject, revision: number): JsonObject {
  const known = metadata.annotations?.[HISTORY]
  return { [HISTORY]: known === undefined ? String(revision) : `${known},${revision}` }
}

/** A ReplicaSet for the arithmetic. */
export function sizeOf(replicaSet: ApiObject): SizedReplicaSet {
  return {
    name: replicaSet.metadata.name ?? '',
    replicas: replicasOf(replicaSet),
    available: numberAt(replicaSet, 'status', 'availableReplicas') ?? 0,
  }
}

function sizeMarks({ desired, maxSurge }: RolloutLimits): JsonObject {
  return { [DESIRED]: String(desired), [MAX]: String(desired + maxSurge) }
}

/** How many the Deployment could have when this ReplicaSet was last sized; its present count where nobody noted it. */
export function maxBefore({ deployment }: Rollout, replicaSet: ApiObject | undefined): number {
  const noted = Number(replicaSet?.metadata.annotations?.[MAX] ?? 0)
  return noted > 0 ? noted : (numberAt(deployment, 'status', 'replicas') ?? 1)
}

/** Whether a ReplicaSet with pods was sized for another number than is desired now. */
export function wasSizedOtherwise(replicaSet: ApiObject, { desired }: RolloutLimits): boolean {
  const noted = replicaSet.metadata.annotations?.[DESIRED]
  return replicasOf(replicaSet) > 0 && noted !== undefined && Number(noted) !== desired
}

/** Gives ReplicaSets their new sizes; true where one of them changed. */
export function resize(rollout: Rollout, sizes: readonly SizedReplicaSet[]): boolean {
  const { client, newest, old, limits } = rollout
  const all = newest === undefined ? old : [...old, newest]
  let changed = false
  for (const { name, replicas } of sizes) {
    const replicaSet = all.find((each) => each.metadata.name === name)
    if (replicaSet === undefined) continue
    const from = replicasOf(replicaSet)
    const annotations = { ...replicaSet.metadata.annotations, ...sizeMarks(limits) }
    const spec = { ...objectAt(replicaSet, 'spec'), replicas }
    client.update({ ...withMetadata(replicaSet, { annotations }), spec })
    if (from === replicas) continue
    changed = true
    recordScaling(rollout, replicaSet, { from, to: replicas })
  }
  return changed
}

interface Scaling {
  readonly from: number
  readonly to: number
}

function recordScaling(
  { record, deployment }: Pick<Rollout, 'record' | 'deployment'>,
  { metadata }: ApiObject,
  { from, to }: Scaling,
): void {
  const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${metadata.name} from ${from} to ${to}`
  record(deployment, { reason: 'ScalingReplicaSet', message })
}
