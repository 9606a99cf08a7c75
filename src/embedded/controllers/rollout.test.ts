import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ApiServer, createApiServer } from '../api-server.ts'
import { type JsonObject, listAt, numberAt, textAt } from '../object/json.ts'
import { isReady } from './pods/pod.ts'
import { AT_ONCE } from './pods/pod-options.ts'
import { createWorkloadControllers } from './workload-controllers.ts'

let server: ApiServer
let stop: AbortController
let running: Promise<void>

beforeEach(() => {
  server = createApiServer()
  stop = new AbortController()
  const pods = { ...AT_ONCE, serve: server.servePods }
  running = createWorkloadControllers({ store: server.store, pods }).run(stop.signal)
})
afterEach(async () => {
  stop.abort()
  await running
})

const namespace = 'default'
const place = { kind: 'Deployment', namespace, name: 'app' }

function deployment(container = {}, volumes: readonly JsonObject[] = []) {
  const labels = { app: 'app' }
  const containers = [{ name: 'app', image: 'nginx:1', ...container }]
  return {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: { name: 'app', namespace },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers, volumes } },
    },
  }
}

async function rolledOut(image: string): Promise<void> {
  await vi.waitFor(() => {
    const pods = server.objects.list('Pod', namespace)
    expect(
      pods.map((pod) => `${textAt(listAt(pod, 'spec', 'containers')[0], 'image')} ${isReady(pod)}`),
    ).toEqual(Array.from({ length: 3 }, () => `${image} true`))
    const found = server.objects.get(place)
    expect(numberAt(found, 'status', 'availableReplicas')).toBe(3)
    expect(numberAt(found, 'status', 'updatedReplicas')).toBe(3)
    expect(numberAt(found, 'status', 'replicas')).toBe(3)
  })
}

test('a Deployment rolls', async () => {
  server.objects.create(deployment())
  await rolledOut('nginx:1')
  server.objects.patch(place, {
    spec: { template: { spec: { containers: [{ name: 'app', image: 'nginx:2' }] } } },
  })
  await rolledOut('nginx:2')
})

test('a pod says over the API what it runs with: variables from its start, files as they are', async () => {
  const config = { kind: 'ConfigMap', namespace, name: 'settings' }
  server.objects.create({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'settings', namespace },
    data: { mode: 'old' },
  })
  const mounts = [
    { name: 'files', mountPath: '/etc/app' },
    { name: 'files', mountPath: '/one', subPath: 'mode' },
  ]
  const container = { envFrom: [{ configMapRef: { name: 'settings' } }], volumeMounts: mounts }
  server.objects.create(deployment(container, [{ name: 'files', configMap: { name: 'settings' } }]))
  await rolledOut('nginx:1')
  server.objects.patch(config, { data: { mode: 'new' } })
  await vi.waitFor(async () => expect(await asked('files/etc/app/mode')).toBe('new'))
  expect(await asked('files/one')).toBe('old')
  expect(JSON.parse(await asked('env'))).toEqual({ mode: 'old' })
})

/** What the first pod answers at its proxy. */
async function asked(path: string): Promise<string> {
  const name = server.objects.list('Pod', namespace)[0]?.metadata.name
  const url = `http://cluster/api/v1/namespaces/${namespace}/pods/${name}/proxy/${path}`
  const headers = { authorization: `Bearer ${server.tokens.issueAdmin()}` }
  return (await server.fetch(new Request(url, { headers }))).text()
}
