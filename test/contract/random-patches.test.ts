// Random patches to both servers, as dry runs: the results are the same object. Run by `npm run test:cluster`.
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CLUSTER_FILE_VARIABLE, connectControlPlane } from '../controlplane/share.ts'
import { type EmbeddedCluster, startEmbeddedCluster } from '../scenarios/embedded-cluster.ts'
import { CONFIG_MAPS, configMap, DEPLOYMENTS, deployment, patch } from './contract-case.ts'
import { type Exchange, type Json, type Send, senderFor } from './exchange.ts'

let embedded: EmbeddedCluster
let senders: readonly Send[]

beforeAll(async () => {
  embedded = await startEmbeddedCluster()
  const namespace = `contract-${randomBytes(4).toString('hex')}`
  senders = [embedded, connectControlPlane(process.env[CLUSTER_FILE_VARIABLE] ?? '')].map((each) =>
    senderFor(each, namespace),
  )
  for (const send of senders) {
    await send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: '{ns}' } } })
    await send({ method: 'POST', path: DEPLOYMENTS, body: START })
    await send({
      method: 'POST',
      path: CONFIG_MAPS,
      body: configMap('one', { data: { a: '1', b: '2', c: '3' } }),
    })
  }
})
afterAll(async () => {
  for (const send of senders) await send({ method: 'DELETE', path: '/api/v1/namespaces/{ns}' })
  await embedded.stop()
})

const NAMES = ['A', 'B', 'C', 'D', 'E']

const START = deployment('app', {
  spec: {
    template: {
      metadata: { labels: { app: 'app' } },
      spec: {
        containers: ['one', 'two', 'three'].map((name) => ({
          name,
          image: 'nginx',
          env: NAMES.slice(0, 3).map((each) => ({ name: each, value: each })),
        })),
        volumes: ['u', 'v'].map((name) => ({ name, configMap: { name } })),
      },
    },
  },
})

/** What came of it: the code, and the content of the patched object. */
async function outcomes(exchange: Exchange): Promise<readonly Json[]> {
  const answers = await Promise.all(senders.map((send) => send(exchange)))
  return answers.map(({ status, body }) => {
    const { spec, data } = body as { spec?: { template?: Json }; data?: Json }
    return { status, template: spec?.template ?? null, data: data ?? null }
  })
}

async function agree(exchange: Exchange): Promise<void> {
  const [ours, theirs] = await outcomes(exchange)
  expect(ours).toEqual(theirs)
}

const text = fc.constantFrom('', '1', '2')
const name = fc.constantFrom(...NAMES)

const variable = fc.oneof(
  { weight: 4, arbitrary: fc.record({ name, value: text }) },
  { weight: 2, arbitrary: fc.record({ name, $patch: fc.constant('delete') }) },
  { weight: 1, arbitrary: fc.constant({ $patch: 'replace' }) },
  { weight: 1, arbitrary: fc.record({ name, value: fc.constant(null) }) },
)

const variables = fc.record(
  {
    env: fc.oneof(
      { weight: 6, arbitrary: fc.array(variable, { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
    '$setElementOrder/env': fc.shuffledSubarray(NAMES).map((names) => names.map((each) => ({ name: each }))),
  },
  { requiredKeys: [] },
)

/** A patch that brings a new container twice is beyond what can be compared: the real server answers some with 500. */
const containers = fc.uniqueArray(
  fc
    .tuple(
      fc.constantFrom('one', 'two', 'three', 'four'),
      fc.constantFrom({}, { $patch: 'delete' }),
      variables,
    )
    .map(([container, directive, rest]) => ({ name: container, image: 'nginx', ...directive, ...rest })),
  { maxLength: 3, selector: (container) => container.name },
)

const volume = fc.oneof(
  fc.record({
    name: fc.constantFrom('u', 'v', 'w'),
    emptyDir: fc.constant({}),
    $retainKeys: fc.constant(['name', 'emptyDir']),
  }),
  fc.record({
    name: fc.constantFrom('u', 'v', 'w'),
    secret: fc.record({ secretName: name }),
    configMap: fc.constant(null),
  }),
  fc.record({ name: fc.constantFrom('u', 'v', 'w'), $patch: fc.constant('delete') }),
)

const podPatch = fc.record({ containers, volumes: fc.array(volume, { maxLength: 3 }) }, { requiredKeys: [] })

const RUNS = 200

test('strategic merge patches of a pod', async () => {
  await fc.assert(
    fc.asyncProperty(podPatch, async (spec) => {
      const body = JSON.parse(JSON.stringify({ spec: { template: { spec } } }))
      await agree(patch('strategic', `${DEPLOYMENTS}/app?dryRun=All`, body))
    }),
    { numRuns: RUNS },
  )
}, 120_000)

/** Never the empty one: the real server breaks the connection at a replacement of the whole by nothing. */
const pointer = fc
  .array(fc.constantFrom('data', 'metadata', 'labels', 'a', 'b', 'x', '-', '0', ''), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.map((each) => `/${each}`).join(''))

const operation = fc.record(
  {
    op: fc.constantFrom('add', 'remove', 'replace', 'test', 'move', 'copy'),
    path: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('/data/a', '/data/b', '/data/x', '/metadata/labels') },
      { weight: 1, arbitrary: pointer },
    ),
    from: fc.constantFrom('/data/a', '/data/b', '/data/missing', '/missing/x'),
    value: fc.oneof(text, fc.constant(null), fc.record({ k: text })),
  },
  { requiredKeys: ['op', 'path', 'value'] },
)

test('JSON patches of a ConfigMap', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 4 }), async (operations) => {
      const body = JSON.parse(JSON.stringify(operations))
      await agree(patch('json', `${CONFIG_MAPS}/one?dryRun=All`, body))
    }),
    { numRuns: RUNS },
  )
}, 120_000)

const merge = fc.record(
  {
    data: fc.oneof(fc.dictionary(fc.constantFrom('a', 'b', 'x'), fc.option(text)), fc.constant(null), text),
    metadata: fc.record({ labels: fc.option(fc.dictionary(name, fc.option(text))) }),
    immutable: fc.option(fc.boolean()),
  },
  { requiredKeys: [] },
)

test('merge patches of a ConfigMap', async () => {
  await fc.assert(
    fc.asyncProperty(merge, async (body) => {
      await agree(patch('merge', `${CONFIG_MAPS}/one?dryRun=All`, JSON.parse(JSON.stringify(body))))
    }),
    { numRuns: RUNS },
  )
}, 120_000)
