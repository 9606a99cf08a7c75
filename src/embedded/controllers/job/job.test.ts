import { afterEach, expect, test } from 'vitest'
import { newWorkload, type PodCluster, startPodCluster, until } from '../../../../test/fake/pod-cluster.ts'
import { type JsonObject, listAt, objectAt, textAt } from '../../object/json.ts'
import { conditionOf, conditionsOf } from '../deployment/deployment-conditions.ts'
import type { PodOptions } from '../pods/pod-options.ts'

let cluster: PodCluster
afterEach(() => cluster.stop())

const place = { kind: 'Job', namespace: 'default', name: 'app' }
const FAILING: PodOptions = { fateOf: () => ({ exit: { afterMs: 0, code: 1 } }) }

function newJob(spec: JsonObject = {}): JsonObject {
  const { selector: _, ...rest } = objectAt(
    newWorkload({ kind: 'Job', pod: { restartPolicy: 'Never' } }),
    'spec',
  )
  const metadata = { name: 'app', namespace: 'default' }
  return { kind: 'Job', apiVersion: 'batch/v1', metadata, spec: { ...rest, ...spec } }
}

function start(spec: JsonObject = {}, options: PodOptions = {}): void {
  cluster = startPodCluster(options)
  cluster.server.objects.create(newJob(spec))
}

/** The Job once it has that condition. */
async function ended(type: string) {
  return until(() => {
    const job = cluster.server.objects.get(place)
    if (job === undefined) throw new Error('the Job is gone')
    const condition = conditionOf(conditionsOf(job), type)
    expect(condition.status).toBe('True')
    return { job, condition, status: objectAt(job, 'status') }
  })
}

test('a Job is complete when as many pods as asked for have succeeded', async () => {
  start({ completions: 3, parallelism: 2 })
  const { status, job } = await ended('Complete')
  expect(status.succeeded).toBe(3)
  expect(status).not.toHaveProperty('active')
  expect(textAt(job, 'status', 'completionTime')).not.toBe('')
  expect(conditionsOf(job).map(({ type }) => type)).toEqual(['SuccessCriteriaMet', 'Complete'])
  expect(cluster.server.objects.list('Pod', 'default')).toHaveLength(3)
})

test('no pod of a Job that has ended keeps a finalizer', async () => {
  start({ completions: 2 })
  await ended('Complete')
  await until(() => {
    const pods = cluster.server.objects.list('Pod', 'default')
    expect(pods.map(({ metadata }) => metadata.finalizers)).toEqual([undefined, undefined])
  })
})

test('a Job whose pods fail ends after its backoff limit', async () => {
  start({ backoffLimit: 2 }, FAILING)
  const { status, condition } = await ended('Failed')
  expect(status.failed).toBe(3)
  expect(condition).toMatchObject({
    reason: 'BackoffLimitExceeded',
    message: 'Job has reached the specified backoff limit',
  })
})

test('a suspended Job has no pods until it is resumed', async () => {
  start({ suspend: true })
  const { job } = await ended('Suspended')
  expect(objectAt(job, 'status')).not.toHaveProperty('startTime')
  expect(cluster.pods).toEqual([])
  cluster.server.objects.patch(place, { spec: { suspend: false } })
  const after = await ended('Complete')
  expect(conditionOf(conditionsOf(after.job), 'Suspended')).toMatchObject({
    status: 'False',
    reason: 'JobResumed',
  })
})

test('a Job with a deadline fails when it is over, and its pods go', async () => {
  start({ activeDeadlineSeconds: 0 }, { workMs: 60_000 })
  const { condition } = await ended('Failed')
  expect(condition.reason).toBe('DeadlineExceeded')
  await until(() => expect(cluster.server.objects.list('Pod', 'default')).toEqual([]))
})

test('a Job that has ended goes with its pods when its time to live is over', async () => {
  start({ ttlSecondsAfterFinished: 0 })
  await until(() => {
    expect(cluster.pods.map((each) => each[0])).toEqual(['+', '-'])
    expect(cluster.server.objects.get(place)).toBeUndefined()
  })
})

