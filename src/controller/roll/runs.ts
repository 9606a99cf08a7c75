// Carries out the rolls of what runs once: CronJobs start a Job, Jobs are made again. Finishes what an earlier process began.
import { isFinished } from '../../decide/kinds/run-state.ts'
import { isAlreadyExists, isConflict, isNotFound } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { isRecord, type RawObject } from '../../kube/raw-object.ts'
import { type CronJobClient, type StartedRun, startRun } from '../../rollout/cron-job.ts'
import { DELETE_TIMEOUT_MS, finishRerun, type JobClient, type Rerun, rerunJob } from '../../rollout/job.ts'
import type { CronJob, Job, JobSpec } from '../../rollout/job-manifest.ts'
import type { Log } from '../../telemetry/log.ts'
import type { StampEntry } from '../../types/plan.ts'
import { type StampChange, WORKLOAD_RESOURCES, type Workload } from '../../types/workload.ts'
import type { Result } from '../result.ts'
import type { JobJournal } from './job-journal.ts'

/** What rolling them needs. */
export interface RunsParts {
  readonly client: KubeClient
  readonly journal: JobJournal
  readonly log: Pick<Log, 'info'>
  readonly nowMs: () => number
}

/** One roll: what it brings, and what it changes in the pod template. */
export interface RunOptions {
  readonly stamps: readonly StampEntry[]
  readonly change: StampChange
  readonly signal: AbortSignal
}

/** Rolls of what runs once, begun and finished. */
export interface Runs {
  /** Rolls a CronJob or a Job; errors are those of the API server. */
  roll(workload: Workload, options: RunOptions): Promise<StartedRun | Rerun>
  /** Workloads that were deleted and are not there again. */
  unfinished(): Iterable<string>
  isUnfinished(workloadKey: string): boolean
  /** Goes on with such a workload. The result says when to come back; undefined: nothing is left to do. */
  finish(workloadKey: string, signal: AbortSignal): Promise<Result | undefined>
}

const { CronJob: CRON_JOBS, Job: JOBS } = WORKLOAD_RESOURCES
/** How soon to look again for the end of a Job that is on its way out. */
const LOOK_AGAIN_MS = 1_000

/** Guarantees those of `startRun`, `rerunJob` and `finishRerun`; the journal is loaded by whoever made it. */
export function createRuns({ client, journal, log, nowMs }: RunsParts): Runs {
  const runs = runClientOf(client)
  const parts = { client: runs, journal }

  return {
    roll: (workload, { stamps, change, signal }) =>
      workload.ref.kind === 'CronJob'
        ? startRun(runs, { workload, stamps, change, signal })
        : rerunJob(parts, change, { workload, signal }),
    unfinished: () => journal.keys(),
    isUnfinished: (workloadKey) => journal.openOf(workloadKey).length > 0,
    async finish(workloadKey, signal) {
      for (const { entry, sinceMs } of journal.openOf(workloadKey)) {
        const finished = await finishRerun(parts, entry, { openForMs: nowMs() - sinceMs, signal })
        if (finished.state === 'waiting') return { requeueAfterMs: LOOK_AGAIN_MS }
        if (finished.by !== undefined) log.info(`${workloadKey} exists again`)
      }
      return undefined
    },
  }
}

function runClientOf(client: KubeClient): CronJobClient & JobClient {
  return {
    getCronJob: async ({ ref }, signal) => parseCronJob(await client.get(CRON_JOBS, ref, { signal })),
    async listActiveRuns({ ref: { namespace }, uid }, signal) {
      const reduce = (job: RawObject) =>
        isRunOf(job, uid) && !isFinished(job) ? { name: job.metadata.name } : undefined
      return (await client.list(JOBS, { namespace, reduce, signal })).items
    },
    getJob: async (job, signal) => parseJob(await client.get(JOBS, job, { signal })),
    validateJob: (job, signal) => client.create(JOBS, job, { dryRun: true, signal }),
    createJob: (job, signal) => client.create(JOBS, job, { signal }),
    deleteJob: ({ uid, resourceVersion, manifest }, signal) =>
      client.delete(JOBS, manifest.metadata, {
        preconditions: { uid, resourceVersion },
        propagationPolicy: 'Background',
        timeoutMs: DELETE_TIMEOUT_MS,
        signal,
      }),
    isConflict,
    isNotFound,
    isAlreadyExists,
  }
}

function isRunOf({ metadata }: RawObject, cronJobUid: string): boolean {
  return metadata.ownerReferences?.some(({ controller, uid }) => controller && uid === cronJobUid) === true
}

/** Throws a TypeError where there is no template for Jobs. */
function parseCronJob({ metadata, spec }: RawObject): CronJob {
  const { jobTemplate } = isRecord(spec) ? spec : {}
  if (!isRecord(jobTemplate))
    throw new TypeError(`Cannot read CronJob ${metadata.name}: it has no jobTemplate`)
  return { metadata, spec: { jobTemplate: { ...jobTemplate, spec: parseSpec(jobTemplate.spec) } } }
}

function parseJob({ metadata, spec }: RawObject): Job {
  return { metadata, spec: parseSpec(spec) }
}

/** The API server has checked everything but that there is one. */
function parseSpec(spec: unknown): JobSpec {
  if (!isRecord(spec) || !isRecord(spec.template))
    throw new TypeError('Cannot read a Job: it has no template')
  return { ...spec, template: spec.template }
}
