// What the embedded server says of its resources against what the real one says of the same: it has fewer of them, but
// those with the same verbs, names and kinds. Run by `npm run test:cluster`.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLUSTER_FILE_VARIABLE, connectControlPlane } from '../controlplane/share.ts'
import type { Cluster } from '../scenarios/cluster.ts'
import { startEmbeddedCluster } from '../scenarios/embedded-cluster.ts'
import { type Exchange, senderFor } from './exchange.ts'

interface Subresource {
  readonly subresource: string
}

interface Discovered {
  readonly resource: string
  readonly subresources?: readonly Subresource[]
}

interface GroupList {
  readonly items: readonly {
    readonly metadata: { readonly name?: string }
    readonly versions: readonly { readonly version: string; readonly resources: readonly Discovered[] }[]
  }[]
}

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly storageVersionHash?: string }[]
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const GROUPS = ['apis/apiextensions.k8s.io/v1', 'apis/apps/v1', 'apis/batch/v1', 'api/v1']

let embedded: Cluster
let real: Cluster

beforeAll(async () => {
  embedded = await startEmbeddedCluster()
  real = connectControlPlane(process.env[CLUSTER_FILE_VARIABLE] ?? '')
})
afterAll(() => embedded.stop())

async function ask<T>(cluster: Cluster, path: string, accept?: string): Promise<T> {
  const exchange: Exchange = { method: 'GET', path, ...(accept === undefined ? {} : { headers: { accept } }) }
  const { body } = await senderFor(cluster, 'default')(exchange)
  return body as T
}

/** Every resource under its name, with its subresources under theirs. */
function byName({ items }: GroupList): ReadonlyMap<string, object> {
  const resources = items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources }) =>
      resources.map((each) => ({ place: `${metadata.name}/${version}/${each.resource}`, each })),
    ),
  )
  const entries = resources.flatMap(({ place, each: { subresources = [], ...rest } }): [string, object][] => [
    [place, rest],
    ...subresources.map((sub): [string, object] => [`${place}/${sub.subresource}`, sub]),
  ])
  return new Map(entries)
}

describe('every resource is told as the real server tells it', () => {
  test.each(['/api', '/apis'])('in one answer at %s', async (path) => {
    const ours = byName(await ask<GroupList>(embedded, path, AGGREGATED))
    const theirs = byName(await ask<GroupList>(real, path, AGGREGATED))
    expect(ours.size).toBeGreaterThan(0)
    for (const [place, each] of ours) expect([place, each]).toEqual([place, theirs.get(place)])
  })

  test.each(GROUPS)('in the list of %s', async (path) => {
    const ours = await ask<ResourceList>(embedded, `/${path}`)
    const theirs = await ask<ResourceList>(real, `/${path}`)
    for (const each of ours.resources) {
      const { storageVersionHash: _, ...found } = theirs.resources.find(({ name }) => name === each.name) ?? {
        name: '',
      }
      expect(each).toEqual(found)
    }
  })

  test.each([
    'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
    'application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList,application/json',
  ])('a form that is not served is passed over: %s', async (accept) => {
    const send = (cluster: Cluster) =>
      senderFor(cluster, 'default')({ method: 'GET', path: '/api', headers: { accept } })
    expect((await send(embedded)).status).toBe((await send(real)).status)
  })
})
