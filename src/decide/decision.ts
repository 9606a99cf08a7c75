// What is decided about one config, before the rules of all of them are taken together.
import type { ConfigOutcome, Reason, StampEntry } from '../types/plan.ts'
import type { ConfigRecord } from '../types/record.ts'

/** An outcome with what it leaves behind. */
export interface Decision {
  readonly kind: ConfigOutcome['kind']
  readonly reason: Reason
  readonly detail?: string
  /** The record from now on; undefined: none. */
  readonly next: ConfigRecord | undefined
  /** What a roll writes into the pod template. */
  readonly stamp?: StampEntry
}
