// POST: a new object, with everything the server adds to it.
import { randomInt, randomUUID } from 'node:crypto'
import { withUpdatedManagers } from '../fields/managed-fields.ts'
import { type ApiObject, keyOf, withMetadata } from '../object/api-object.ts'
import { resourceOf } from '../object/resources.ts'
import {
  alreadyExists,
  forbidden,
  internalError,
  notFound,
  refuseInvalid,
  StatusError,
} from '../object/status.ts'
import { asStored } from '../object/versions.ts'
import { defaulted } from '../schema/defaults.ts'
import { prepareForCreate, validateKind } from '../schema/kind-rules.ts'
import { toTime } from '../schema/scalar.ts'
import { validateMetadata } from '../schema/validate-metadata.ts'
import { readBody } from './read-body.ts'
import { inRequestedPlace, type WriteRequest } from './write-request.ts'

/** Creates the object of a body. Throws 400, 403, 404 (no such namespace), 409 or 422. */
export function createObject(request: WriteRequest, text: string): ApiObject {
  const given = inRequestedPlace(defaulted(readBody(request, text), request.info.resource), request.info)
  return createTyped(request, given)
}

/** Creates an object that was read and defaulted already, as a PUT on a free name does. */
export function createTyped(request: WriteRequest, given: ApiObject): ApiObject {
  if ((given.metadata.resourceVersion ?? '') !== '') throw versionOnCreate()
  const { resource } = request.info
  const owned = withUpdatedManagers({ request, object: asStored(given, resource), live: undefined })
  return createOwned(request, owned)
}

/** Creates an object whose managers are settled. */
export function createOwned(request: WriteRequest, given: ApiObject): ApiObject {
  const { resource } = request.info
  if (resource.custom?.terminating() === true) throw terminatingDefinition()
  const wiped = withMetadata(given, {
    uid: undefined,
    resourceVersion: undefined,
    creationTimestamp: undefined,
    deletionTimestamp: undefined,
  })
  const named = withMetadata(wiped, { name: nameOf(given) })
  const filled = withMetadata(named, {
    uid: randomUUID(),
    creationTimestamp: toTime(request.now),
  })
  const prepared = prepareForCreate(filled, resource)
  const name = prepared.metadata.name ?? ''
  refuseInvalid(resource, name, [
    ...validateMetadata(prepared, resource),
    ...validateKind(prepared, resource),
  ])
  checkNamespace(request, prepared)
  return insert(request, prepared)
}

function versionOnCreate(): Error {
  return internalError('resourceVersion should not be set on objects to be created')
}

/** Nothing new comes to a kind that is going away. */
function terminatingDefinition(): Error {
  const message = 'create not allowed while custom resource definition is terminating'
  return new StatusError({ code: 405, reason: 'MethodNotAllowed', message, details: {} })
}

const SUFFIX = 'bcdfghjklmnpqrstvwxz2456789'

/** Without a name, generateName and five random characters, as k8s.io/apiserver/pkg/storage/names makes them. */
function nameOf({ metadata }: ApiObject): string | undefined {
  if (metadata.name !== undefined || metadata.generateName === undefined) return metadata.name
  const suffix = Array.from({ length: 5 }, () => SUFFIX[randomInt(SUFFIX.length)]).join('')
  return `${metadata.generateName.slice(0, 58)}${suffix}`
}

/** Nothing is created in a namespace that is missing or going away. */
function checkNamespace({ store, info }: WriteRequest, object: ApiObject): void {
  const { namespace = '' } = object.metadata
  if (!info.resource.namespaced) return
  const namespaces = resourceOf('Namespace')
  const found = store.get(namespaces, namespace)
  if (found === undefined) throw notFound(namespaces, namespace)
  if (found.metadata.deletionTimestamp === undefined) return
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  throw forbidden(info.resource, object.metadata.name ?? '', why)
}

function insert({ store, info, dryRun }: WriteRequest, object: ApiObject): ApiObject {
  if (!dryRun) return store.create(info.resource, object)
  if (store.get(info.resource, keyOf(object)) !== undefined) {
    throw alreadyExists(info.resource, object.metadata.name ?? '')
  }
  return object
}
