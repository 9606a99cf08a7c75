import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import {
  imageOf,
  imagePatch,
  newWorkload,
  type PodCluster,
  startPodCluster,
  until,
} from '../../../test/fake/pod-cluster.ts'
import type { ApiObject } from '../object/api-object.ts'
import { type JsonObject, numberAt, objectAt, textAt, valueAt } from '../object/json.ts'
import { resourceOf } from '../object/resources.ts'
import { conditionOf, conditionsOf } from './deployment/deployment-conditions.ts'
import { limitsOf } from './deployment/rolling-arithmetic.ts'
import { replicasOf } from './owned-objects.ts'
import { isActive, isReady } from './pods/pod.ts'
import type { PodOptions } from './pods/pod-options.ts'

let cluster: PodCluster
afterEach(() => cluster.stop())

const namespace = 'default'
const place = { kind: 'Deployment', namespace, name: 'app' }

function start(spec: JsonObject = {}, options: PodOptions = {}): void {
  cluster = startPodCluster(options)
  cluster.server.objects.create(newWorkload({ kind: 'Deployment', spec: { replicas: 3, ...spec } }))
}

function patch(body: JsonObject): void {
  cluster.server.objects.patch(place, body)
}

function deployment(): ApiObject {
  const found = cluster.server.objects.get(place)
  if (found === undefined) throw new Error('the Deployment is gone')
  return found
}

const pods = () => cluster.server.objects.list('Pod', namespace)
const progressing = () => conditionOf(conditionsOf(deployment()), 'Progressing')

/** Every pod runs the present template and is ready, none is left over, and the status says so. */
async function atRest(): Promise<void> {
  await until(() => {
    const found = deployment()
    const { replicas = 0, template } = objectAt(found, 'spec')
    const image = imageOf(found)
    expect(template).toBeDefined()
    expect(pods().map((pod) => `${imageOf(pod)} ${isReady(pod)}`)).toEqual(
      Array.from({ length: Number(replicas) }, () => `${image} true`),
    )
    const count = (key: string) => numberAt(found, 'status', key) ?? 0
    expect(['replicas', 'updatedReplicas', 'availableReplicas'].map(count)).toEqual([
      replicas,
      replicas,
      replicas,
    ])
    expect(count('observedGeneration')).toBe(found.metadata.generation)
  })
}

/** `<revision> <image> <replicas>` of every ReplicaSet. */
function replicaSets(): readonly string[] {
  return cluster.server.objects
    .list('ReplicaSet', namespace)
    .map((each) => {
      const revision = each.metadata.annotations?.['deployment.kubernetes.io/revision']
      return `${revision} ${imageOf(each)} ${numberAt(each, 'spec', 'replicas')}`
    })
    .toSorted()
}

test('a rollout replaces the pods, and going back takes the old ReplicaSet under a new revision', async () => {
  start()
  await atRest()
  patch(imagePatch('nginx:2'))
  await atRest()
  expect(replicaSets()).toEqual(['1 nginx:1 0', '2 nginx:2 3'])
  patch(imagePatch('nginx:1'))
  await atRest()
  expect(replicaSets()).toEqual(['2 nginx:2 0', '3 nginx:1 3'])
  const back = cluster.server.objects
    .list('ReplicaSet', namespace)
    .find((each) => imageOf(each) === 'nginx:1')
  expect(back?.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1')
  expect(progressing()).toMatchObject({ reason: 'NewReplicaSetAvailable' })
})

test('with Recreate the last old pod goes before the first new one comes', async () => {
  start({ strategy: { type: 'Recreate' } })
  await atRest()
  patch(imagePatch('nginx:2'))
  await atRest()
  expect(cluster.pods.slice(3).map((each) => each[0])).toEqual(['-', '-', '-', '+', '+', '+'])
})

test('a Deployment that is paused in the middle of a rollout is scaled in proportion, and goes on when it is resumed', async () => {
  let held = false
  const fateOf = (pod: ApiObject) =>
    held && imageOf(pod) === 'nginx:2' ? { readyMs: Number.POSITIVE_INFINITY } : undefined
  start({ replicas: 10, strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } }, { fateOf })
  await atRest()
  held = true
  patch(imagePatch('nginx:2'))
  await until(() => expect(replicaSets()).toEqual(['1 nginx:1 8', '2 nginx:2 5']))
  patch({ spec: { paused: true, replicas: 15 } })
  await until(() => expect(replicaSets()).toEqual(['1 nginx:1 11', '2 nginx:2 7']))
  await until(() => expect(progressing().reason).toBe('DeploymentPaused'))
  held = false
  patch({ spec: { paused: false }, ...{ metadata: { annotations: { resumed: 'yes' } } } })
  for (const pod of pods())
    if (imageOf(pod) === 'nginx:2')
      cluster.server.objects.patch(
        { kind: 'Pod', namespace, name: pod.metadata.name ?? '' },
        { metadata: { labels: { woken: 'yes' } } },
      )
  await atRest()
})

