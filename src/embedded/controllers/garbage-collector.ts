// What an owner leaves behind: objects whose owners are all gone are deleted; an owner deleted in the foreground goes
// after them, one that orphans them lets them go first.
import type { ApiObject, OwnerReferenceJson } from '../object/api-object.ts'
import { type Controller, placeOf } from './control-loop.ts'
import type { LocalClient, ObjectPlace } from './local-client.ts'

const OWNERS = ['CronJob', 'DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'StatefulSet']
const DEPENDENTS = ['ControllerRevision', 'Job', 'Pod', 'ReplicaSet']

/** Hears owners and dependents alike. */
export function createGarbageCollector(client: LocalClient): Controller {
  return {
    kinds: [...new Set([...OWNERS, ...DEPENDENTS])],
    placeOf,
    sync(place) {
      const object = client.get(place)
      if (object === undefined) {
        for (const each of dependentsOf(client, place))
          if (isAbandoned(client, each)) client.remove(placeOf(each))
      } else if (isAbandoned(client, object)) client.remove(place)
      else letGo(client, object)
    },
  }
}

/** Every owner is gone, or another object has its name now. */
function isAbandoned(client: LocalClient, { metadata }: ApiObject): boolean {
  const { ownerReferences = [], namespace } = metadata
  const place = namespace === undefined ? {} : { namespace }
  const exists = ({ kind, name, uid }: OwnerReferenceJson) =>
    !OWNERS.includes(kind) || client.get({ kind, name, ...place })?.metadata.uid === uid
  return ownerReferences.length > 0 && !ownerReferences.some(exists)
}

function dependentsOf(client: LocalClient, { kind, namespace, name }: ObjectPlace): readonly ApiObject[] {
  return DEPENDENTS.flatMap((each) => client.list(each, namespace)).filter(({ metadata }) =>
    metadata.ownerReferences?.some((each) => each.kind === kind && each.name === name),
  )
}

/** Does what holds an object that waits for its deletion, and takes the hold away. */
function letGo(client: LocalClient, object: ApiObject): void {
  const { deletionTimestamp, finalizers = [] } = object.metadata
  if (deletionTimestamp === undefined) return
  for (const dependent of dependentsOf(client, placeOf(object))) {
    if (finalizers.includes('foregroundDeletion')) client.remove(placeOf(dependent))
    if (finalizers.includes('orphan'))
      client.patch(placeOf(dependent), { metadata: { ownerReferences: null } })
  }
  const others = finalizers.filter((each) => each !== 'foregroundDeletion' && each !== 'orphan')
  if (others.length < finalizers.length) client.patch(placeOf(object), { metadata: { finalizers: others } })
}
