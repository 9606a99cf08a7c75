// What every write needs, and the check that an object is where the request says.
import { type ApiObject, withMetadata } from '../object/api-object.ts'
import { badRequest } from '../object/status.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import type { WriteOptions } from './write-options.ts'

/** One write under way. */
export interface WriteRequest extends WriteOptions {
  readonly store: ObjectStore
  readonly info: ResourceRequest
  readonly now: Date
  /** What speaks against it that a PUT or PATCH on a free name creates an object; undefined: nothing. */
  readonly creationRefusal?: () => Error | undefined
  /** Adds a Warning header to the answer. */
  readonly warn: (text: string) => void
}

/** The object in the namespace of the request. Throws 400 where it names another, or another name than the URL. */
export function inRequestedPlace(
  object: ApiObject,
  { namespace, name, resource }: ResourceRequest,
): ApiObject {
  const given = object.metadata.namespace ?? ''
  const wanted = resource.namespaced ? namespace : ''
  if (given !== '' && wanted !== '' && given !== wanted) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  checkName(object.metadata.name ?? '', name)
  return withMetadata(object, { namespace: wanted === '' ? undefined : wanted })
}

function checkName(given: string, wanted: string): void {
  if (wanted === '' || given === wanted) return
  throw badRequest(
    given === ''
      ? `the name of the object (${wanted} based on URL) was undeterminable: name must be provided`
      : `the name of the object (${given}) does not match the name on the URL (${wanted})`,
  )
}

/** Throws 403 where the client may change the object but not create it. */
export function checkCreation({ creationRefusal }: WriteRequest): void {
  const refusal = creationRefusal?.()
  if (refusal !== undefined) throw refusal
}
