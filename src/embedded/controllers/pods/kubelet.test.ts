import { afterEach, expect, test } from 'vitest'
import { newWorkload, type PodCluster, startPodCluster, until } from '../../../../test/fake/pod-cluster.ts'
import { type JsonObject, listAt, objectAt, textAt, valueAt } from '../../object/json.ts'
import { conditionOf, conditionsOf } from '../deployment/deployment-conditions.ts'
import type { PodOptions } from './pod-options.ts'

let cluster: PodCluster
afterEach(() => cluster.stop())

const namespace = 'default'
const place = { kind: 'Pod', namespace, name: 'app' }

function start(pod: JsonObject = {}, container: JsonObject = {}, options: PodOptions = {}): void {
  cluster = startPodCluster(options)
  const { spec } = objectAt(newWorkload({ kind: 'Deployment', pod, container }), 'spec', 'template')
  cluster.server.objects.create({ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'app', namespace }, spec })
}

function createConfig(kind: 'ConfigMap' | 'Secret', name: string, data: JsonObject): void {
  cluster.server.objects.create({ kind, apiVersion: 'v1', metadata: { name, namespace }, data })
}

const state = () => {
  const [container] = listAt(cluster.server.objects.get(place), 'status', 'containerStatuses')
  return objectAt(container, 'state')
}

async function running(): Promise<void> {
  await until(() => expect(state()).toHaveProperty('running'))
}

function events(): readonly string[] {
  return cluster.server.objects
    .list('Event', namespace)
    .filter((each) => textAt(each, 'involvedObject', 'kind') === 'Pod')
    .map((each) => `${textAt(each, 'reason')}: ${textAt(each, 'message')}`)
}

async function asked(path: string, token = cluster.server.tokens.issueAdmin()) {
  const url = `http://cluster/api/v1/namespaces/${namespace}/pods/app/${path}`
  const request = new Request(url, { headers: { authorization: `Bearer ${token}` } })
  const response = await cluster.server.fetch(request)
  const text = await response.text()
  return { status: response.status, text, json: () => JSON.parse(text) }
}

const missing = [
  ['a ConfigMap', { envFrom: [{ configMapRef: { name: 'c' } }] }, 'configmap "c" not found'],
  ['a Secret', { envFrom: [{ secretRef: { name: 'c' } }] }, 'secret "c" not found'],
] as const

test.each(missing)(
  'a variable from %s that is missing holds the container until it appears',
  async (_, container, message) => {
    start({}, container)
    await until(() => expect(state()).toEqual({ waiting: { reason: 'CreateContainerConfigError', message } }))
    expect(events()).toContain(`Failed: Error: ${message}`)
    createConfig('ConfigMap', 'c', {})
    createConfig('Secret', 'c', {})
    await running()
  },
)

test('a key that is missing holds the container, in the words of the kubelet', async () => {
  const valueFrom = { configMapKeyRef: { name: 'c', key: 'k' } }
  start({}, { env: [{ name: 'K', valueFrom }] })
  createConfig('ConfigMap', 'c', {})
  await until(() =>
    expect(textAt(state(), 'waiting', 'message')).toBe("couldn't find key k in ConfigMap default/c"),
  )
  cluster.server.objects.patch({ kind: 'ConfigMap', namespace, name: 'c' }, { data: { k: 'v' } })
  await running()
  expect((await asked('proxy/env')).json()).toEqual({ K: 'v' })
})

test('a volume whose Secret is missing holds the pod in ContainerCreating until it appears', async () => {
  const volumes = [{ name: 'tls', secret: { secretName: 'c' } }]
  start({ volumes }, { volumeMounts: [{ name: 'tls', mountPath: '/tls' }] })
  const message = 'MountVolume.SetUp failed for volume "tls" : secret "c" not found'
  await until(() => expect(events()).toContain(`FailedMount: ${message}`))
  expect(state()).toEqual({ waiting: { reason: 'ContainerCreating' } })
  createConfig('Secret', 'c', { 'tls.crt': Buffer.from('cert').toString('base64') })
  await running()
  expect((await asked('proxy/files/tls/tls.crt')).text).toBe('cert')
})

test('what is optional holds nothing', async () => {
  const volumes = [{ name: 'v', configMap: { name: 'c', optional: true } }]
  start({ volumes }, { envFrom: [{ secretRef: { name: 'c', optional: true } }] })
  await running()
  expect((await asked('proxy/env')).json()).toEqual({})
})

