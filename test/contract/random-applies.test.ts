// Random histories of one object written by several managers, on both servers: every answer is the same, and so is what
// each manager owns. Run by `npm run test:cluster`.
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CLUSTER_FILE_VARIABLE, connectControlPlane } from '../controlplane/share.ts'
import { type EmbeddedCluster, startEmbeddedCluster } from '../scenarios/embedded-cluster.ts'
import { CONFIG_MAPS, DEPLOYMENTS } from './contract-case.ts'
import { type Answer, type Exchange, type Json, type Send, senderFor } from './exchange.ts'

let embedded: EmbeddedCluster
let senders: readonly Send[]

beforeAll(async () => {
  embedded = await startEmbeddedCluster()
  const namespace = `contract-${randomBytes(4).toString('hex')}`
  senders = [embedded, connectControlPlane(process.env[CLUSTER_FILE_VARIABLE] ?? '')].map((each) =>
    senderFor(each, namespace),
  )
  for (const send of senders)
    await send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: '{ns}' } } })
})
afterAll(async () => {
  for (const send of senders) await send({ method: 'DELETE', path: '/api/v1/namespaces/{ns}' })
  await embedded.stop()
})

interface Write {
  readonly type: 'apply' | 'force' | 'merge'
  readonly manager: string
  readonly body: { readonly [key: string]: Json }
}

const TYPES = {
  apply: 'application/apply-patch+yaml',
  force: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
}

interface Target {
  readonly collection: string
  readonly head: { readonly [key: string]: Json }
}

function exchangeOf({ type, manager, body }: Write, { collection, head }: Target, name: string): Exchange {
  const query = `fieldManager=${manager}${type === 'force' ? '&force=true' : ''}`
  const { metadata = {}, ...rest } = body
  return {
    method: 'PATCH',
    path: `${collection}/${name}?${query}`,
    body: { ...head, ...rest, metadata: { ...(metadata as object), name } },
    headers: { 'content-type': TYPES[type] },
  }
}

/** What both have to agree on. Conflicts with several managers come in any order; the controllers' writes do not count. */
function comparable({ status, body }: Answer): Json {
  const { metadata, data, spec, message, details } = body as Record<string, Json | undefined>
  const { managedFields = [], labels, finalizers } = (metadata ?? {}) as Record<string, Json | undefined>
  const entries = (managedFields as { manager: string; time?: string }[])
    .filter(({ manager }) => manager !== 'kube-controller-manager' && manager !== 'admin')
    .map(({ time: _, ...entry }) => entry)
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  const causes = ((details as { causes?: Json[] } | undefined)?.causes ?? []).map((each) =>
    JSON.stringify(each),
  )
  const kept = { status, message, causes: causes.toSorted(), entries, labels, finalizers, data, spec }
  return JSON.parse(JSON.stringify(kept))
}

let count = 0

async function agree(writes: readonly Write[], target: Target): Promise<void> {
  count += 1
  const name = `one-${count}`
  for (const write of writes) {
    const exchange = exchangeOf(write, target, name)
    const [ours, theirs] = await Promise.all(senders.map((send) => send(exchange)))
    if (ours === undefined || theirs === undefined)
      throw new Error('Cannot compare: there are not two servers')
    expect(comparable(ours)).toEqual(comparable(theirs))
  }
}

function history(body: fc.Arbitrary<{ readonly [key: string]: Json }>): fc.Arbitrary<readonly Write[]> {
  const write = fc.record({
    type: fc.constantFrom<Write['type']>('apply', 'apply', 'force', 'merge'),
    manager: fc.constantFrom('a', 'b', 'c'),
    body,
  })
  return fc.array(write, { minLength: 2, maxLength: 6 })
}

const text = fc.constantFrom('', '1', '2')
const dictionary = fc.dictionary(fc.constantFrom('a', 'b', 'c'), text, { maxKeys: 3 })

const configMap = fc.record(
  {
    data: fc.option(dictionary, { freq: 8 }),
    metadata: fc.record(
      {
        labels: dictionary,
        finalizers: fc.uniqueArray(fc.constantFrom('x/a', 'x/b', 'x/c'), { maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
)

const variable = fc.record({ name: fc.constantFrom('A', 'B', 'C'), value: text }, { requiredKeys: ['name'] })
const port = fc.record(
  {
    containerPort: fc.constantFrom(80, 81),
    protocol: fc.constantFrom('TCP', 'UDP'),
    hostIP: fc.constantFrom('10.0.0.1', '10.0.0.2'),
  },
  { requiredKeys: ['containerPort'] },
)
const unique = { selector: (each: { readonly name?: string }) => each.name ?? '', maxLength: 3 }
const container = fc.record(
  {
    name: fc.constantFrom('one', 'two', 'three'),
    image: fc.constantFrom('nginx', 'redis'),
    command: fc.array(text, { maxLength: 2 }),
    env: fc.uniqueArray(variable, unique),
    ports: fc.uniqueArray(port, {
      selector: ({ containerPort, protocol = 'TCP' }) => `${containerPort}/${protocol}`,
      maxLength: 2,
    }),
  },
  { requiredKeys: ['name', 'image'] },
)

const LABELS = { app: 'app' }

const deployment = fc
  .record({
    containers: fc.uniqueArray(container, { ...unique, minLength: 1 }),
    nodeSelector: fc.option(dictionary),
    annotations: dictionary,
  })
  .map(({ containers, nodeSelector, annotations }): { readonly [key: string]: Json } => ({
    spec: {
      replicas: 0,
      paused: true,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS, annotations },
        spec: { containers: JSON.parse(JSON.stringify(containers)), nodeSelector },
      },
    },
  }))

const RUNS = 60

test('histories of a ConfigMap', async () => {
  const target = { collection: CONFIG_MAPS, head: { apiVersion: 'v1', kind: 'ConfigMap' } }
  const writes = history(configMap as fc.Arbitrary<{ readonly [key: string]: Json }>)
  await fc.assert(
    fc.asyncProperty(writes, (each) => agree(JSON.parse(JSON.stringify(each)), target)),
    { numRuns: RUNS },
  )
})

test('histories of a Deployment', async () => {
  const target = { collection: DEPLOYMENTS, head: { apiVersion: 'apps/v1', kind: 'Deployment' } }
  await fc.assert(
    fc.asyncProperty(history(deployment), (each) => agree(each, target)),
    { numRuns: RUNS },
  )
})
