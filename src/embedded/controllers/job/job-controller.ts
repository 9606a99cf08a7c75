// Jobs: pods until enough have succeeded or too many have failed (pkg/controller/job of 1.36). Every pod carries a
// finalizer until it is counted, so that none is lost. Indexed Jobs run as if they were not.
import { type ApiObject, withMetadata } from '../../object/api-object.ts'
import { type JsonObject, listAt, numberAt, objectAt, textAt, valueAt } from '../../object/json.ts'
import { toTime } from '../../schema/scalar.ts'
import { type Controller, controllerOf, placeOf, type SyncAgain } from '../control-loop.ts'
import type { LocalClient, ObjectPlace } from '../local-client.ts'
import { ownedBy, withoutZeros } from '../owned-objects.ts'
import { createPod, deletePod, type PodControllerOptions } from '../pods/own-pods.ts'
import { isActive, isFinished, isReady, nameSuffix, podOf } from '../pods/pod.ts'
import { deadlineLeftMs, dueEnd, endedMs, endOf, type JobEnd, jobConditions } from './job-conditions.ts'

const TRACKING = 'batch.kubernetes.io/job-tracking'

export interface JobControllerOptions extends PodControllerOptions {
  /** How long the first failed pod waits for its successor, in milliseconds; each further one twice as long. */
  readonly retryMs: number
}

/** The controller of Jobs. */
export function createJobController(options: JobControllerOptions): Controller {
  const { client } = options
  return {
    kinds: ['Job', 'Pod'],
    placeOf: (changed) => (changed.kind === 'Job' ? placeOf(changed) : controllerOf(changed, 'Job')),
    sync(place, again) {
      const job = client.get(place)
      if (job === undefined || job.metadata.deletionTimestamp !== undefined) releaseAll(client, place)
      else if (endOf(job) === undefined) syncJob(options, job, again)
      else expire(options, job, again)
    },
  }
}

/** Pods of a Job that is gone need no counting. */
function releaseAll(client: LocalClient, { namespace, name }: ObjectPlace): void {
  for (const pod of client.list('Pod', namespace))
    if (controllerOf(pod, 'Job')?.name === name) release(client, pod)
}

function release(client: LocalClient, pod: ApiObject): void {
  const { finalizers = [] } = pod.metadata
  if (!finalizers.includes(TRACKING)) return
  const others = finalizers.filter((each) => each !== TRACKING)
  client.update(withMetadata(pod, { finalizers: others.length === 0 ? undefined : others }))
}

/** A Job that has ended is deleted when its time to live is over. */
function expire({ client, now }: JobControllerOptions, job: ApiObject, again: SyncAgain): void {
  for (const pod of ownedBy(client, job, 'Pod')) release(client, pod)
  const seconds = numberAt(job, 'spec', 'ttlSecondsAfterFinished')
  if (seconds === undefined) return
  const left = endedMs(job) + seconds * 1000 - now().getTime()
  if (left > 0) again(left)
  else client.remove(placeOf(job), { propagationPolicy: 'Foreground' })
}

interface Count {
  readonly succeeded: number
  readonly failed: number
}

function syncJob(options: JobControllerOptions, job: ApiObject, again: SyncAgain): void {
  const { client, now } = options
  const ended = uncounted(ownedBy(client, job, 'Pod'))
  const count = countWith(job, ended)
  const active = ownedBy(client, job, 'Pod').filter(isActive)
  const tally = { ...count, active: active.length, restarts: restartsOf(active) }
  const end = dueEnd(job, tally, now())
  const wanted = end === undefined ? wantedPods(job, tally) : 0
  if (wanted < active.length) stopPods(options, job, active.slice(wanted))
  else if (wanted > active.length) startPods(options, job, { count, missing: wanted - active.length, again })
  writeStatus(options, job, { count, end })
  for (const pod of ended) release(client, pod)
  const left = deadlineLeftMs(job, now())
  if (left !== undefined && end === undefined) again(Math.max(left, 0))
}

/** Pods that have ended, or were taken away before they could. */
function uncounted(pods: readonly ApiObject[]): readonly ApiObject[] {
  const gone = ({ metadata }: ApiObject) =>
    metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0
  return pods.filter(
    (pod) => (pod.metadata.finalizers ?? []).includes(TRACKING) && (isFinished(pod) || gone(pod)),
  )
}

