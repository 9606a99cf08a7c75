// managedFields: who wrote which field last, and when.
import { type ApiObject, type ManagedFieldsJson, withMetadata } from './api-object.ts'
import type { WriteRequest } from './write-request.ts'

export interface ManagersUpdate {
  readonly request: WriteRequest
  /** The proposed object, without managedFields. */
  readonly object: ApiObject
  readonly live: ApiObject | undefined
  /** The entries that the client sent. */
  readonly managers: readonly ManagedFieldsJson[] | undefined
}

/** The proposed object with its entries as they are after this write. */
export function withUpdatedManagers({ object, live }: ManagersUpdate): ApiObject {
  return withMetadata(object, { managedFields: live?.metadata.managedFields })
}
