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

const place = { kind: 'StatefulSet', namespace: 'default', name: 'app' }

function start(spec: JsonObject = {}): void {
  cluster = startPodCluster()
  cluster.server.objects.create(
    newWorkload({ kind: 'StatefulSet', spec: { serviceName: 'app', replicas: 3, ...spec } }),
  )
}

/** The images of the pods by ordinal, once all are ready and the status speaks of as many. */
async function settled(...images: readonly string[]): Promise<JsonObject> {
  return until(() => {
    const { objects } = cluster.server
    const pods = objects.list('Pod', 'default')
    expect(pods.map((pod) => (isReady(pod) ? imageOf(pod) : 'not ready'))).toEqual(images)
    const set = objects.get(place)
    const status = objectAt(set, 'status')
    expect(status.observedGeneration).toBe(set?.metadata.generation)
    const { length } = images
    expect(status).toMatchObject({ replicas: length, readyReplicas: length, availableReplicas: length })
    return status
  })
}

test('pods come one after the other, and are replaced from the highest ordinal down', async () => {
  start()
  const { updateRevision } = await settled('nginx:1', 'nginx:1', 'nginx:1')
  expect(cluster.pods).toEqual(['+app-0', '+app-1', '+app-2'])
  cluster.server.objects.patch(place, imagePatch('nginx:2'))
  const status = await settled('nginx:2', 'nginx:2', 'nginx:2')
  expect(cluster.pods.slice(3)).toEqual(['-app-2', '+app-2', '-app-1', '+app-1', '-app-0', '+app-0'])
  expect(status.updateRevision).not.toBe(updateRevision)
  expect(status).toMatchObject({
    currentRevision: status.updateRevision,
    currentReplicas: 3,
    updatedReplicas: 3,
  })
})

test('pods below the partition keep the revision that they had', async () => {
  start({ updateStrategy: { rollingUpdate: { partition: 2 } } })
  const { updateRevision } = await settled('nginx:1', 'nginx:1', 'nginx:1')
  cluster.server.objects.patch(place, imagePatch('nginx:2'))
  const status = await settled('nginx:1', 'nginx:1', 'nginx:2')
  expect(status).toMatchObject({ currentRevision: updateRevision, currentReplicas: 2, updatedReplicas: 1 })
  cluster.server.objects.remove({ kind: 'Pod', namespace: 'default', name: 'app-0' })
  await until(() => expect(cluster.pods.at(-1)).toBe('+app-0'))
  await settled('nginx:1', 'nginx:1', 'nginx:2')
})

test('with OnDelete a pod gets the new template when somebody deletes it', async () => {
  start({ updateStrategy: { type: 'OnDelete' } })
  await settled('nginx:1', 'nginx:1', 'nginx:1')
  cluster.server.objects.patch(place, imagePatch('nginx:2'))
  await settled('nginx:1', 'nginx:1', 'nginx:1')
  cluster.server.objects.remove({ kind: 'Pod', namespace: 'default', name: 'app-1' })
  await settled('nginx:1', 'nginx:2', 'nginx:1')
})

test('pods that are too many go from the highest ordinal down, one after the other', async () => {
  start()
  await settled('nginx:1', 'nginx:1', 'nginx:1')
  cluster.server.objects.patch(place, { spec: { replicas: 1 } })
  await settled('nginx:1')
  expect(cluster.pods.slice(3)).toEqual(['-app-2', '-app-1'])
})

test('with Parallel nobody waits for another', async () => {
  cluster = startPodCluster({ readyMs: Number.POSITIVE_INFINITY })
  const spec = { serviceName: 'app', replicas: 3, podManagementPolicy: 'Parallel' }
  cluster.server.objects.create(newWorkload({ kind: 'StatefulSet', spec }))
  await until(() => expect(cluster.pods).toEqual(['+app-0', '+app-1', '+app-2']))
})

test('a pod has the identity that its ordinal gives it', async () => {
  start({ replicas: 1 })
  await settled('nginx:1')
  const pod = cluster.server.objects.get({ kind: 'Pod', namespace: 'default', name: 'app-0' })
  expect(textAt(pod, 'spec', 'hostname')).toBe('app-0')
  expect(pod?.metadata.labels).toMatchObject({
    'statefulset.kubernetes.io/pod-name': 'app-0',
    'apps.kubernetes.io/pod-index': '0',
    'controller-revision-hash': textAt(cluster.server.objects.get(place), 'status', 'updateRevision'),
  })
})