test('a rollout that gets no further is given up at its deadline', async () => {
  start({ progressDeadlineSeconds: 1 }, { readyMs: Number.POSITIVE_INFINITY })
  await until(() =>
    expect(progressing()).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' }),
  )
  expect(conditionOf(conditionsOf(deployment()), 'Available').status).toBe('False')
})

test('old ReplicaSets beyond the history limit go', async () => {
  start({ revisionHistoryLimit: 1, replicas: 1 })
  for (const image of ['nginx:2', 'nginx:3', 'nginx:4']) {
    await atRest()
    patch(imagePatch(image))
  }
  await atRest()
  await until(() => expect(replicaSets()).toEqual(['3 nginx:3 0', '4 nginx:4 1']))
})

test('a pod that somebody deletes is replaced', async () => {
  start()
  await atRest()
  const [pod] = pods()
  cluster.server.objects.remove({ kind: 'Pod', namespace, name: pod?.metadata.name ?? '' })
  await until(() => expect(cluster.pods.filter((each) => each.startsWith('+'))).toHaveLength(4))
  await atRest()
})

test.each(['Background', 'Foreground'])(
  'what a Deployment owned goes after it: %s',
  async (propagationPolicy) => {
    start()
    await atRest()
    cluster.server.objects.remove(place, { propagationPolicy })
    await until(() => {
      expect(pods()).toEqual([])
      expect(replicaSets()).toEqual([])
      expect(cluster.server.objects.get(place)).toBeUndefined()
    })
  },
)

test('the same seed gives the same names', async () => {
  const named = async () => {
    start({ replicas: 2 }, { random: seeded(7) })
    await atRest()
    return pods().map(({ metadata }) => metadata.name?.slice(-5))
  }
  const first = await named()
  await cluster.stop()
  expect(await named()).toEqual(first)
})

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 16_807) % 2_147_483_647
    return state / 2_147_483_647
  }
}

const step = fc.oneof(
  fc.integer({ min: 1, max: 4 }).map((number) => imagePatch(`nginx:${number}`)),
  fc.boolean().map((paused): JsonObject => ({ spec: { paused } })),
)

const limit = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom('0%', '25%', '50%'))

test('whatever is patched when, a rollout keeps to its limits, and at rest no pod is an orphan', async () => {
  const rollingUpdates = fc
    .record({ maxSurge: limit, maxUnavailable: limit })
    .filter(({ maxSurge, maxUnavailable }) => !(isZero(maxSurge) && isZero(maxUnavailable)))
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      rollingUpdates,
      fc.array(fc.tuple(step, fc.integer({ min: 0, max: 5 })), { maxLength: 6 }),
      async (replicas, rollingUpdate, steps) => {
        start({ replicas, strategy: { rollingUpdate } })
        await atRest()
        const broken = watchLimits(replicas)
        for (const [body, turns] of steps) {
          patch(body)
          for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate)
        }
        patch({ spec: { paused: false } })
        await atRest()
        expect(broken).toEqual([])
        expect(orphans()).toEqual([])
        await cluster.stop()
      },
    ),
    { numRuns: 12 },
  )
})

function isZero(value: string | number): boolean {
  return value === 0 || value === '0%'
}

/** Says whenever ReplicaSets ask for more pods, or fewer are ready, than the strategy allows. */
function watchLimits(replicas: number): readonly string[] {
  const { maxSurge, maxUnavailable } = limitsOf(deployment())
  const broken: string[] = []
  cluster.server.store.subscribe(resourceOf('ReplicaSet'), () => {
    const asked = cluster.server.objects.list('ReplicaSet', namespace).map(replicasOf)
    const total = asked.reduce((sum, each) => sum + each, 0)
    if (total > replicas + maxSurge) broken.push(`${total} pods`)
  })
  cluster.server.store.subscribe(resourceOf('Pod'), () => {
    const ready = pods().filter((pod) => isActive(pod) && isReady(pod)).length
    if (ready < replicas - maxUnavailable) broken.push(`${ready} ready`)
  })
  return broken
}

function orphans(): readonly string[] {
  const owners = new Set(
    cluster.server.objects.list('ReplicaSet', namespace).map(({ metadata }) => metadata.uid),
  )
  return pods()
    .filter(({ metadata }) => !owners.has(metadata.ownerReferences?.[0]?.uid))
    .map(
      (pod) => `${pod.metadata.name} ${textAt(pod, 'status', 'phase')} ${valueAt(pod, 'spec', 'nodeName')}`,
    )
}
