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
    placeOf: withOwners,
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

/** A dependent that goes may be the last one that its owner waits for. */
function withOwners(object: ApiObject): readonly ObjectPlace[] {
  const { ownerReferences = [], namespace } = object.metadata
  const within = namespace === undefined ? {} : { namespace }
  const owners = ownerReferences.filter(({ kind }) => OWNERS.includes(kind))
  return [placeOf(object), ...owners.map(({ kind, name }) => ({ kind, name, ...within }))]
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

/** Does what holds an object that waits for its deletion, and takes the hold away once it is done. */
function letGo(client: LocalClient, object: ApiObject): void {
  const { deletionTimestamp, finalizers = [] } = object.metadata
  if (deletionTimestamp === undefined) return
  const dependents = dependentsOf(client, placeOf(object))
  if (finalizers.includes('orphan'))
    for (const each of dependents) client.patch(placeOf(each), { metadata: { ownerReferences: null } })
  if (finalizers.includes('foregroundDeletion') && !removeAll(client, dependents)) return
  const others = finalizers.filter((each) => each !== 'foregroundDeletion' && each !== 'orphan')
  if (others.length < finalizers.length) client.patch(placeOf(object), { metadata: { finalizers: others } })
}

/** Deletes dependents, each after its own; true once none is left. */
function removeAll(client: LocalClient, dependents: readonly ApiObject[]): boolean {
  for (const each of dependents)
    if (each.metadata.deletionTimestamp === undefined)
      client.remove(placeOf(each), { propagationPolicy: 'Foreground' })
  return dependents.every((each) => client.get(placeOf(each)) === undefined)
}
