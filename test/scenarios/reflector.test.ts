// The reflector alone, against whichever API server there is: what the store holds is what the server holds.
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { KubeClient } from '../../src/kube/client.ts'
import { createClient } from '../../src/kube/http-client.ts'
import { loadConnection } from '../../src/kube/load-connection.ts'
import type { RawObject } from '../../src/kube/raw-object.ts'
import { createReflector, type Reflector } from '../../src/kube/reflector.ts'
import type { ReflectorOptions } from '../../src/kube/reflector-options.ts'
import { createStore, type Stored } from '../../src/kube/store.ts'
import type { Cluster } from './cluster.ts'
import { clusterUnderTest } from './harness/cluster-under-test.ts'

const namespaces = { group: '', version: 'v1', plural: 'namespaces' }
const secrets = { group: '', version: 'v1', plural: 'secrets' }

let cluster: Cluster
let admin: KubeClient
let namespace: string
const stops: (() => Promise<unknown> | undefined)[] = []

beforeEach(async () => {
  cluster = await clusterUnderTest()
  admin = await clientOf(cluster.adminKubeconfig)
  namespace = `reflector-${randomBytes(4).toString('hex')}`
  await admin.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  await admin.delete(namespaces, { namespace: '', name: namespace })
  admin.close()
  await cluster.stop()
})

async function clientOf(kubeconfig: string): Promise<KubeClient> {
  return createClient({
    connection: await loadConnection({ env: process.env, kubeconfig }),
    userAgent: 'reloader/test',
  })
}

const toStored = ({ metadata: { namespace = '', name, uid, resourceVersion } }: RawObject): Stored => ({
  ref: { namespace, name },
  uid,
  resourceVersion,
})

function reflect(client: KubeClient, options: Partial<ReflectorOptions<Stored>> = {}) {
  const writer = createStore<Stored>()
  const stop = new AbortController()
  const reflector: Reflector = createReflector({
    client,
    resource: secrets,
    namespace,
    writer,
    reduce: toStored,
    ...options,
  })
  const running = reflector.run(stop.signal)
  stops.push(() => {
    stop.abort()
    return running
  })
  return { reflector, store: writer.store }
}

const write = (name: string, text: string) => {
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData: { text } }
  return admin.create(secrets, object).catch(() => admin.update(secrets, object))
}
const remove = (name: string) => admin.delete(secrets, { namespace, name })

const shown = (objects: Iterable<Stored>) =>
  [...objects].map(({ ref, uid, resourceVersion }) => `${ref.name} ${uid} ${resourceVersion}`).sort()

/** The store comes to hold exactly what the server lists. */
async function agrees(store: { list(): Iterable<Stored> }): Promise<void> {
  const { items } = await admin.list(secrets, { namespace, reduce: toStored })
  await vi.waitFor(() => expect(shown(store.list())).toEqual(shown(items)), { timeout: 30_000, interval: 50 })
}

test('metadata alone is streamed in and followed, and no byte of a Secret comes with it', async () => {
  await write('a', 'one')
  const objects: RawObject[] = []
  const { reflector, store } = reflect(admin, {
    metadataOnly: true,
    reduce(object) {
      objects.push(object)
      return toStored(object)
    },
  })
  await reflector.settled
  expect(reflector.phase()).toBe('watching')
  expect(store.isSynced(namespace)).toBe(true)
  await write('a', 'two')
  await write('b', 'three')
  await remove('a')
  await agrees(store)
  expect(objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'a', 'b'])
  for (const object of objects) {
    expect(Object.keys(object).sort()).toEqual(['apiVersion', 'kind', 'metadata'])
    expect(object.metadata.managedFields?.length).toBeGreaterThan(0)
  }
})

test('a restart of the API server, and a compaction, lose nothing', async () => {
  await write('a', 'one')
  const { reflector, store } = reflect(admin, { metadataOnly: true })
  await reflector.settled
  await write('b', 'before')
  await cluster.restartApiServer()
  await write('c', 'after')
  await remove('a')
  await agrees(store)
  await cluster.compact()
  await write('d', 'after')
  await agrees(store)
})

test('who may list but not watch polls, and sees at once what it asks for', async () => {
  const kubeconfig = await cluster.controllerKubeconfig({
    namespace,
    name: 'poller',
    clusterRules: [],
    namespaceRules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }],
  })
  const client = await clientOf(kubeconfig)
  const problems: string[] = []
  const { reflector, store } = reflect(client, {
    onProblem: ({ verb, error }) => problems.push(`${verb}: ${error.message}`),
  })
  await reflector.settled
  expect(reflector.phase()).toBe('polling')
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(/^watch: .*forbidden/)
  await write('a', 'one')
  expect(await reflector.pollNow(namespace)).toBe(true)
  expect([...store.list()].map(({ ref }) => ref.name)).toContain('a')
  client.close()
})

test('who may do nothing, and what is not installed, settle all the same', async () => {
  const kubeconfig = await cluster.controllerKubeconfig({
    namespace,
    name: 'nobody',
    clusterRules: [],
    namespaceRules: [],
  })
  const client = await clientOf(kubeconfig)
  const denied = reflect(client)
  await denied.reflector.settled
  expect(denied.reflector.phase()).toBe('forbidden')
  const absent = reflect(admin, {
    resource: { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts' },
  })
  await absent.reflector.settled
  expect(absent.reflector.phase()).toBe('missing')
  client.close()
})
