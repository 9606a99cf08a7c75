// The objects of a definition that is being deleted are deleted one by one, so that watches see them go and finalizers
// hold them (apiextensions-apiserver/pkg/controller/finalizer).
import type { Resource } from '../object/resources.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import { deleteCollection } from '../write/delete-object.ts'

/** Deletes every object of the resource that is not held. */
export function emptyDefinition(store: ObjectStore, resource: Resource, now: Date): void {
  const info = {
    verb: 'deletecollection',
    resource,
    namespace: '',
    name: '',
    subresource: '',
    params: new URLSearchParams(),
  } as const
  const warn = () => undefined
  const manager = 'kube-apiserver'
  deleteCollection({ store, info, now, manager, dryRun: false, fieldValidation: 'Ignore', warn }, {})
}
