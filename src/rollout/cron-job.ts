// Carries out the roll of a CronJob: a Job that runs now. The CronJob itself is never written.
import type { StampEntry } from '../types/plan.ts'
import type { StampChange, Workload } from '../types/workload.ts'
import { type CronJob, type JobManifest, runManifest, runName } from './job-manifest.ts'

/** A Job of a CronJob that is at work. */
export interface ActiveRun {
  readonly name: string
}

/** What the roll of a CronJob needs of a Kubernetes client. */
export interface CronJobClient {
  getCronJob(workload: Workload, signal: AbortSignal): Promise<CronJob>
  /** The unfinished Jobs that the CronJob controls, whoever started them. */
  listActiveRuns(workload: Workload, signal: AbortSignal): Promise<readonly ActiveRun[]>
  createJob(job: JobManifest, signal: AbortSignal): Promise<unknown>
  isNotFound(error: unknown): boolean
  isAlreadyExists(error: unknown): boolean
}

/** One roll of a CronJob. */
export interface StartRunOptions {
  readonly workload: Workload
  /** What the Job runs for: its name is made of it. */
  readonly stamps: readonly StampEntry[]
  readonly change: StampChange
  readonly signal: AbortSignal
}

/** What became of it. */
export type StartedRun =
  /** `name`: of the Job, which was there already where this was asked for before. */
  | { readonly state: 'started'; readonly name: string }
  /** It forbids a second Job while one is at work: look again later. */
  | { readonly state: 'busy' }
  /** The CronJob is not what the plan was made from: decide again. */
  | { readonly state: 'conflict' }
  /** Or on its way out. */
  | { readonly state: 'gone' }

/**
 * Guarantees: at most one Job for the same change of the same configs, however often it is asked for. Errors: whatever else the
 * API server answered, unchanged.
 */
export async function startRun(
  client: CronJobClient,
  { workload, stamps, change, signal }: StartRunOptions,
): Promise<StartedRun> {
  const name = runName(workload, stamps)
  try {
    const cronJob = await client.getCronJob(workload, signal)
    if (cronJob.metadata.deletionTimestamp !== undefined) return { state: 'gone' }
    if (!isSame(cronJob, workload)) return { state: 'conflict' }
    if (await isBusy(client, { workload, name, signal })) return { state: 'busy' }
    await client.createJob(runManifest(cronJob, { name, change }), signal)
    return { state: 'started', name }
  } catch (error) {
    if (client.isAlreadyExists(error)) return { state: 'started', name }
    // The CronJob, or its namespace, is gone.
    if (client.isNotFound(error)) return { state: 'gone' }
    throw error
  }
}

function isSame({ metadata }: CronJob, { uid, resourceVersion }: Workload): boolean {
  return metadata.uid === uid && metadata.resourceVersion === resourceVersion
}

/** The status of a CronJob names the Jobs that it scheduled, and none of those that were started by hand. */
async function isBusy(
  client: CronJobClient,
  { workload, name, signal }: Pick<StartRunOptions, 'workload' | 'signal'> & { readonly name: string },
): Promise<boolean> {
  if (workload.run?.kind !== 'CronJob' || !workload.run.forbidsOverlap) return false
  const active = await client.listActiveRuns(workload, signal)
  return active.length > 0 && !active.some((run) => run.name === name)
}
