// The objects of a definition that is being deleted are deleted one by one, so that watches see them go and finalizers
// hold them (apiextensions-apiserver/pkg/controller/finalizer).
import type { LocalClient } from '../controllers/local-client.ts'
import { type ApiObject, keyOf } from '../object/api-object.ts'
import { type Resource, resourceOf } from '../object/resources.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import { CLEANUP_FINALIZER } from '../write/delete-definition.ts'
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

/** Whether a definition is being deleted. */
export function isGoing({ metadata }: ApiObject): boolean {
  return metadata.deletionTimestamp !== undefined
}

/** What it takes to let a definition go. */
export interface Writing {
  readonly store: ObjectStore
  readonly client: LocalClient
}

/** Lets a definition go that is being deleted and whose last object, of that resource, has gone. */
export function releaseDefinition(
  { store, client }: Writing,
  definition: ApiObject,
  resource: Resource | undefined,
): void {
  const current = store.get(resourceOf('CustomResourceDefinition'), keyOf(definition))
  if (current === undefined || !isGoing(current)) return
  if (resource !== undefined && store.list(resource).length > 0) return
  const { finalizers = [] } = current.metadata
  const others = finalizers.filter((each) => each !== CLEANUP_FINALIZER)
  if (others.length === finalizers.length) return
  client.update({ ...current, metadata: { ...current.metadata, finalizers: others } })
}
