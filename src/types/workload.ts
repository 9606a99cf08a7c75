// A workload: an object whose pod template we can change. Kinds differ in data only, and this table is the data.
import type { ConfigType, KeySet, ReleaseId } from './config.ts'
import { parseRefKey } from './object.ts'
import type { AnnotationSources, Annotations, Settings } from './settings.ts'

/** Every kind that can be rolled, in the order in which people are told of them. */
export const WORKLOAD_KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Rollout',
  'DeploymentConfig',
  'CronJob',
  'Job',
] as const
/** One of those kinds. */
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number]

/** Where the workloads of one kind are in the API. */
export interface WorkloadResource {
  readonly group: string
  readonly version: string
  readonly plural: string
  /** Where the pod template is in the object. */
  readonly templatePath: readonly string[]
  /** The API server may not know it: a custom resource, or an API of one distribution. */
  readonly optional?: true
}

/** The row of each kind. */
export const WORKLOAD_RESOURCES: Readonly<Record<WorkloadKind, WorkloadResource>> = {
  Deployment: { group: 'apps', version: 'v1', plural: 'deployments', templatePath: ['spec', 'template'] },
  StatefulSet: { group: 'apps', version: 'v1', plural: 'statefulsets', templatePath: ['spec', 'template'] },
  DaemonSet: { group: 'apps', version: 'v1', plural: 'daemonsets', templatePath: ['spec', 'template'] },
  Rollout: {
    group: 'argoproj.io',
    version: 'v1alpha1',
    plural: 'rollouts',
    templatePath: ['spec', 'template'],
    optional: true,
  },
  DeploymentConfig: {
    group: 'apps.openshift.io',
    version: 'v1',
    plural: 'deploymentconfigs',
    templatePath: ['spec', 'template'],
    optional: true,
  },
  CronJob: {
    group: 'batch',
    version: 'v1',
    plural: 'cronjobs',
    templatePath: ['spec', 'jobTemplate', 'spec', 'template'],
  },
  Job: { group: 'batch', version: 'v1', plural: 'jobs', templatePath: ['spec', 'template'] },
}

/** A workload by name: `refKey` makes the key of it that queue, index and records use. */
export interface WorkloadRef {
  readonly kind: WorkloadKind
  readonly namespace: string
  readonly name: string
}

/** The workload that `refKey` made the key of. One that a later version wrote down may be of a kind that nobody knows here. */
export function parseWorkloadKey(key: string): WorkloadRef {
  const { kind, ...rest } = parseRefKey(key)
  return { kind: kind as WorkloadKind, ...rest }
}

/** A config that the pod template uses, with every place that names it taken together. */
export interface Reference {
  readonly type: ConfigType
  readonly name: string
  /** The keys that the template reads of it. */
  readonly keys: KeySet
  /** The first place that names it, for people: `containers[app].envFrom`, `volumes[conf]`. */
  readonly via: string
  /** The container that carries the stamp of this config under the env-vars strategy. */
  readonly container: string
}

/** One pod template that the workload has had while we watched it. */
export interface TemplateVersion {
  /** Fingerprint of the template with our stamps and the incumbent's removed. */
  readonly hash: string
  /**
   * The template was established at this resourceVersion (from a watch), or after it (`exact: false`, from lists: the
   * last list that still showed the template before). Undefined: we do not know since when.
   */
  readonly since?: string
  readonly exact: boolean
  /** The resourceVersion of the workload that showed it first. */
  readonly shown: string
}

/** A variable of ours or of the incumbent's in a container (init containers too) of the pod template. */
export interface StampVariable {
  readonly container: string
  /** The container is an init container. */
  readonly init?: true
  readonly name: string
  readonly value: string
}

/** What of a pod template was written by a roll, ours or the incumbent's. */
export interface TemplateStamps {
  readonly variables: readonly StampVariable[]
  /** The text of `reloader.stakater.com/last-reloaded-from`. */
  readonly annotation?: string
  /** They came with this resourceVersion (from a watch) or after it (from lists); undefined where nobody saw them come. */
  readonly since?: string
}

/** What a roll changes among the stamps of a pod template. */
export interface StampChange {
  /** Variables to set, in regular containers. */
  readonly set: readonly StampVariable[]
  /** Variables to take out. */
  readonly remove: readonly StampVariable[]
  /** Annotations of the pod template to set, or with null to take out. */
  readonly annotations: Readonly<Record<string, string | null>>
  /** More stamps than a template should carry would have to stay: write the record first, then ask again. */
  readonly recordFirst: boolean
}

