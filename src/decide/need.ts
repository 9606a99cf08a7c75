// What must be asked of the API server before a config's outcome can be decided. Mostly nothing: that is what keeps
// adoption, restarts and label edits cheap.
import type { Config } from '../types/config.ts'
import type { Follow, Policy } from '../types/plan.ts'
import type { WorkloadRecord } from '../types/record.ts'
import type { Base } from './record.ts'
import { sameKeys } from './template/key-set.ts'

/** `content`: GET it and digest it. `existence`: ask for its metadata, only to learn whether it is there. */
export type Need = 'nothing' | 'content' | 'existence'

export interface NeedOptions {
  /** What the store shows of the config. */
  readonly config: Config | undefined
  readonly base: Base
  readonly policy: Policy
  readonly digestKeyId: string
}

/** What to ask before deciding about `follow`; behaviour.md 2, and 2c for the price of absence. */
export function needOf(follow: Follow, { config, base, policy, digestKeyId }: NeedOptions): Need {
  if (config === undefined) return needOfMissing(base, policy)
  const { record } = base
  // Which keys the digest of a stamp is over can only be guessed: the template may have changed around it.
  if (record?.state !== 'present' || base.fromStamp) return 'content'
  const sameVersion = record.uid === config.uid && record.resourceVersion === config.resourceVersion
  const current = sameVersion && sameKeys(record.keys, follow.keys) && hasKeyId(record.digest, digestKeyId)
  return current ? 'nothing' : 'content'
}

/**
 * Whether a config that changed lately may settle before it is read. What can only be adopted may not: what is not remembered at
 * once, nobody can compare with what comes next.
 */
export function maySettle(
  record: WorkloadRecord | undefined,
  { record: known }: Base,
  { reloadOnCreate }: Policy,
): boolean {
  if (record === undefined) return false
  return known?.state === 'present' || (reloadOnCreate && known?.state !== 'unfollowed')
}

/** Whether `digest` was made with the key of that id. */
export function hasKeyId(digest: string, keyId: string): boolean {
  return digest.startsWith(`${keyId}-`)
}

function needOfMissing({ record }: Base, policy: Policy): Need {
  switch (record?.state) {
    case 'absent':
    // Seen outside our scope, or unreadable while the store showed it: when it comes (back) into sight, an event says so.
    case 'unread':
      return 'nothing'
    case 'present':
      return policy.reloadOnDelete ? 'existence' : 'nothing'
    default:
      return 'existence'
  }
}
