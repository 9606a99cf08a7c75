import { afterEach, expect, test } from 'vitest'
import {
  imageOf,
  imagePatch,
  newWorkload,
  type PodCluster,
  startPodCluster,
  until,
} from '../../../../test/fake/pod-cluster.ts'
import { type JsonObject, objectAt, textAt } from '../../object/json.ts'
import { isReady } from '../pods/pod.ts'

let cluster: PodCluster
afterEach(() => cluster.stop())

const place = { kind: 'DaemonSet', namespace: 'default', name: 'app' }

function start(updateStrategy: JsonObject = {}): void {
  cluster = startPodCluster({ nodes: 3 })
  cluster.server.objects.create(newWorkload({ kind: 'DaemonSet', spec: { updateStrategy } }))
}

/** Every node has one ready pod of the image, and the status says so. */
async function settled(...images: readonly string[]): Promise<void> {
  await until(() => {
    const { objects } = cluster.server
    const pods = objects.list('Pod', 'default')
    expect(pods.map((pod) => (isReady(pod) ? imageOf(pod) : 'not ready')).toSorted()).toEqual(images)
    expect(pods.map((pod) => textAt(pod, 'spec', 'nodeName')).toSorted()).toEqual([
      'node-1',
      'node-2',
      'node-3',
    ])
    const set = objects.get(place)
    expect(objectAt(set, 'status')).toMatchObject({
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      numberReady: 3,
      numberAvailable: 3,
      observedGeneration: set?.metadata.generation,
    })
  })
}

/** How many pods there were at most, and at least. */
function extremes(log: readonly string[], first: number): readonly [number, number] {
  let count = first
  const counts = log.map((each) => {
    count += each.startsWith('+') ? 1 : -1
    return count
  })
  return [Math.min(...counts), Math.max(...counts)]
}

test('every node gets a pod, and they are replaced one node after the other', async () => {
  start()
  await settled('nginx:1', 'nginx:1', 'nginx:1')
  cluster.server.objects.patch(place, imagePatch('nginx:2'))
  await settled('nginx:2', 'nginx:2', 'nginx:2')
  expect(extremes(cluster.pods.slice(3), 3)).toEqual([2, 3])
})

test('with maxSurge the new pod comes before the old one goes', async () => {
  start({ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } })
  await settled('nginx:1', 'nginx:1', 'nginx:1')
  cluster.server.objects.patch(place, imagePatch('nginx:2'))
  await settled('nginx:2', 'nginx:2', 'nginx:2')
  const [least, most] = extremes(cluster.pods.slice(3), 3)
  expect(least).toBe(3)
  expect(most).toBeGreaterThan(3)
})

test('with OnDelete a pod gets the new template when somebody deletes it', async () => {
  start({ type: 'OnDelete' })
  await settled('nginx:1', 'nginx:1', 'nginx:1')
  cluster.server.objects.patch(place, imagePatch('nginx:2'))
  await settled('nginx:1', 'nginx:1', 'nginx:1')
  const [pod] = cluster.server.objects.list('Pod', 'default')
  cluster.server.objects.remove({ kind: 'Pod', namespace: 'default', name: pod?.metadata.name ?? '' })
  await settled('nginx:1', 'nginx:1', 'nginx:2')
})

test('a node that comes later gets its pod', async () => {
  start()
  await settled('nginx:1', 'nginx:1', 'nginx:1')
  cluster.server.objects.create({ kind: 'Node', apiVersion: 'v1', metadata: { name: 'node-4' } })
  await until(() => expect(cluster.server.objects.list('Pod', 'default')).toHaveLength(4))
})
