// StatefulSets and DaemonSets of a cluster without pods: a ControllerRevision for every template, and a status that says
// that everything is there.
import type { ApiObject } from '../object/api-object.ts'
import type { JsonObject } from '../object/json.ts'
import { type Controller, controllerOf, placeOf } from './control-loop.ts'
import type { LocalClient } from './local-client.ts'
import { replicasOf } from './owned-objects.ts'
import { removeRevisions, syncRevisions } from './revisions.ts'

/** What differs between the two kinds. */
interface RevisionedKind {
  readonly kind: 'StatefulSet' | 'DaemonSet'
  /** The label that carries the hash of a revision. */
  readonly hashLabel: string
  readonly statusOf: (workload: ApiObject, revision: string) => JsonObject
}

/** The label with the hash of a StatefulSet's revision. */
export const STATEFUL_SET_HASH = 'controller.kubernetes.io/hash'
/** The label with the hash of a DaemonSet's revision, on its pods too. */
export const DAEMON_SET_HASH = 'controller-revision-hash'

const STATEFUL_SET: RevisionedKind = {
  kind: 'StatefulSet',
  hashLabel: STATEFUL_SET_HASH,
  statusOf(workload, revision) {
    const replicas = replicasOf(workload)
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
  hashLabel: DAEMON_SET_HASH,
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
  const { update, others } = syncRevisions(client, workload, kind.hashLabel)
  const status = {
    ...kind.statusOf(workload, update.metadata.name ?? ''),
    observedGeneration: workload.metadata.generation,
  }
  client.update({ ...workload, status }, 'status')
  removeRevisions(client, workload, { others, inUse: new Set() })
}
