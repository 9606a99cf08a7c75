// What a look at a workload comes to: for whoever hands out the looks, carries one out, or tells of it.
import type { ConfigOutcome, Observation, Plan } from '../types/plan.ts'
import type { Workload } from '../types/workload.ts'

/** When to look again; `{}`: when something changes. */
export interface Result {
  readonly requeueAfterMs?: number
  /** Somebody else wrote the workload: look again once it is known in another version than this (`versionOf`). */
  readonly awaitNewerThan?: string
}

/** The plan of a roll. */
export type RollPlan = Extract<Plan, { kind: 'roll' }>

/** What became of a roll's PATCH. */
export type RollOutcome =
  /** `unchanged`: the template carries these stamps already, and nothing was sent. */
  | { readonly state: 'unchanged' | 'dry-run' }
  /** `started`: the Job that a CronJob was rolled by. */
  | { readonly state: 'applied'; readonly started?: string }
  /** Webhook mode: whoever is to act was told of the change, and the workload was not touched. */
  | { readonly state: 'told' }
  /** A Job was deleted, to be made again under its name: `by`, unless the old one is not quite gone. */
  | { readonly state: 'replaced'; readonly by?: Pick<Workload, 'uid' | 'resourceVersion'> }
  /** A CronJob that forbids it has a Job at work. */
  | { readonly state: 'busy' }
  | { readonly state: 'conflict' }
  | { readonly state: 'gone' }

/** One finished look at a workload. */
export interface Reconciled {
  readonly workload: Workload
  readonly observation: Observation
  readonly plan: Plan
  /** Of a roll. */
  readonly outcome?: RollOutcome
}

/** Some config of the workload could not be read; everything else about it was done. */
export class ConfigUnreadable extends Error {
  override readonly name = 'ConfigUnreadable'
  /** Another config of the workload settles meanwhile, or it is paused: when to look again for its sake. */
  readonly lookAgainAfterMs: number | undefined

  constructor(outcome: ConfigOutcome | undefined, lookAgainAfterMs?: number) {
    super(`Cannot read ${outcome?.id ?? 'a config'}: ${outcome?.detail ?? 'no answer'}`)
    this.lookAgainAfterMs = lookAgainAfterMs
  }
}

/** The API server refused the PATCH of a roll, or did not answer it; `report.rollFailed` was told why. */
export class RollFailed extends Error {
  override readonly name = 'RollFailed'
}
