// StatefulSets and DaemonSets: one ControllerRevision for every template, the newest with the highest number, and the
// status in step. There are no pods: every replica is there at once, and there is one node.
import type { ApiObject } from '../object/api-object.ts'
import { type JsonObject, jsonEqual, numberAt, objectAt } from '../object/json.ts'
import { type Controller, controllerOf, placeOf } from './control-loop.ts'
import type { LocalClient } from './local-client.ts'
import { ownedBy, ownerReference, templateHash } from './owned-objects.ts'

/** What differs between the two kinds. */
interface RevisionedKind {
  readonly kind: 'StatefulSet' | 'DaemonSet'
  /** The label that carries the hash of a revision. */
  readonly hashLabel: string
  readonly statusOf: (workload: ApiObject, revision: string) => JsonObject
}

const STATEFUL_SET: RevisionedKind = {
  kind: 'StatefulSet',
  hashLabel: 'controller.kubernetes.io/hash',
  statusOf(workload, revision) {
    const replicas = numberAt(workload, 'spec', 'replicas') ?? 1
    const counts = { replicas, readyReplicas: replicas, currentReplicas: replicas, updatedReplicas: replicas }
    return {
      ...counts,
      availableReplicas: replicas,
      currentRevision: revision,
      updateRevision: revision,
      collisionCount: 0,
    }
  },
}

const DAEMON_SET: RevisionedKind = {
  kind: 'DaemonSet',
  hashLabel: 'controller-revision-hash',
  statusOf: () => ({
    currentNumberScheduled: 1,
    desiredNumberScheduled: 1,
    numberMisscheduled: 0,
    numberReady: 1,
    numberAvailable: 1,
    updatedNumberScheduled: 1,
  }),
}

/** One controller for each of the two kinds. */
export function createRevisionControllers(client: LocalClient): readonly Controller[] {
  return [STATEFUL_SET, DAEMON_SET].map((kind) => createRevisionController(client, kind))
}

function createRevisionController(client: LocalClient, kind: RevisionedKind): Controller {
  return {
    kinds: [kind.kind, 'ControllerRevision'],
    placeOf: (changed) => (changed.kind === kind.kind ? placeOf(changed) : controllerOf(changed, kind.kind)),
    sync(place) {
      const workload = client.get(place)
      if (workload === undefined || workload.metadata.deletionTimestamp !== undefined) return
      syncWorkload(client, workload, kind)
    },
  }
}

function syncWorkload(client: LocalClient, workload: ApiObject, kind: RevisionedKind): void {
  const owned = ownedBy(client, workload, 'ControllerRevision').toSorted((a, b) => numberOf(a) - numberOf(b))
  const data = revisionData(workload)
  const found = owned.find((each) => jsonEqual(each.data, data))
  const highest = Math.max(0, ...owned.filter((each) => each !== found).map(numberOf))
  const current =
    found === undefined
      ? createRevision(client, workload, { kind, data, revision: highest + 1 })
      : raise(client, found, highest)
  const status = {
    ...kind.statusOf(workload, current.metadata.name ?? ''),
    observedGeneration: workload.metadata.generation,
  }
  client.update({ ...workload, status }, 'status')
  const others = owned.filter((each) => each !== found)
  const limit = numberAt(workload, 'spec', 'revisionHistoryLimit') ?? 10
  for (const each of others.slice(0, Math.max(0, others.length - limit))) client.remove(placeOf(each))
}

function numberOf(revision: ApiObject): number {
  return numberAt(revision, 'revision') ?? 0
}

/** A strategic merge patch that puts the template back, which is how `kubectl rollout undo` uses it. */
function revisionData(workload: ApiObject): JsonObject {
  return { spec: { template: { ...objectAt(workload, 'spec', 'template'), $patch: 'replace' } } }
}

/** A template that has come back gets the highest number. */
function raise(client: LocalClient, revision: ApiObject, highest: number): ApiObject {
  return numberOf(revision) > highest ? revision : client.update({ ...revision, revision: highest + 1 })
}

interface NewRevision {
  readonly kind: RevisionedKind
  readonly data: JsonObject
  readonly revision: number
}

function createRevision(
  client: LocalClient,
  workload: ApiObject,
  { kind, data, revision }: NewRevision,
): ApiObject {
  const hash = templateHash(data)
  const { name, namespace, annotations } = workload.metadata
  const labels = objectAt(workload, 'spec', 'template', 'metadata', 'labels')
  return client.create({
    kind: 'ControllerRevision',
    apiVersion: 'apps/v1',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      annotations,
      labels: { ...labels, [kind.hashLabel]: hash },
      ownerReferences: [ownerReference(workload)],
    },
    data,
    revision,
  })
}