test('variables of every source are read, later ones over earlier ones', async () => {
  const secretKeyRef = { name: 's', key: 'pass' }
  start(
    {},
    {
      envFrom: [{ configMapRef: { name: 'c' } }, { prefix: 'P_', configMapRef: { name: 'c' } }],
      env: [
        { name: 'b', value: 'own' },
        { name: 'PASS', valueFrom: { secretKeyRef } },
        { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'BOTH', value: '$(NAME)-$(b)-$(unknown)-$$(NAME)' },
      ],
    },
  )
  createConfig('ConfigMap', 'c', { a: '1', b: '2' })
  createConfig('Secret', 's', { pass: Buffer.from('word').toString('base64') })
  await running()
  expect((await asked('proxy/env')).json()).toEqual({
    a: '1',
    b: 'own',
    P_a: '1',
    P_b: '2',
    PASS: 'word',
    NAME: 'app',
    BOTH: 'app-own-$(unknown)-$(NAME)',
  })
})

test('projected volumes, items and subPaths are files where they are mounted', async () => {
  const sources = [
    { configMap: { name: 'c', items: [{ key: 'a', path: 'deep/a' }] } },
    { secret: { name: 's' } },
    { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
  ]
  const volumeMounts = [
    { name: 'all', mountPath: '/all/' },
    { name: 'all', mountPath: '/one', subPath: 'deep' },
  ]
  start({ volumes: [{ name: 'all', projected: { sources } }] }, { volumeMounts })
  createConfig('ConfigMap', 'c', { a: '1', b: '2' })
  createConfig('Secret', 's', { pass: Buffer.from('word').toString('base64') })
  await running()
  const files: Record<string, string> = (await asked('proxy/files')).json()
  const texts = Object.entries(files).map(([path, content]) => [
    path,
    Buffer.from(content, 'base64').toString(),
  ])
  expect(Object.fromEntries(texts)).toEqual({
    '/all/deep/a': '1',
    '/all/name': 'app',
    '/all/pass': 'word',
    '/one/a': '1',
  })
})

test('a pod is ready some time after its containers start', async () => {
  start({}, {}, { readyMs: 60_000 })
  await running()
  const pod = cluster.server.objects.get(place)
  expect(textAt(pod, 'status', 'phase')).toBe('Running')
  expect(pod && conditionOf(conditionsOf(pod), 'Ready').status).toBe('False')
})

test('the life of a pod is told in Events', async () => {
  start()
  await running()
  cluster.server.objects.remove(place)
  await until(() => expect(cluster.pods).toEqual(['+app', '-app']))
  const image = 'Container image "nginx:1" already present on machine and can be accessed by the pod'
  expect(events()).toEqual([
    'Scheduled: Successfully assigned default/app to node-1',
    `Pulled: ${image}`,
    'Created: Container created',
    'Started: Container started',
    'Killing: Stopping container app',
  ])
})

test('a pod that is deleted is there until its containers have stopped', async () => {
  start({}, {}, { stopMs: 60_000 })
  await running()
  cluster.server.objects.remove(place)
  const { metadata } = cluster.server.objects.get(place) ?? {}
  expect(metadata?.deletionTimestamp).toBeDefined()
  expect(metadata?.deletionGracePeriodSeconds).toBe(30)
  cluster.server.objects.remove(place, { gracePeriodSeconds: 0 })
  expect(cluster.server.objects.get(place)).toBeUndefined()
})

test('a container that fails is started again, and reads its variables anew', async () => {
  let failed = false
  const fateOf = () => (failed ? undefined : { exit: { afterMs: 0, code: 1 } })
  start(
    { restartPolicy: 'OnFailure' },
    { envFrom: [{ configMapRef: { name: 'c' } }] },
    { fateOf, workMs: 60_000 },
  )
  createConfig('ConfigMap', 'c', { a: 'old' })
  const [container] = await until(() => {
    const statuses = listAt(cluster.server.objects.get(place), 'status', 'containerStatuses')
    expect(Number(valueAt(statuses[0], 'restartCount'))).toBeGreaterThan(0)
    return statuses
  })
  expect(container).toBeDefined()
  cluster.server.objects.patch({ kind: 'ConfigMap', namespace, name: 'c' }, { data: { a: 'new' } })
  failed = true
  await until(async () => expect((await asked('proxy/env')).json()).toEqual({ a: 'new' }))
})

test('what a pod answers is refused in one clear sentence where there is nothing to answer', async () => {
  start({}, { envFrom: [{ configMapRef: { name: 'c' } }] })
  expect(await asked('proxy/env')).toMatchObject({ status: 503 })
  createConfig('ConfigMap', 'c', {})
  await running()
  expect((await asked('log')).json().message).toMatch(/^this cluster runs no programs/)
  expect((await asked('proxy/env?container=other')).status).toBe(503)
  expect((await asked('proxy/files/none')).status).toBe(404)
  expect((await asked('proxy/other')).status).toBe(400)
})

test('who may not proxy to pods learns nothing of them', async () => {
  start()
  await running()
  const token = cluster.server.tokens.issueServiceAccount(namespace, 'nobody')
  const { status, json } = await asked('proxy/env', token)
  expect(status).toBe(403)
  expect(json().message).toContain('cannot get resource "pods/proxy"')
})
