// Reads and writes objects without HTTP, under the same rules as a request: for the controllers of the embedded cluster
// and for tests.
import { type ApiObject, storageKey, toApiObject } from '../object/api-object.ts'
import { type JsonObject, jsonEqual } from '../object/json.ts'
import type { Verb } from '../request/request-info.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import { createObject } from '../write/create-object.ts'
import { deleteObject } from '../write/delete-object.ts'
import { type PatchType, patchObject } from '../write/patch-object.ts'
import { updateObject } from '../write/update-object.ts'
import type { WriteRequest } from '../write/write-request.ts'

/** An object by kind and place; `namespace` is left out for cluster-scoped kinds. */
export interface ObjectPlace {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

export interface LocalClient {
  readonly get: (place: ObjectPlace) => ApiObject | undefined
  /** Sorted by namespace and name. */
  readonly list: (kind: string, namespace?: string) => readonly ApiObject[]
  readonly create: (object: JsonObject) => ApiObject
  /** Replaces the object of the same kind, namespace and name, or its status. */
  readonly update: (object: JsonObject, subresource?: 'status') => ApiObject
  /** A merge patch, unless another type is named. */
  readonly patch: (place: ObjectPlace, patch: JsonObject, type?: PatchType) => ApiObject
  /** `options` are those of a DELETE: grace period, propagation policy, preconditions. */
  readonly remove: (place: ObjectPlace, options?: JsonObject) => void
}

export interface LocalClientOptions {
  readonly store: ObjectStore
  readonly now: () => Date
  /** The field manager of its writes. */
  readonly manager: string
}

/** Every method throws the StatusError that a request would be answered with. */
export function createLocalClient({ store, now, manager }: LocalClientOptions): LocalClient {
  function request(verb: Verb, { kind, namespace = '', name }: ObjectPlace, subresource = ''): WriteRequest {
    const info = {
      verb,
      resource: store.resources.ofKind(kind),
      namespace,
      name,
      subresource,
      params: new URLSearchParams(),
    }
    return {
      store,
      info,
      now: now(),
      manager,
      dryRun: false,
      fieldValidation: 'Ignore',
      warn: () => undefined,
    }
  }
  return {
    get: ({ kind, namespace, name }) => store.get(store.resources.ofKind(kind), storageKey(namespace, name)),
    list: (kind, namespace) =>
      store.list(store.resources.ofKind(kind), namespace === undefined ? {} : { namespace }),
    create: (object) =>
      createObject(request('create', { ...placeOf(object), name: '' }), JSON.stringify(object)),
    update(object, subresource) {
      const place = placeOf(object)
      const current = store.get(store.resources.ofKind(place.kind), storageKey(place.namespace, place.name))
      // Most syncs of a controller change nothing, and need not go the whole way to find that out.
      if (current !== undefined && jsonEqual(current, object)) return current
      return updateObject(request('update', place, subresource), JSON.stringify(object)).object
    },
    patch: (place, patch, type = 'application/merge-patch+json') =>
      patchObject(request('patch', place), type, JSON.stringify(patch)),
    remove: (place, options = {}) => void deleteObject(request('delete', place), options),
  }
}

function placeOf(object: JsonObject): ObjectPlace {
  const { kind, metadata } = toApiObject(object)
  const { name = '', namespace } = metadata
  return namespace === undefined ? { kind, name } : { kind, namespace, name }
}