/** What a Deployment says of being paused. */
export interface Pause {
  readonly paused: boolean
  /** The text of its paused-at annotation: it was paused by a roll. */
  readonly pausedAt?: string
}

/** What a CronJob or a Job says of its runs: it decides whether a change makes it run now (behaviour.md 4). */
export type RunState =
  | {
      readonly kind: 'CronJob'
      readonly suspended: boolean
      /** Its concurrencyPolicy is Forbid. */
      readonly forbidsOverlap: boolean
      /** A Job that it scheduled is at work. */
      readonly active: boolean
      /** The time for which it last scheduled a Job (RFC 3339). */
      readonly lastScheduled?: string
      /** The resourceVersion of the watch event that first showed `lastScheduled`; undefined where no watch did. */
      readonly scheduledAt?: string
    }
  | { readonly kind: 'Job'; readonly finished: boolean }

/** What is read off a pod template. */
export interface TemplateFacts {
  readonly references: readonly Reference[]
  /** Of a Rollout that is restarted: what rolls left on the Rollout itself. */
  readonly stamps: TemplateStamps
  /** The first regular container: it carries the stamp of a followed config that the template does not use. */
  readonly firstContainer: string
  /** The templates seen, oldest first, the present one last; at most MAX_TEMPLATE_VERSIONS. Empty when not opted in. */
  readonly templates: readonly TemplateVersion[]
}

/** What of an object a workload takes that borrows its pod template. */
export interface Loan extends TemplateFacts {
  /** The annotations of the object and of its pod template that ask for anything. */
  readonly annotations: AnnotationSources
  readonly releases: readonly ReleaseId[]
  readonly lastRolloutTime?: string
  readonly lastManager?: string
  readonly lastWriteTime?: string
}

/** Where a workload borrows its pod template (a Rollout's `workloadRef`). */
export interface Borrowing {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  /** The annotations of the workload itself that ask for anything. */
  readonly annotations: Annotations
  /** All its pods are of the template that the other object had in this generation; undefined: not all are of one. */
  readonly rolledOutGeneration?: number
}

/** One version of the object that holds the pod template of a workload. */
export type TemplateHolder = Pick<Workload, 'ref' | 'uid' | 'resourceVersion'>

/** A workload as we keep it: reduced on arrival, never the whole object. */
export interface Workload extends TemplateFacts {
  readonly ref: WorkloadRef
  readonly uid: string
  readonly resourceVersion: string
  readonly generation: number
  /** RFC 3339, whole seconds, of the API server's clock. */
  readonly creationTimestamp: string
  readonly settings: Settings
  /** The resourceVersion of the watch event with which it began to be opted in; undefined when a list showed it so. */
  readonly followedSince?: string
  /** Of an opted-in one: since when it has these settings; undefined where nobody can say. */
  readonly settingsSince?: Beginning
  /** Of a Deployment that asks for pauses, or was left paused by a roll. */
  readonly pause?: Pause
  /** Of a CronJob or a Job. */
  readonly run?: RunState
  /** Of a Rollout that a roll restarts instead of changing its pod template. `at`: its `spec.restartAt` now. */
  readonly restart?: { readonly at?: string }
  /** Of a Rollout without a pod template of its own, as a watch shows it. */
  readonly borrowing?: Borrowing
  /** Of a Deployment, where Rollouts are rolled, for one may borrow its pod template. */
  readonly loan?: Loan
  /** The other object whose pod template stands in for its own. */
  readonly lender?: TemplateHolder
  readonly releases: readonly ReleaseId[]
  /** When its last rollout moved, for judging the incumbent's stamps (RFC 3339); undefined where nothing says. */
  readonly lastRolloutTime?: string
  /** The manager of the newest managedFields entry that is not of the status, for RollReverted. */
  readonly lastManager?: string
  /** The time of that entry (RFC 3339, whole seconds): no annotation and no template of it is younger. */
  readonly lastWriteTime?: string
}

/** Between which two versions something came to be. */
export interface Beginning {
  /** It was there in this version, the first that was seen with it. */
  readonly shown: string
  /** Where lists show it, and no watch: it was not there yet in this one. */
  readonly listed?: string
}

/**
 * Differs between two looks at a workload if it, or the other object that holds its pod template, was written in between.
 */
export function versionOf({ resourceVersion, lender }: Workload): string {
  return lender === undefined ? resourceVersion : `${resourceVersion}/${lender.resourceVersion}`
}

/** How many template versions of a workload are kept: enough to see a template come back while a rollout is under way. */
export const MAX_TEMPLATE_VERSIONS = 8

/** The field manager of every write of ours: the incumbent's, so that what it wrote becomes ours. */
export const FIELD_MANAGER = 'Reloader'
