// The object of a BOOKMARK event: an empty object of the kind that carries a version and nothing else.
import { type ApiObject, toApiObject, withMetadata } from '../object/api-object.ts'
import { type JsonObject, withValue } from '../object/json.ts'
import { apiVersionOf, type Resource } from '../object/resources.ts'
import { readTyped } from '../schema/typed-body.ts'

const REPLICAS = ['spec', 'replicas']

/** What the real server's internal form of an empty object gains on its way out. */
const ZEROES: Readonly<Record<string, readonly [readonly string[], number | string]>> = {
  DaemonSet: [['metadata', 'annotations', 'deprecated.daemonset.template.generation'], '0'],
  Deployment: [REPLICAS, 0],
  ReplicaSet: [REPLICAS, 0],
  StatefulSet: [REPLICAS, 0],
}

/** A bookmark at a version. */
export function bookmarkObject(resource: Resource, revision: number): ApiObject {
  const head: JsonObject = { kind: resource.kind, apiVersion: apiVersionOf(resource) }
  const [path, zero] = ZEROES[resource.kind] ?? [[], 0]
  if (resource.custom !== undefined)
    return toApiObject({ ...head, metadata: { resourceVersion: String(revision) } })
  const empty = path.length === 0 ? head : withValue(head, path, zero)
  const { object } = readTyped(empty, resource.kind)
  return withMetadata(object, { resourceVersion: String(revision) })
}

/** The bookmark that follows the initial events of a watch. */
export function endBookmarkObject(resource: Resource, revision: number): ApiObject {
  const bookmark = bookmarkObject(resource, revision)
  const annotations = { ...bookmark.metadata.annotations, 'k8s.io/initial-events-end': 'true' }
  return withMetadata(bookmark, { annotations })
}
