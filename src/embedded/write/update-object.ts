// PUT and the end of every PATCH: the stored object replaced by a new state of it, or left alone where nothing changes.

import { withUpdatedManagers } from '../fields/managed-fields.ts'
import { type ApiObject, keyOf, storageKey, toApiObject, withMetadata } from '../object/api-object.ts'
import { jsonEqual } from '../object/json.ts'
import { conflict, internalError, invalid, notFound, refuseInvalid } from '../object/status.ts'
import { asStored } from '../object/versions.ts'
import { defaulted } from '../schema/defaults.ts'
import { prepareForUpdate, validateKindUpdate } from '../schema/kind-rules.ts'
import { validateMetadata, validateMetadataUpdate } from '../schema/validate-metadata.ts'
import { createTyped } from './create-object.ts'
import { isReleased } from './delete-object.ts'
import { readBody } from './read-body.ts'
import { checkCreation, inRequestedPlace, type WriteRequest } from './write-request.ts'

export interface Updated {
  readonly object: ApiObject
  readonly created: boolean
}

/** Replaces the object of the URL by the body. Throws 400, 404, 409 or 422. */
export function updateObject(request: WriteRequest, text: string): Updated {
  const { store, info } = request
  const given = inRequestedPlace(defaulted(readBody(request, text), info.resource), info)
  const current = store.get(info.resource, storageKey(info.namespace, info.name))
  if (current === undefined) {
    if (!info.resource.createOnUpdate) throw notFound(info.resource, info.name)
    checkCreation(request)
    return { object: createTyped(request, given), created: true }
  }
  checkUidPrecondition(request, given, current)
  return { object: replaceObject(request, given, current), created: false }
}

/** A PUT that names a uid holds for that object alone. */
function checkUidPrecondition({ info }: WriteRequest, given: ApiObject, current: ApiObject): void {
  const { uid = '' } = given.metadata
  if (uid === '' || uid === current.metadata.uid) return
  throw uidConflict(info, { wanted: uid, found: current.metadata.uid ?? '' })
}

/** 409 for a precondition on a uid that is not the stored one, in the words of the storage layer. */
export function uidConflict(
  { resource, namespace, name }: WriteRequest['info'],
  { wanted, found }: { readonly wanted: string; readonly found: string },
): Error {
  const key = `/registry/${resource.plural}/${storageKey(namespace, name)}`
  return conflict(
    resource,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${found}`,
  )
}

/** Stores `proposed` in place of `current`, after every rule for updates. Throws 409 or 422. */
export function replaceObject(request: WriteRequest, proposed: ApiObject, current: ApiObject): ApiObject {
  const object = asStored(proposed, request.info.resource)
  return replaceOwned(request, withUpdatedManagers({ request, object, live: current }), current)
}

/** Stores an object whose managers are settled in place of `current`. Throws 409 or 422. */
export function replaceOwned(request: WriteRequest, owned: ApiObject, current: ApiObject): ApiObject {
  const { info, store } = request
  const { resource } = info
  checkVersion(request, owned, current)
  const next = withSystemMetadata(prepareForUpdate(owned, current, info), current)
  // The real server checks metadata once for every kind and once more with the rules of the kind.
  const changed = validateMetadataUpdate(next, current)
  refuseInvalid(resource, info.name, [
    ...validateMetadata(next, resource),
    ...changed,
    ...changed,
    ...validateKindUpdate(next, current, info),
  ])
  const settled = onlyTimesDiffer(next, current) ? current : next
  if (jsonEqual(settled, current)) return current
  if (request.dryRun) return settled
  if (isReleased(settled)) {
    store.remove(resource, keyOf(current))
    return settled
  }
  return store.update(resource, settled, current)
}

function checkVersion({ info }: WriteRequest, proposed: ApiObject, current: ApiObject): void {
  const { resourceVersion = '' } = proposed.metadata
  const { resource, name } = info
  if (resourceVersion === '' || resourceVersion === '0') {
    if (resource.unconditionalUpdate) return
    throw invalid({ group: resource.group, kind: resource.plural, name }, [
      {
        field: 'metadata.resourceVersion',
        reason: 'FieldValueInvalid',
        message: 'Invalid value: 0: must be specified for an update',
      },
    ])
  }
  checkVersionSyntax(resourceVersion)
  if (resourceVersion !== current.metadata.resourceVersion) throw conflict(resource, name)
}

/** Throws 500, as the real server does, for a version that is no number. */
function checkVersionSyntax(version: string): void {
  if (!/^\d+$/.test(version)) throw internalError(`strconv.ParseUint: parsing "${version}": invalid syntax`)
}

/** What a client cannot change is put back, as `rest.BeforeUpdate` does. */
function withSystemMetadata(next: ApiObject, { metadata }: ApiObject): ApiObject {
  return withMetadata(next, {
    uid: next.metadata.uid ?? metadata.uid,
    resourceVersion: metadata.resourceVersion,
    creationTimestamp: metadata.creationTimestamp,
    deletionTimestamp: metadata.deletionTimestamp ?? next.metadata.deletionTimestamp,
    deletionGracePeriodSeconds:
      next.metadata.deletionGracePeriodSeconds ?? metadata.deletionGracePeriodSeconds,
  })
}

/** A write that would only move the times of managedFields is none. */
function onlyTimesDiffer(next: ApiObject, current: ApiObject): boolean {
  return jsonEqual(withoutTimes(next), withoutTimes(current))
}

function withoutTimes(object: ApiObject): ApiObject {
  const managedFields = object.metadata.managedFields?.map(({ time: _, ...rest }) => rest)
  return toApiObject({ ...object, metadata: { ...object.metadata, managedFields } })
}
