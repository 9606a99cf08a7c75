// CronJobs and Jobs of the scenarios: ones that stay unfinished by themselves, and how often they ran.
import { eventually } from './eventually.ts'
import { AUTO, type Use, workloadObject } from './fixtures.ts'
import { type PodTemplate, type StoredObject, templateOf } from './json.ts'
import { pathOf } from './kinds.ts'
import type { Namespace } from './namespace.ts'
import { type Stamps, stampsOf } from './stamps.ts'
import { ApiFailure, type TestApi } from './test-api.ts'

export interface JobSpecOptions {
  readonly uses: readonly Use[]
  readonly annotations?: Record<string, string>
  /** More of the Job's spec. */
  readonly spec?: Readonly<Record<string, unknown>>
}

export interface CronJobOptions extends JobSpecOptions {
  /** More of the CronJob's spec. */
  readonly cronJob?: Readonly<Record<string, unknown>>
}

export interface JobHandle {
  readonly name: string
  /** As it is now; undefined where it is gone. */
  now(): Promise<StoredObject | undefined>
  stamps(): Promise<Stamps>
  edit(patch: unknown): Promise<StoredObject>
  /** Resolves once it is another object than that of `uid`, and returns it. */
  otherThan(uid: string): Promise<StoredObject>
  /** Makes its status say that it is complete, where no controller does. */
  complete(): Promise<void>
}

/** No pod is ever made for it, so that it never ends. */
const UNFINISHED = { parallelism: 0 }

export function jobSpec(name: string, { uses, spec }: JobSpecOptions) {
  const template: PodTemplate = templateOf(workloadObject(name, { uses }))
  return {
    ...UNFINISHED,
    ...spec,
    template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } },
  }
}

/** A CronJob that the schedule starts in years. */
export function createCronJob(ns: Namespace, name: string, options: CronJobOptions): Promise<StoredObject> {
  return ns.create({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, annotations: options.annotations ?? AUTO },
    spec: {
      schedule: '0 0 29 2 *',
      ...options.cronJob,
      jobTemplate: {
        metadata: { labels: { team: 'a' }, annotations: { note: 'kept' } },
        spec: jobSpec(name, options),
      },
    },
  })
}

/** The Jobs that a CronJob controls, whoever started them. */
export async function runsOf(ns: Namespace, cronJob: StoredObject): Promise<StoredObject[]> {
  const owned = ({ metadata }: StoredObject) =>
    metadata.ownerReferences?.some(({ uid }) => uid === cronJob.metadata.uid) === true
  return (await ns.list('Job')).filter(owned)
}

/** Waits for that many, and returns them. */
export async function untilRuns(
  ns: Namespace,
  cronJob: StoredObject,
  count: number,
): Promise<StoredObject[]> {
  return eventually(
    async () => {
      const runs = await runsOf(ns, cronJob)
      return runs.length >= count && runs
    },
    { what: `${count} Jobs of ${cronJob.metadata.name}` },
  )
}

/** A Job that does not end. */
export async function createJob(
  api: TestApi,
  ns: Namespace,
  { name, ...options }: JobSpecOptions & { readonly name: string },
): Promise<JobHandle & { readonly made: StoredObject }> {
  const { annotations = AUTO } = options
  const made = await ns.create({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, annotations, labels: { team: 'a' } },
    spec: jobSpec(name, options),
  })
  return { ...jobHandle(api, ns, name), made: { ...made, kind: 'Job' } }
}

function jobHandle(api: TestApi, ns: Namespace, name: string): JobHandle {
  const path = pathOf('Job', { namespace: ns.name, name })
  const contentType = 'application/merge-patch+json'
  const now = () =>
    api.call<StoredObject>('GET', path).catch((error: unknown) => {
      if (error instanceof ApiFailure && error.code === 404) return undefined
      throw error
    })
  return {
    name,
    now,
    async stamps() {
      const job = await now()
      if (job === undefined) throw new Error(`Cannot read the stamps of ${name}: it is gone`)
      return stampsOf(templateOf({ ...job, kind: 'Job' }))
    },
    edit: (body) => api.call('PATCH', path, { body, contentType }),
    otherThan: (uid) =>
      eventually(
        async () => {
          const job = await now()
          return job !== undefined && job.metadata.uid !== uid && job
        },
        { what: `Job ${name} to be made again` },
      ),
    async complete() {
      const at = new Date().toISOString().replace(/\.\d+/, '')
      const times = { lastProbeTime: at, lastTransitionTime: at }
      const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({
        type,
        status: 'True',
        ...times,
      }))
      const body = { status: { startTime: at, completionTime: at, conditions } }
      await api.call('PATCH', `${path}/status`, { body, contentType })
    },
  }
}
