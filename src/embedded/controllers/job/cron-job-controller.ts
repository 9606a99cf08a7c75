// CronJobs: a Job whenever the schedule says so (pkg/controller/cronjob of 1.36).
import type { ApiObject } from '../../object/api-object.ts'
import { type JsonObject, listAt, numberAt, objectAt, textAt } from '../../object/json.ts'
import { nextTime, parseSchedule } from '../../schema/cron-schedule.ts'
import { toTime } from '../../schema/scalar.ts'
import { type Controller, controllerOf, placeOf, type SyncAgain } from '../control-loop.ts'
import type { RecordEvent } from '../event-recorder.ts'
import type { LocalClient } from '../local-client.ts'
import { ownedBy, ownerReference } from '../owned-objects.ts'
import { endedMs, endOf } from './job-conditions.ts'

const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

export interface CronJobControllerOptions {
  readonly client: LocalClient
  readonly now: () => Date
  readonly record: RecordEvent
}

/** The controller of CronJobs. */
export function createCronJobController(options: CronJobControllerOptions): Controller {
  return {
    kinds: ['CronJob', 'Job'],
    placeOf: (changed) => (changed.kind === 'CronJob' ? placeOf(changed) : controllerOf(changed, 'CronJob')),
    sync(place, again) {
      const cronJob = options.client.get(place)
      if (cronJob === undefined || cronJob.metadata.deletionTimestamp !== undefined) return
      const status = afterJobs(options, cronJob)
      writeStatus(options, cronJob, schedule(options, { cronJob, status, again }))
      removeHistory(options, cronJob)
    },
  }
}

interface CronStatus {
  readonly active: readonly JsonObject[]
  readonly lastScheduleTime: string
  readonly lastSuccessfulTime: string
}

/** The status as the Jobs that exist have it. */
function afterJobs({ client, record }: CronJobControllerOptions, cronJob: ApiObject): CronStatus {
  const jobs = ownedBy(client, cronJob, 'Job')
  const listed = listAt(cronJob, 'status', 'active').map((each) => objectAt(each))
  for (const job of jobs) {
    const end = endOf(job)
    if (end === undefined || !listed.some(({ uid }) => uid === job.metadata.uid)) continue
    const message = `Saw completed job: ${job.metadata.name}, condition: ${end}`
    record(cronJob, { reason: 'SawCompletedJob', message })
  }
  const running = (uid: JsonObject[string]) =>
    jobs.some((job) => job.metadata.uid === uid && endOf(job) === undefined)
  const successes = jobs.map((job) => textAt(job, 'status', 'completionTime'))
  const last = [...successes, textAt(cronJob, 'status', 'lastSuccessfulTime')].toSorted().at(-1) ?? ''
  return {
    active: listed.filter(({ uid }) => running(uid)),
    lastScheduleTime: textAt(cronJob, 'status', 'lastScheduleTime'),
    lastSuccessfulTime: last,
  }
}

interface Turn {
  readonly cronJob: ApiObject
  readonly status: CronStatus
  readonly again: SyncAgain
}

/** Starts the Job of the last time that has passed, if none was started for it. */
function schedule(options: CronJobControllerOptions, { cronJob, status, again }: Turn): CronStatus {
  if (objectAt(cronJob, 'spec').suspend === true) return status
  const now = options.now()
  const { missed, next } = timesOf(cronJob, status, now)
  if (next !== undefined) again(Math.min(next.getTime() - now.getTime(), 2 ** 31 - 1))
  if (missed === undefined) return status
  const deadline = numberAt(cronJob, 'spec', 'startingDeadlineSeconds')
  if (deadline !== undefined && missed.getTime() + deadline * 1000 < now.getTime())
    return late(options, cronJob, status)
  const policy = textAt(cronJob, 'spec', 'concurrencyPolicy')
  if (policy === 'Forbid' && status.active.length > 0) return busy(options, cronJob, status)
  const kept = policy === 'Replace' ? replaceActive(options, cronJob, status) : status.active
  const job = startJob(options, cronJob, missed)
  return {
    ...status,
    active: job === undefined ? kept : [...kept, referenceTo(job)],
    lastScheduleTime: toTime(missed),
  }
}

interface Times {
  /** The last time that has passed without a Job. */
  readonly missed: Date | undefined
  readonly next: Date | undefined
}

