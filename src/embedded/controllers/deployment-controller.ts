// Deployments: one ReplicaSet for every template, the newest scaled up, the others to nothing, the status in step. There
// are no pods: what a ReplicaSet is asked for is there at once.
import { type ApiObject, withMetadata } from '../object/api-object.ts'
import {
  type Json,
  type JsonObject,
  jsonEqual,
  numberAt,
  objectAt,
  valueAt,
  without,
} from '../object/json.ts'
import { stringMap } from '../schema/validate-metadata.ts'
import { type Controller, controllerOf, placeOf } from './control-loop.ts'
import { deploymentConditions } from './deployment-conditions.ts'
import type { LocalClient } from './local-client.ts'
import { copiedAnnotations, ownedBy, ownerReference, templateHash } from './owned-objects.ts'

const REVISION = 'deployment.kubernetes.io/revision'
const HASH = 'pod-template-hash'

/** The controller of Deployments and of the ReplicaSets' status. */
export function createDeploymentController(client: LocalClient, now: () => Date): Controller {
  return {
    kinds: ['Deployment', 'ReplicaSet'],
    placeOf: (changed) =>
      changed.kind === 'Deployment' ? placeOf(changed) : controllerOf(changed, 'Deployment'),
    sync(place) {
      const deployment = client.get(place)
      if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return
      syncDeployment(client, deployment, now())
    },
  }
}

function syncDeployment(client: LocalClient, deployment: ApiObject, now: Date): void {
  const owned = ownedBy(client, deployment, 'ReplicaSet').toSorted((a, b) => revisionOf(a) - revisionOf(b))
  const found = owned.find((each) => hasTemplate(each, deployment))
  const paused = objectAt(deployment, 'spec').paused === true
  const current = found ?? (paused ? undefined : createReplicaSet(client, deployment, owned))
  const others = owned.filter((each) => each !== current)
  const newest = current === undefined || paused ? current : promote(client, current, { deployment, others })
  if (!paused) for (const each of others) scaleDown(client, each)
  for (const each of ownedBy(client, deployment, 'ReplicaSet')) writeReplicaSetStatus(client, each)
  writeStatus(client, deployment, { newest, now })
  if (!paused) removeHistory(client, deployment, others)
}

function revisionOf({ metadata }: ApiObject): number {
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

function createReplicaSet(
  client: LocalClient,
  deployment: ApiObject,
  owned: readonly ApiObject[],
): ApiObject {
  const template = objectAt(deployment, 'spec', 'template')
  const hash = templateHash(template)
  const labels = { ...objectAt(template, 'metadata', 'labels'), [HASH]: hash }
  const selector = objectAt(deployment, 'spec', 'selector')
  const { name, namespace } = deployment.metadata
  return client.create({
    kind: 'ReplicaSet',
    apiVersion: 'apps/v1',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { ...copiedAnnotations(deployment), ...marks(deployment, nextRevision(owned)) },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: replicasOf(deployment),
      minReadySeconds: numberAt(deployment, 'spec', 'minReadySeconds') ?? 0,
      selector: { ...selector, matchLabels: { ...objectAt(selector, 'matchLabels'), [HASH]: hash } },
      template: { ...template, metadata: { ...objectAt(template, 'metadata'), labels } },
    },
  })
}

function nextRevision(others: readonly ApiObject[]): number {
  return Math.max(0, ...others.map(revisionOf)) + 1
}

function replicasOf(workload: ApiObject): number {
  return numberAt(workload, 'spec', 'replicas') ?? 1
}

/** What a ReplicaSet's annotations say of its Deployment. A quarter more may run during a rollout. */
function marks(deployment: ApiObject, revision: number): JsonObject {
  const desired = replicasOf(deployment)
  return {
    'deployment.kubernetes.io/desired-replicas': String(desired),
    'deployment.kubernetes.io/max-replicas': String(desired + Math.ceil(desired / 4)),
    [REVISION]: String(revision),
  }
}

interface Rollout {
  readonly deployment: ApiObject
  readonly others: readonly ApiObject[]
}

/** The ReplicaSet of the present template has the highest revision and every replica. */
function promote(client: LocalClient, replicaSet: ApiObject, { deployment, others }: Rollout): ApiObject {
  const revision = Math.max(revisionOf(replicaSet), nextRevision(others))
  const annotations = {
    ...stringMap(replicaSet, 'metadata', 'annotations'),
    ...copiedAnnotations(deployment),
    ...marks(deployment, revision),
  }
  const spec = { ...objectAt(replicaSet, 'spec'), replicas: replicasOf(deployment) }
  return client.update({ ...withMetadata(replicaSet, { annotations }), spec })
}

function scaleDown(client: LocalClient, replicaSet: ApiObject): void {
  if (replicasOf(replicaSet) > 0) client.patch(placeOf(replicaSet), { spec: { replicas: 0 } })
}

function writeReplicaSetStatus(client: LocalClient, replicaSet: ApiObject): void {
  const replicas = replicasOf(replicaSet)
  const counts = withoutZeros({
    fullyLabeledReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    observedGeneration: replicaSet.metadata.generation ?? 0,
  })
  const status = { replicas, ...counts, terminatingReplicas: 0 }
  client.update({ ...replicaSet, status }, 'status')
}

/** As they are stored, so that an unchanged status is seen to be unchanged. */
function withoutZeros(counts: Readonly<Record<string, number>>): JsonObject {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))
}

interface Progress {
  readonly newest: ApiObject | undefined
  readonly now: Date
}

function writeStatus(client: LocalClient, deployment: ApiObject, { newest, now }: Progress): void {
  const replicas = newest === undefined ? 0 : replicasOf(newest)
  const counts = withoutZeros({
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    observedGeneration: deployment.metadata.generation ?? 0,
  })
  const conditions = deploymentConditions(deployment, { newest: newest?.metadata.name, now })
  const status = { ...counts, terminatingReplicas: 0, conditions }
  const revision = newest === undefined ? {} : { [REVISION]: String(revisionOf(newest)) }
  const annotations = { ...deployment.metadata.annotations, ...revision }
  client.update({ ...withMetadata(deployment, { annotations }), status }, 'status')
}

function removeHistory(client: LocalClient, deployment: ApiObject, others: readonly ApiObject[]): void {
  const limit = numberAt(deployment, 'spec', 'revisionHistoryLimit') ?? 10
  for (const each of others.slice(0, Math.max(0, others.length - limit))) client.remove(placeOf(each))
}
