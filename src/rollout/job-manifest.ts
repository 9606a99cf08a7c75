// A Job as it is to be created: from the template of a CronJob, or from a Job that was there before. Pure.
import { createHash } from 'node:crypto'
import type { ObjectMeta, OwnerReference } from '../types/object.ts'
import type { StampEntry } from '../types/plan.ts'
import type { StampChange, Workload } from '../types/workload.ts'
import { stampTemplate, type TemplateManifest } from './stamp-template.ts'

/** A Job's spec as far as it is looked at; whatever else is in it stays as it is. */
export interface JobSpec {
  readonly template: TemplateManifest
  readonly selector?: unknown
  readonly manualSelector?: boolean
  readonly [field: string]: unknown
}

/** A Job as the API server shows it. */
export interface Job {
  readonly metadata: ObjectMeta & { readonly finalizers?: readonly string[] }
  readonly spec: JobSpec
}

/** A CronJob as the API server shows it. */
export interface CronJob {
  readonly metadata: ObjectMeta
  readonly spec: {
    readonly jobTemplate: {
      readonly metadata?: Pick<ObjectMeta, 'labels' | 'annotations'>
      readonly spec: JobSpec
    }
  }
}

/** A Job to create. */
export interface JobManifest {
  readonly apiVersion: 'batch/v1'
  readonly kind: 'Job'
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly OwnerReference[]
    readonly finalizers?: readonly string[]
  }
  readonly spec: JobSpec
}

/** What marks a Job that was not started by the schedule; kubectl writes the same. */
const MANUAL = { 'cronjob.kubernetes.io/instantiate': 'manual' } as const
/** What the API server writes into a Job without `manualSelector`, and refuses when it comes from elsewhere. */
const GENERATED_LABELS = [
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
]
/** Written by the API server of Kubernetes 1.22 to 1.26, for itself. */
const GENERATED_ANNOTATION = 'batch.kubernetes.io/job-tracking'
/** How an earlier DELETE asked the garbage collector to go on; not the user's. */
const GENERATED_FINALIZERS = ['foregroundDeletion', 'orphan']

/** The names of Jobs are labels of their pods. */
const MAX_NAME = 63
const HASH_LENGTH = 10

/**
 * `<CronJob>-<hash>`, at most 63 characters. The hash is of what the Job runs for: the same change of the same configs gives the
 * same name, so that the API server refuses to start it twice.
 */
export function runName({ ref, uid }: Pick<Workload, 'ref' | 'uid'>, stamps: readonly StampEntry[]): string {
  const versions = stamps.map(({ uid: config, change }) =>
    change.state === 'present' ? `${config}.${change.resourceVersion}` : `${config}.deleted`,
  )
  const hash = createHash('sha256')
    .update([uid, ...versions.sort()].join('\n'))
    .digest('hex')
  const prefix = ref.name.slice(0, MAX_NAME - HASH_LENGTH - 1).replace(/[-.]+$/, '')
  return `${prefix}-${hash.slice(0, HASH_LENGTH)}`
}

/** The Job that runs `cronJob` now, owned by it as one that it had scheduled itself, with stamps in its pod template. */
export function runManifest(
  { metadata, spec: { jobTemplate } }: CronJob,
  { name, change }: { readonly name: string; readonly change: StampChange },
): JobManifest {
  const labels = jobTemplate.metadata?.labels
  // blockOwnerDeletion would need a right to the finalizers of CronJobs; kubectl leaves it out as well.
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: metadata.name, uid: metadata.uid }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: metadata.namespace ?? '',
      ...(labels === undefined ? {} : { labels }),
      annotations: { ...jobTemplate.metadata?.annotations, ...MANUAL },
      ownerReferences: [{ ...owner, controller: true }],
    },
    spec: { ...jobTemplate.spec, template: stampTemplate(jobTemplate.spec.template, change) },
  }
}

/** `job` to be created again: all that its owner wrote, nothing that the API server made of it, and the stamps of `change`. */
export function rerunManifest(job: Job, change: StampChange): JobManifest {
  const { name, namespace = '', ownerReferences } = job.metadata
  const { selector, ...rest } = job.spec
  const generated = job.spec.manualSelector === true ? [] : GENERATED_LABELS
  const template = stampTemplate(job.spec.template, change)
  const finalizers = (job.metadata.finalizers ?? []).filter((each) => !GENERATED_FINALIZERS.includes(each))
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace,
      ...optional('labels', without(job.metadata.labels, generated)),
      ...optional('annotations', without(job.metadata.annotations, [GENERATED_ANNOTATION])),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
      ...(finalizers.length === 0 ? {} : { finalizers }),
    },
    spec: {
      ...rest,
      ...(job.spec.manualSelector === true && selector !== undefined ? { selector } : {}),
      template: { ...template, metadata: withoutLabels(template.metadata, generated) },
    },
  }
}

type Texts = Readonly<Record<string, string>>

function withoutLabels(
  { labels, ...metadata }: NonNullable<TemplateManifest['metadata']> = {},
  names: readonly string[],
) {
  return { ...metadata, ...optional('labels', without(labels, names)) }
}

function without(texts: Texts | undefined, names: readonly string[]): Texts {
  return Object.fromEntries(Object.entries(texts ?? {}).filter(([name]) => !names.includes(name)))
}

/** The field, unless there is nothing in it. */
function optional<K extends string>(field: K, texts: Texts): { readonly [field in K]?: Texts } {
  const value: { [field in K]?: Texts } = {}
  if (Object.keys(texts).length > 0) value[field] = texts
  return value
}
