// What is different for a SecretProviderClass: a status says what its pods hold, and it may be late, or say nothing new.
import { isNewer } from '../../types/object.ts'
import type { Observation, ObservedConfig } from '../../types/plan.ts'
import { digestOf } from '../content/digest.ts'
import type { Decision } from '../decision.ts'
import { hasKeyId } from '../need.ts'
import type { Base } from '../record.ts'

/** One config of an observation, with what is known to have been taken into account of it. */
export interface RotationCase {
  readonly observation: Observation
  readonly observed: ObservedConfig
  readonly base: Base
}

/**
 * The decision about a config, unless it is a SecretProviderClass whose pods never lived through the difference: then no pod needs
 * to be replaced for it. What pods began with is taken over silently. Versions older than those of the record are of a pod that
 * lags behind, while the one that was ahead is gone. And it is never created: pods that mount it come and go.
 */
export function underRotationRules(
  decision: Decision,
  { observation, observed, base }: RotationCase,
): Decision {
  const seen = observed.observation
  if (seen.state !== 'present' || seen.config.mounted === undefined || seen.content === undefined)
    return decision
  const { record, fromStamp } = base
  if (record?.state === 'present' && hasKeyId(record.digest, observation.digestKeyId)) {
    const differs = digestOf(seen.content, record.keys) !== record.digest
    const late = differs && !isNewer(seen.content.resourceVersion, record.resourceVersion)
    if (late && fromStamp) return { kind: 'record', reason: 'AlreadyRolled', next: record }
    if (late) return { kind: 'skip', reason: 'UpToDate', next: record }
  }
  if (decision.kind !== 'roll') return decision
  if (decision.reason === 'Created') return { kind: 'adopt', reason: 'NewlyFollowed', next: decision.next }
  return seen.config.mounted.fresh ? { kind: 'adopt', reason: 'FreshPods', next: decision.next } : decision
}
