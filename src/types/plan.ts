// The decision about one workload as data: what was observed, what follows from it, and one reason for every outcome.
import type { Config, ConfigRef, ContentDigest, Digest, KeySet } from './config.ts'
import type { ConfigId, WorkloadRecord } from './record.ts'
import type { ReloadStrategy } from './settings.ts'
import type { Workload } from './workload.ts'

/** Why a workload follows a config: the rule of behaviour.md 3 / spec 2.4 that said so. */
export type FollowReason = 'Named' | 'SearchMatch' | 'Auto' | 'AutoReloadAll'

/** A config that a workload follows, whether it exists or not. */
export interface Follow {
  readonly config: ConfigRef
  readonly reason: FollowReason
  /** The keys that count for this workload. */
  readonly keys: KeySet
  /** The list entry that named it is a legal name, or a reference names it: missing, it is recorded as absent. */
  readonly literal: boolean
  /** The place in the pod template, when there is one. */
  readonly via?: string
  /** The container that carries the stamp under the env-vars strategy. */
  readonly container: string
}

/** A change of a config that a watch showed and that the workload has not yet taken into account. */
export interface PendingChange {
  /** The config as it was before the first change, if our watch had shown it. */
  readonly before?: Config
  /** The resourceVersion that the first change brought, or one before it. */
  readonly first: string
  /** The resourceVersion of the last change; undefined for a deletion that no watch showed. */
  readonly last?: string
  /** When the watch showed the first change, on the monotonic clock: for metrics only. */
  readonly sinceMs: number
  /** Not to start a roll before this time of the monotonic clock: settle window and release rule. */
  readonly notBeforeMs: number
}

/** What is known of one config at the time of the decision. */
export type ConfigObservation =
  /** It exists. `content` is missing where nobody needed it: its uid and resourceVersion are those of the record. */
  | {
      readonly state: 'present'
      readonly config: Config
      readonly content?: ContentDigest
      /** What it held when it began to be followed, if a thorough look had a reason to ask and the server still knew. */
      readonly earlier?: ContentDigest
    }
  /** It changed, came or went so lately that nobody looked at it yet. `config`: what the store shows of it. */
  | { readonly state: 'settling'; readonly config?: Config }
  /** Not in the store; `verified`: a GET answered 404. */
  | { readonly state: 'absent'; readonly verified: boolean }
  /** Not in the store, yet a GET answered that it exists: it left the label or namespace scope. */
  | { readonly state: 'outOfScope' }
  /** `config`: what the store shows of it, if anything. */
  | { readonly state: 'unreadable'; readonly problem: string; readonly config?: Config }

/** One config that the workload follows, and what was found of it. */
export interface ObservedConfig {
  readonly follow: Follow
  readonly observation: ConfigObservation
  readonly pending?: PendingChange
}

/** Everything that a decision depends on. No clock, no store, no promise in it. */
export interface Observation {
  readonly workload: Workload
  /** The record of this workload (same uid), as stored. */
  readonly record?: WorkloadRecord
  /** Every config that the workload follows now. */
  readonly configs: readonly ObservedConfig[]
  readonly policy: Policy
  /** The workload came into being while nobody watched (behaviour.md 2b): its pods may have read what a config held before. */
  readonly bornUnseen: boolean
  /** The version of its namespace that was the first to be selected; undefined where namespaces are not selected. */
  readonly selectedSince?: string
  /** API server time, not later than now (RFC 3339): the `since` of a first record. */
  readonly now: string
  readonly digestKeyId: string
}

/** The options that a decision depends on. */
export interface Policy {
  readonly strategy: ReloadStrategy
  readonly reloadOnCreate: boolean
  readonly reloadOnDelete: boolean
  /** What to do with a workload whose incumbent's stamp shows a missed change. */
  readonly adopt: 'heal' | 'record'
  /** Whether a change makes a CronJob run now, or is left to its next run. Default `run-now`. */
  readonly cronJobStrategy?: CronJobStrategy
  /** A change makes a finished Job run again. Default false. */
  readonly rerunFinishedJobs?: boolean
}

/** `run-now`: a change starts a Job; `next-run`: it is only recorded. */
export type CronJobStrategy = 'run-now' | 'next-run'

/** One word per outcome; the same word in log, Event, metric label, docs and page. docs/reasons.md explains each. */
export type Reason =
  // skip
  | 'NotOptedIn'
  | 'NothingFollowed'
  | 'UpToDate'
  | 'OutOfScope'
  | 'KeptWhileAbsent'
  // adopt
  | 'FirstObservation'
  | 'NewlyFollowed'
  | 'FreshPods'
  | 'CreatedQuietly'
  | 'UnknownDigestKey'
  // record
  | 'Absent'
  | 'KeysChanged'
  | 'AlreadyRolled'
  | 'TemplateChangedSince'
  | 'Unfollowed'
  | 'FoundAtStart'
  | 'Finished'
  | 'Suspended'
  | 'NextRun'
  | 'ScheduledSince'
  // roll
  | 'DigestChanged'
  | 'Created'
  | 'Deleted'
  | 'ChangedWhileAdopting'
  | 'BornUnseen'
  | 'IncumbentStampStale'
  | 'ReadInBetween'
  // wait
  | 'Unreadable'
  // hold
  | 'Settling'
  | 'JobActive'

/** What becomes of one config for one workload. */
export interface ConfigOutcome {
  readonly id: ConfigId
  readonly kind: Plan['kind']
  readonly reason: Reason
  /** For people: the API error of a wait. Never content. */
  readonly detail?: string
}

/** One config that a roll carries. */
export interface StampEntry {
  readonly follow: Follow
  /** The config's uid; where it was deleted, that of the object that was there. */
  readonly uid: string
  readonly change:
    | {
        readonly state: 'present'
        readonly resourceVersion: string
        readonly digest: Digest
        /** The config's last data write (RFC 3339), else its creation. */
        readonly dataTime: string
      }
    | { readonly state: 'deleted' }
}

interface PlanBase {
  readonly reason: Reason
  /** The outcome for every config that is followed or recorded, sorted by id. */
  readonly outcomes: readonly ConfigOutcome[]
  /** Some config could not be read: try again with backoff, whatever else the plan does. */
  readonly retry: boolean
  /** Some config is still settling: look again at this time of the monotonic clock, whatever else the plan does. */
  readonly lookAgainAtMs?: number
}

/** What is to be done about one workload: at most one write to it, and one record. */
export type Plan =
  /** Nothing to write. `record` is the same record under newer resourceVersions: kept in memory, so that nothing is read twice. */
  | (PlanBase & { readonly kind: 'skip' | 'wait' | 'hold'; readonly record?: WorkloadRecord })
  /** Write `record`; the workload is not touched. */
  | (PlanBase & { readonly kind: 'adopt' | 'record'; readonly record: WorkloadRecord })
  /** Patch the pod template with `stamps`, then write `record`. */
  | (PlanBase & {
      readonly kind: 'roll'
      readonly record: WorkloadRecord
      readonly stamps: readonly StampEntry[]
    })
