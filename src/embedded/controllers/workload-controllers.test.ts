import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ApiServer, createApiServer } from '../api-server.ts'
import type { ApiObject } from '../object/api-object.ts'
import { listAt, numberAt, textAt, valueAt } from '../object/json.ts'
import { createWorkloadControllers } from './workload-controllers.ts'

let server: ApiServer
let stop: AbortController
let running: Promise<void>

beforeEach(() => {
  server = createApiServer()
  stop = new AbortController()
  running = createWorkloadControllers({ store: server.store }).run(stop.signal)
})
afterEach(async () => {
  stop.abort()
  await running
})

const namespace = 'default'
const at = (kind: string, name = 'app') => ({ kind, namespace, name })

function workload(kind: string, spec = {}) {
  const labels = { app: 'app' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'nginx:1' }] } }
  return {
    kind,
    apiVersion: 'apps/v1',
    metadata: { name: 'app', namespace },
    spec: { replicas: 2, selector: { matchLabels: labels }, template, ...spec },
  }
}

function setImage(kind: string, image: string): void {
  const patch = { spec: { template: { spec: { containers: [{ name: 'app', image }] } } } }
  server.objects.patch(at(kind), patch, 'application/strategic-merge-patch+json')
}

function replicaSets(): readonly string[] {
  return server.objects
    .list('ReplicaSet', namespace)
    .map((each) => {
      const revision = each.metadata.annotations?.['deployment.kubernetes.io/revision']
      const [container] = listAt(each, 'spec', 'template', 'spec', 'containers')
      return `${revision} ${textAt(container, 'image')} x${numberAt(each, 'spec', 'replicas')}`
    })
    .toSorted()
}

/** The status speaks of the present generation. */
async function observed(kind: string): Promise<ApiObject> {
  return vi.waitFor(() => {
    const object = server.objects.get(at(kind))
    expect(numberAt(object, 'status', 'observedGeneration')).toBe(object?.metadata.generation)
    if (object === undefined) throw new Error(`${kind} is gone`)
    return object
  })
}

test('a Deployment gets one ReplicaSet for each template, and only the newest keeps replicas', async () => {
  server.objects.create(workload('Deployment'))
  await observed('Deployment')
  expect(replicaSets()).toEqual(['1 nginx:1 x2'])
  setImage('Deployment', 'nginx:2')
  await observed('Deployment')
  expect(replicaSets()).toEqual(['1 nginx:1 x0', '2 nginx:2 x2'])
})

test('a template that comes back takes its old ReplicaSet under a new revision', async () => {
  server.objects.create(workload('Deployment'))
  await observed('Deployment')
  setImage('Deployment', 'nginx:2')
  await observed('Deployment')
  setImage('Deployment', 'nginx:1')
  await observed('Deployment')
  expect(replicaSets()).toEqual(['2 nginx:2 x0', '3 nginx:1 x2'])
})

test('the controllers do not move the generation of a Deployment', async () => {
  server.objects.create(workload('Deployment'))
  const { metadata } = await observed('Deployment')
  expect(metadata.generation).toBe(1)
  expect(metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' })
})

test('lastUpdateTime of Progressing stays where no rollout happens', async () => {
  server.objects.create(workload('Deployment'))
  const before = await observed('Deployment')
  server.objects.patch(at('Deployment'), { metadata: { annotations: { note: 'x' } } })
  const after = await observed('Deployment')
  expect(valueAt(after, 'status', 'conditions')).toEqual(valueAt(before, 'status', 'conditions'))
})

test('a paused Deployment starts no rollout', async () => {
  server.objects.create(workload('Deployment'))
  await observed('Deployment')
  server.objects.patch(at('Deployment'), { spec: { paused: true } })
  setImage('Deployment', 'nginx:2')
  await observed('Deployment')
  expect(replicaSets()).toEqual(['1 nginx:1 x2'])
})

test('old ReplicaSets beyond the history limit go', async () => {
  server.objects.create(workload('Deployment', { revisionHistoryLimit: 1 }))
  for (const image of ['nginx:2', 'nginx:3', 'nginx:4']) {
    await observed('Deployment')
    setImage('Deployment', image)
  }
  await observed('Deployment')
  await vi.waitFor(() => expect(replicaSets()).toEqual(['3 nginx:3 x0', '4 nginx:4 x2']))
})

test.each(['StatefulSet', 'DaemonSet'])(
  'a %s gets one ControllerRevision for each template',
  async (kind) => {
    server.objects.create(workload(kind, kind === 'DaemonSet' ? { replicas: undefined } : {}))
    await observed(kind)
    setImage(kind, 'nginx:2')
    await observed(kind)
    setImage(kind, 'nginx:1')
    await observed(kind)
    const numbers = server.objects
      .list('ControllerRevision', namespace)
      .map((each) => numberAt(each, 'revision'))
    expect(numbers.toSorted()).toEqual([2, 3])
  },
)

test('what a deleted Deployment owned goes after it', async () => {
  server.objects.create(workload('Deployment'))
  await observed('Deployment')
  server.objects.remove(at('Deployment'))
  await vi.waitFor(() => expect(server.objects.list('ReplicaSet', namespace)).toEqual([]))
})

test('every namespace gets its ServiceAccount and its CA', async () => {
  server.objects.create({ kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'new' } })
  await vi.waitFor(() => {
    expect(server.objects.list('ConfigMap', 'new').map((each) => each.metadata.name)).toEqual([
      'kube-root-ca.crt',
    ])
    expect(server.objects.list('ServiceAccount', 'new').map((each) => each.metadata.name)).toEqual([
      'default',
    ])
  })
})