function countWith({ status }: ApiObject, ended: readonly ApiObject[]): Count {
  const succeeded = ended.filter((pod) => textAt(pod, 'status', 'phase') === 'Succeeded').length
  return {
    succeeded: (numberAt(status, 'succeeded') ?? 0) + succeeded,
    failed: (numberAt(status, 'failed') ?? 0) + ended.length - succeeded,
  }
}

function restartsOf(pods: readonly ApiObject[]): number {
  const restarts = pods.flatMap((pod) =>
    listAt(pod, 'status', 'containerStatuses').map((each) => numberAt(each, 'restartCount') ?? 0),
  )
  return restarts.reduce((total, each) => total + each, 0)
}

function wantedPods(
  job: ApiObject,
  { succeeded, active }: { readonly succeeded: number; readonly active: number },
): number {
  if (objectAt(job, 'spec').suspend === true) return 0
  const parallelism = numberAt(job, 'spec', 'parallelism') ?? 1
  const completions = numberAt(job, 'spec', 'completions')
  if (completions !== undefined) return Math.min(parallelism, completions - succeeded)
  return succeeded > 0 ? active : parallelism
}

function stopPods(options: JobControllerOptions, job: ApiObject, pods: readonly ApiObject[]): void {
  for (const pod of pods) deletePod(options, job, pod)
}

interface Start {
  readonly count: Count
  readonly missing: number
  readonly again: SyncAgain
}

function startPods(options: JobControllerOptions, job: ApiObject, { count, missing, again }: Start): void {
  const wait = retryInMs(options, job, count.failed)
  if (wait > 0) {
    again(wait)
    return
  }
  for (let made = 0; made < missing; made += 1) {
    const generateName = `${job.metadata.name}-`
    const name = `${generateName}${nameSuffix(options.random)}`
    const template = valueAt(job, 'spec', 'template')
    createPod(options, job, podOf(job, template, { name, generateName, finalizers: [TRACKING] }))
  }
}

/** How long until a failed pod gets a successor: twice as long after each failure, counted from the last one. */
function retryInMs({ client, now, retryMs }: JobControllerOptions, job: ApiObject, failed: number): number {
  if (failed === 0 || retryMs === 0) return 0
  const ends = ownedBy(client, job, 'Pod').flatMap((pod) =>
    listAt(pod, 'status', 'containerStatuses').map((each) =>
      Date.parse(textAt(each, 'state', 'terminated', 'finishedAt')),
    ),
  )
  const last = Math.max(0, ...ends.filter((each) => !Number.isNaN(each)))
  return last + retryMs * 2 ** Math.min(failed - 1, 10) - now().getTime()
}

interface JobStep {
  readonly count: Count
  readonly end: JobEnd | undefined
}

function writeStatus(options: JobControllerOptions, job: ApiObject, { count, end }: JobStep): void {
  const { client, now, record } = options
  const pods = ownedBy(client, job, 'Pod')
  const active = pods.filter(isActive)
  const terminating = pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isFinished(pod))
  const stopped = active.length === 0 && terminating.length === 0
  const ended = end !== undefined && stopped
  const conditions = jobConditions(job, { end, stopped }, now())
  const status = {
    ...(conditions.length === 0 ? {} : { conditions }),
    ...startTime(job, now()),
    ...(ended && end.final === 'Complete' ? { completionTime: toTime(now()) } : {}),
    ...withoutZeros({ active: active.length, ...count }),
    terminating: terminating.length,
    uncountedTerminatedPods: {},
    ready: active.filter(isReady).length,
  }
  client.update({ ...job, status }, 'status')
  if (!ended) return
  if (end.final === 'Complete') record(job, { reason: 'Completed', message: 'Job completed' })
  else record(job, { type: 'Warning', reason: end.reason, message: end.message })
}

/** A Job that is suspended has not started. */
function startTime(job: ApiObject, now: Date): JsonObject {
  if (objectAt(job, 'spec').suspend === true) return {}
  return { startTime: textAt(job, 'status', 'startTime') || toTime(now) }
}
