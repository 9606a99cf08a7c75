// Finds the objects of an installation itself: by name, and where others could have chosen that name, by label too.
import { LEASES } from '../../controller/election/lease.ts'
import type { KubeClient, Resource } from '../../kube/client.ts'
import { isRecord, type RawObject } from '../../kube/raw-object.ts'
import { CONFIG_RESOURCES } from '../../types/config.ts'
import {
  digestKeyName,
  journalName,
  LEASE_NAME,
  META_INFO_LABEL,
  META_INFO_NAME,
  RECORDS_LABEL,
  shardIndexOf,
} from '../../types/own-objects.ts'
import type { Installation, OwnObject } from './leftovers.ts'
import { type Look, look, together } from './look.ts'

/** Where each kind of own object is in the API. */
export const OWN_RESOURCES: Readonly<Record<OwnObject['kind'], Resource>> = {
  ConfigMap: CONFIG_RESOURCES.ConfigMap,
  Secret: CONFIG_RESOURCES.Secret,
  Lease: LEASES,
}

type Reader = Pick<KubeClient, 'list' | 'getMetadata'>

/** Everything that the installation keeps for itself, in the order in which it is to go. */
export async function findOwn(
  client: Reader,
  installation: Installation,
  signal: AbortSignal,
): Promise<Look<OwnObject>> {
  const { namespace, name, leaseNamespace } = installation
  const one = (kind: OwnObject['kind'], address: { readonly namespace: string; readonly name: string }) =>
    look(`Cannot look for the ${kind} ${address.namespace}/${address.name}`, async () => {
      const object = await client.getMetadata(OWN_RESOURCES[kind], address, { signal })
      return isTaken(kind, object) ? [] : [ownObject(kind, object)]
    })
  return together([
    await findRecords(client, installation, signal),
    await one('ConfigMap', { namespace, name: META_INFO_NAME }),
    await one('Secret', { namespace, name: digestKeyName(name) }),
    await one('Lease', { namespace: leaseNamespace, name: LEASE_NAME }),
  ])
}

/** Somebody else's object of that name. */
function isTaken(kind: OwnObject['kind'], { metadata }: RawObject): boolean {
  return kind === 'ConfigMap' && metadata.labels?.[META_INFO_LABEL] === undefined
}

function findRecords(client: Reader, { namespace, name }: Installation, signal: AbortSignal) {
  const options = { namespace, labelSelector: `${RECORDS_LABEL}=${name}`, signal }
  const reduce = (object: RawObject) =>
    isRecordsName(name, object.metadata.name) ? ownObject('ConfigMap', object) : undefined
  return look(
    `Cannot look for records in namespace ${namespace}`,
    async () => (await client.list(OWN_RESOURCES.ConfigMap, { ...options, reduce })).items,
  )
}

function isRecordsName(installation: string, name: string): boolean {
  return name === journalName(installation) || shardIndexOf(installation, name) !== undefined
}

function ownObject(kind: OwnObject['kind'], { metadata, data }: RawObject): OwnObject {
  const { name, namespace = '', uid, resourceVersion } = metadata
  const entries = name.endsWith('-journal') && isRecord(data) ? Object.keys(data).length : 0
  return {
    kind,
    namespace,
    name,
    uid,
    resourceVersion,
    ...(entries > 0 && { keep: 'it holds Jobs that were deleted and not made again yet' }),
  }
}