test('a pod that is deleted while it works counts as failed and is replaced', async () => {
  start({}, { workMs: 60_000 })
  await until(() => expect(cluster.pods).toHaveLength(1))
  const [pod] = cluster.server.objects.list('Pod', 'default')
  cluster.server.objects.remove({ kind: 'Pod', namespace: 'default', name: pod?.metadata.name ?? '' })
  await until(() => {
    expect(cluster.pods.filter((each) => each.startsWith('+'))).toHaveLength(2)
    expect(objectAt(cluster.server.objects.get(place), 'status')).toMatchObject({ failed: 1, active: 1 })
  })
})

/** A clock that a test moves; timers of the controllers do not follow it, so a touch of the object wakes them. */
interface CronWorld {
  readonly pass: (minutes: number) => void
  readonly jobs: () => readonly string[]
}

const START = Date.parse('2026-01-01T00:00:30Z')

function startCron(spec: JsonObject, options: PodOptions = {}): CronWorld {
  let time = START
  cluster = startPodCluster(options, () => new Date(time))
  const { objects } = cluster.server
  const at = { kind: 'CronJob', namespace: 'default', name: 'app' }
  objects.create({
    kind: 'CronJob',
    apiVersion: 'batch/v1',
    metadata: { name: 'app', namespace: 'default' },
    spec: { schedule: '* * * * *', jobTemplate: { spec: objectAt(newJob(), 'spec') }, ...spec },
  })
  return {
    pass(minutes) {
      time += minutes * 60_000
      objects.patch(at, { metadata: { annotations: { time: String(time) } } })
    },
    jobs: () => objects.list('Job', 'default').map(({ metadata }) => metadata.name ?? ''),
  }
}

const minute = (after: number) => `app-${Math.floor(START / 60_000) + after}`

test('a CronJob starts a Job at each time of its schedule, and keeps three of those that succeeded', async () => {
  const cron = startCron({})
  for (let passed = 1; passed <= 5; passed += 1) {
    cron.pass(1)
    await until(() => expect(cron.jobs()).toContain(minute(passed)))
    await until(() => {
      const job = cluster.server.objects.get({ kind: 'Job', namespace: 'default', name: minute(passed) })
      expect(textAt(job, 'status', 'completionTime')).not.toBe('')
    })
  }
  await until(() => expect(cron.jobs()).toEqual([minute(3), minute(4), minute(5)]))
  const cronJob = cluster.server.objects.get({ kind: 'CronJob', namespace: 'default', name: 'app' })
  expect(textAt(cronJob, 'status', 'lastScheduleTime')).toBe('2026-01-01T00:05:00Z')
  expect(textAt(cronJob, 'status', 'lastSuccessfulTime')).not.toBe('')
})

test.each([
  ['Allow', [minute(1), minute(2)], 2],
  ['Forbid', [minute(1)], 1],
  ['Replace', [minute(2)], 1],
])('with %s a Job that still runs at the next time means %j', async (concurrencyPolicy, jobs, active) => {
  const cron = startCron({ concurrencyPolicy }, { workMs: 60_000 })
  cron.pass(1)
  await until(() => expect(cron.jobs()).toEqual([minute(1)]))
  cron.pass(1)
  await until(() => {
    expect(cron.jobs()).toEqual(jobs)
    const reasons = cluster.server.objects.list('Event', 'default').map((each) => textAt(each, 'reason'))
    expect(reasons.includes('JobAlreadyActive')).toBe(concurrencyPolicy === 'Forbid')
    const cronJob = cluster.server.objects.get({ kind: 'CronJob', namespace: 'default', name: 'app' })
    expect(listAt(cronJob, 'status', 'active')).toHaveLength(active)
  })
})

test('a suspended CronJob starts nothing, and makes up for one time when it is resumed', async () => {
  const cron = startCron({ suspend: true })
  cron.pass(3)
  cluster.server.objects.patch(
    { kind: 'CronJob', namespace: 'default', name: 'app' },
    { spec: { suspend: false } },
  )
  await until(() => expect(cron.jobs()).toEqual([minute(3)]))
})

test('a time that is past its starting deadline is missed, the next one is not', async () => {
  const cron = startCron({ schedule: '1 * * * *', startingDeadlineSeconds: 20 })
  cron.pass(2)
  cron.pass(58.6)
  await until(() => expect(cron.jobs()).toEqual([minute(61)]))
})
