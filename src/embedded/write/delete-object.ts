// DELETE of one object or of a collection: at once, or after the last finalizer is gone.
import { type ApiObject, keyOf, storageKey, withMetadata } from '../object/api-object.ts'
import { type Json, type JsonObject, numberAt, objectAt, textAt } from '../object/json.ts'
import type { Resource } from '../object/resources.ts'
import { conflict, notFound } from '../object/status.ts'
import { toTime } from '../schema/scalar.ts'
import { parseSelectors } from '../schema/selectors.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import { withTermination } from './delete-definition.ts'
import { finalizersAfter } from './delete-options.ts'
import type { WriteRequest } from './write-request.ts'

/** The answer to a DELETE: the object where it stays for a while, else a Status that says it is gone. */
export interface Deleted {
  readonly body: JsonObject
  readonly object: ApiObject
}

/** Deletes the object of the URL. Throws 404, or 409 where a precondition fails. */
export function deleteObject(request: WriteRequest, options: JsonObject): Deleted {
  const { store, info } = request
  const current = store.get(info.resource, storageKey(info.namespace, info.name))
  if (current === undefined) throw notFound(info.resource, info.name)
  checkPreconditions(request, current, options)
  const { object, stays } = remove(request, current, options)
  return { object, body: stays ? object : deletedStatus(info.resource, current) }
}

/** Deletes everything that the selectors of the request match, and returns it as it was. */
export function deleteCollection(request: WriteRequest, options: JsonObject): readonly ApiObject[] {
  const { store, info } = request
  const matches = parseSelectors(info.params, info.resource)
  const range = info.namespace === '' ? {} : { namespace: info.namespace }
  const doomed = store.list(info.resource, range).filter(matches)
  for (const object of doomed) remove(request, object, options)
  return doomed
}

interface Removal {
  readonly object: ApiObject
  /** Something has to be done before the object goes. */
  readonly stays: boolean
}

function remove(request: WriteRequest, current: ApiObject, options: JsonObject): Removal {
  const { store, info, dryRun } = request
  if (isDefinition(info.resource)) return { object: removeDefinition(request, current), stays: true }
  const marked = markedForDeletion(request, current, options)
  if (isReleased(marked) && info.resource.kind !== 'Namespace') {
    return { object: dryRun ? current : store.remove(info.resource, keyOf(current)), stays: false }
  }
  if (dryRun || marked === current) return { object: marked, stays: true }
  const stored = store.update(info.resource, marked, current)
  if (info.resource.kind === 'Namespace') emptyNamespace(store, stored)
  if (!isReleased(stored)) return { object: stored, stays: true }
  return { object: store.remove(info.resource, keyOf(stored)), stays: false }
}

/** The object as it waits for its deletion; the same one where it waits already. */
function markedForDeletion({ now }: WriteRequest, current: ApiObject, options: JsonObject): ApiObject {
  const { generation, finalizers: before = [] } = current.metadata
  const finalizers = finalizersAfter(before, options)
  const graceSeconds = graceSecondsOf(current, options)
  if (isGoingAway(current, graceSeconds)) return current
  return withMetadata(current, {
    deletionTimestamp: toTime(new Date(now.getTime() + graceSeconds * 1000)),
    deletionGracePeriodSeconds: graceSeconds,
    finalizers: finalizers.length > 0 ? finalizers : undefined,
    generation: generation === undefined ? undefined : generation + 1,
  })
}

function isDefinition({ kind, custom }: Resource): boolean {
  return kind === 'CustomResourceDefinition' && custom === undefined
}

function removeDefinition({ store, info, now, dryRun }: WriteRequest, current: ApiObject): ApiObject {
  if (dryRun || current.metadata.deletionTimestamp !== undefined) return current
  return store.update(info.resource, withTermination(current, now), current)
}

/** A pod on a node that has not finished gets the time that it or the request asks for, until the kubelet is done with it. */
function graceSecondsOf(object: ApiObject, options: JsonObject): number {
  const finished = ['Succeeded', 'Failed'].includes(textAt(object, 'status', 'phase'))
  if (object.kind !== 'Pod' || textAt(object, 'spec', 'nodeName') === '' || finished) return 0
  const asked = numberAt(options, 'gracePeriodSeconds')
  return asked ?? numberAt(object, 'spec', 'terminationGracePeriodSeconds') ?? 30
}

/** A second deletion changes nothing, unless it is more impatient than the first. */
function isGoingAway({ metadata }: ApiObject, graceSeconds: number): boolean {
  if (metadata.deletionTimestamp === undefined) return false
  return (metadata.deletionGracePeriodSeconds ?? 0) <= graceSeconds
}

/** Whether an object waits for its deletion and nothing holds it any more. */
export function isReleased({ metadata }: ApiObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = metadata
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && finalizers.length === 0
}

function emptyNamespace(store: ObjectStore, { metadata }: ApiObject): void {
  const { name: namespace = '' } = metadata
  for (const resource of store.resources.all().filter((each) => each.namespaced)) {
    for (const object of store.list(resource, { namespace })) store.remove(resource, keyOf(object))
  }
}

function checkPreconditions({ info }: WriteRequest, current: ApiObject, options: JsonObject): void {
  const { uid, resourceVersion } = objectAt(options, 'preconditions')
  const { metadata } = current
  // The real server names the kind here where it names the resource elsewhere.
  const about = { group: info.resource.group, plural: info.resource.kind }
  const differs = (what: string, wanted: Json, found = '') =>
    `the ${what} in the precondition (${String(wanted)}) does not match the ${what} in record (${found})`
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `${differs('UID', uid, metadata.uid)}. The object might have been deleted and then recreated`
    throw conflict(about, info.name, why)
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `${differs('ResourceVersion', resourceVersion, metadata.resourceVersion)}. The object might have been modified`
    throw conflict(about, info.name, why)
  }
}

function deletedStatus(resource: Resource, { metadata }: ApiObject): JsonObject {
  const { name, uid } = metadata
  const group = resource.group === '' ? {} : { group: resource.group }
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...group, kind: resource.plural, uid },
  }
}
