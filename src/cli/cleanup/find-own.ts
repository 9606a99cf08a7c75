// Finds the objects of an installation itself: by name, and where others could have chosen that name, by label too.
import { LEASES } from '../../controller/election/lease.ts'
import { RECORDS_LABEL } from '../../controller/records/record-format.ts'
import type { KubeClient, Resource } from '../../kube/client.ts'
import { isRecord, type RawObject } from '../../kube/raw-object.ts'
import { META_INFO_NAME } from '../meta-info.ts'
import { LEASE_NAME } from '../wire-election.ts'
import type { Installation, OwnObject } from './leftovers.ts'
import { type Look, look, together } from './look.ts'

/** Where each kind of own object is in the API. */
export const OWN_RESOURCES: Readonly<Record<OwnObject['kind'], Resource>> = {
  ConfigMap: { group: '', version: 'v1', plural: 'configmaps' },
  Secret: { group: '', version: 'v1', plural: 'secrets' },
  Lease: LEASES,
}

const META_INFO_LABEL = 'reloader.stakater.com/meta-info'

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
    await one('Secret', { namespace, name: `${name}-digest-key` }),
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
    isRecordsName(object.metadata.name, name) ? ownObject('ConfigMap', object) : undefined
  return look(
    `Cannot look for records in namespace ${namespace}`,
    async () => (await client.list(OWN_RESOURCES.ConfigMap, { ...options, reduce })).items,
  )
}

function isRecordsName(text: string, name: string): boolean {
  const rest = text.startsWith(`${name}-`) ? text.slice(name.length + 1) : ''
  return rest === 'journal' || /^records-\d+$/.test(rest)
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
