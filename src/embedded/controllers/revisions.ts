// ControllerRevisions: the templates that a StatefulSet or DaemonSet has had, numbered.
import type { ApiObject } from '../object/api-object.ts'
import { type JsonObject, jsonEqual, numberAt, objectAt, without } from '../object/json.ts'
import { placeOf } from './control-loop.ts'
import type { LocalClient } from './local-client.ts'
import { ownedBy, ownerReference, templateHash } from './owned-objects.ts'

export interface Revisions {
  /** The one of the present template. */
  readonly update: ApiObject
  /** The others, lowest number first. */
  readonly others: readonly ApiObject[]
}

/** The revisions of a workload, with the present template's made or raised to the highest number. `hashLabel` carries its hash. */
export function syncRevisions(client: LocalClient, workload: ApiObject, hashLabel: string): Revisions {
  const owned = ownedBy(client, workload, 'ControllerRevision').toSorted((a, b) => numberOf(a) - numberOf(b))
  const data = revisionData(workload)
  const found = owned.find((each) => jsonEqual(each.data, data))
  const others = owned.filter((each) => each !== found)
  const highest = Math.max(0, ...others.map(numberOf))
  const update =
    found === undefined
      ? createRevision(client, workload, { hashLabel, data, revision: highest + 1 })
      : raise(client, found, highest)
  return { update, others }
}

/** Removes what is beyond the history limit, lowest number first, but none whose name is in use. */
export function removeRevisions(
  client: LocalClient,
  workload: ApiObject,
  { others, inUse }: Pick<Revisions, 'others'> & { readonly inUse: ReadonlySet<string> },
): void {
  const spare = others.filter(({ metadata }) => !inUse.has(metadata.name ?? ''))
  const limit = numberAt(workload, 'spec', 'revisionHistoryLimit') ?? 10
  for (const each of spare.slice(0, Math.max(0, spare.length - limit))) client.remove(placeOf(each))
}

/** The pod template that a revision keeps. */
export function templateOf(revision: ApiObject): JsonObject {
  return without(objectAt(revision.data, 'spec', 'template'), '$patch')
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
  readonly hashLabel: string
  readonly data: JsonObject
  readonly revision: number
}

function createRevision(
  client: LocalClient,
  workload: ApiObject,
  { hashLabel, data, revision }: NewRevision,
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
      labels: { ...labels, [hashLabel]: hash },
      ownerReferences: [ownerReference(workload)],
    },
    data,
    revision,
  })
}