function timesOf(cronJob: ApiObject, { lastScheduleTime }: CronStatus, now: Date): Times {
  const parsed = parseSchedule(textAt(cronJob, 'spec', 'schedule'))
  const zone = textAt(cronJob, 'spec', 'timeZone') || 'UTC'
  const since = new Date(lastScheduleTime || (cronJob.metadata.creationTimestamp ?? ''))
  const deadlineMs = (numberAt(cronJob, 'spec', 'startingDeadlineSeconds') ?? Number.POSITIVE_INFINITY) * 1000
  const earliest = Math.max(since.getTime(), now.getTime() - deadlineMs)
  let missed: Date | undefined
  let next = nextTime(parsed, new Date(earliest), zone)
  while (next !== undefined && next <= now) {
    missed = next
    next = nextTime(parsed, next, zone)
  }
  return { missed, next }
}

function late({ record }: CronJobControllerOptions, cronJob: ApiObject, status: CronStatus): CronStatus {
  record(cronJob, {
    type: 'Warning',
    reason: 'MissSchedule',
    message: 'Missed scheduled time to start a job',
  })
  return status
}

function busy({ record }: CronJobControllerOptions, cronJob: ApiObject, status: CronStatus): CronStatus {
  const message = 'Not starting job because prior execution is running and concurrency policy is Forbid'
  record(cronJob, { reason: 'JobAlreadyActive', message })
  return status
}

function replaceActive(
  { client, record }: CronJobControllerOptions,
  cronJob: ApiObject,
  { active }: CronStatus,
): readonly JsonObject[] {
  for (const job of ownedBy(client, cronJob, 'Job').filter((each) =>
    active.some(({ uid }) => uid === each.metadata.uid),
  )) {
    client.remove(placeOf(job), { propagationPolicy: 'Background' })
    record(cronJob, { reason: 'SuccessfulDelete', message: `Deleted job ${job.metadata.name}` })
  }
  return []
}

/** Undefined where the Job of that time exists already. */
function startJob(
  { client, record }: CronJobControllerOptions,
  cronJob: ApiObject,
  time: Date,
): ApiObject | undefined {
  const template = objectAt(cronJob, 'spec', 'jobTemplate')
  const name = `${cronJob.metadata.name}-${Math.floor(time.getTime() / 60_000)}`
  const { namespace = '' } = cronJob.metadata
  if (client.get({ kind: 'Job', namespace, name }) !== undefined) return undefined
  const metadata = objectAt(template, 'metadata')
  const job = client.create({
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: {
      name,
      namespace,
      labels: objectAt(metadata, 'labels'),
      annotations: { ...objectAt(metadata, 'annotations'), [SCHEDULED]: toTime(time) },
      ownerReferences: [ownerReference(cronJob)],
    },
    spec: objectAt(template, 'spec'),
  })
  record(cronJob, { reason: 'SuccessfulCreate', message: `Created job ${name}` })
  return job
}

function referenceTo({ kind, apiVersion, metadata }: ApiObject): JsonObject {
  const { name, namespace, uid, resourceVersion } = metadata
  return { kind, namespace, name, uid, apiVersion, resourceVersion }
}

function writeStatus({ client }: CronJobControllerOptions, cronJob: ApiObject, status: CronStatus): void {
  const { active, lastScheduleTime, lastSuccessfulTime } = status
  client.update(
    {
      ...cronJob,
      status: {
        ...(active.length === 0 ? {} : { active }),
        ...(lastScheduleTime === '' ? {} : { lastScheduleTime }),
        ...(lastSuccessfulTime === '' ? {} : { lastSuccessfulTime }),
      },
    },
    'status',
  )
}

/** Jobs that have ended, beyond the limits of the history, oldest first. */
function removeHistory({ client, record }: CronJobControllerOptions, cronJob: ApiObject): void {
  for (const [end, key, fallback] of [
    ['Complete', 'successfulJobsHistoryLimit', 3],
    ['Failed', 'failedJobsHistoryLimit', 1],
  ] as const) {
    const ended = ownedBy(client, cronJob, 'Job')
      .filter((job) => endOf(job) === end && job.metadata.deletionTimestamp === undefined)
      .toSorted((a, b) => endedMs(a) - endedMs(b))
    const limit = numberAt(cronJob, 'spec', key) ?? fallback
    for (const job of ended.slice(0, Math.max(0, ended.length - limit))) {
      client.remove(placeOf(job), { propagationPolicy: 'Background' })
      record(cronJob, { reason: 'SuccessfulDelete', message: `Deleted job ${job.metadata.name}` })
    }
  }
}
