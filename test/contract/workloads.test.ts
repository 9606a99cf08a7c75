// The same manifests and patches under the embedded controllers and under the real ones: at rest, everything that can be
// seen of a workload is the same. Run by `npm run test:cluster`.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLUSTER_FILE_VARIABLE, connectControlPlane } from '../controlplane/share.ts'
import type { Cluster } from '../scenarios/cluster.ts'
import { startEmbeddedCluster } from '../scenarios/embedded-cluster.ts'
import { type Json, senderFor } from './exchange.ts'
import { STORIES } from './workload-stories.ts'
import { tell, type WorkloadStory } from './workload-story.ts'

let embedded: Cluster
let real: Cluster

beforeAll(async () => {
  real = connectControlPlane(process.env[CLUSTER_FILE_VARIABLE] ?? '')
  const { body } = await senderFor(real, '')({ method: 'GET', path: '/api/v1/nodes' })
  const nodes = (JSON.stringify(body).match(/"nodeInfo"/g) ?? []).length
  embedded = await startEmbeddedCluster({
    pods: { nodes, startMs: 5, readyMs: 5, stopMs: 5, workMs: 20, retryMs: 10 },
  })
})
afterAll(() => embedded.stop())

async function play(cluster: Cluster, story: WorkloadStory): Promise<readonly Json[]> {
  const namespace = `workloads-${randomBytes(4).toString('hex')}`
  const send = senderFor(cluster, namespace)
  await send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } })
  const scenes = await tell(send, story)
  await send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` })
  return JSON.parse(JSON.stringify(scenes).replaceAll(namespace, 'ns'))
}

describe('the embedded controllers leave a workload as the real ones do', () => {
  test.for(STORIES)('$name', async (story) => {
    const [ours, theirs] = await Promise.all([play(embedded, story), play(real, story)])
    expect(ours).toEqual(theirs)
  })
})
