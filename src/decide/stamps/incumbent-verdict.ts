// What a stamp that the incumbent left says about a workload of which nothing of ours is known (behaviour.md 2, "Stamps of the
// incumbent").
import type { ContentDigest } from '../../types/config.ts'
import type { Observation, ObservedConfig } from '../../types/plan.ts'
import { DELETE_MARKER_HASH } from './incumbent-hash.ts'
import { incumbentHashesFor } from './incumbent-stamp.ts'
import { stampVariableName } from './stamp.ts'

/**
 * `current`: the pods run with the present content. `stale`: a change was missed, and the pods are older than it. `fresh`: a
 * change was missed, but the pods are younger. Undefined: it says nothing.
 */
export type IncumbentVerdict = 'current' | 'stale' | 'fresh' | undefined

/** The verdict on one config; `content` was read with `incumbentHash` where `incumbentHashNeeded` said so. */
export function incumbentVerdict(
  observation: Observation,
  { follow }: ObservedConfig,
  content: ContentDigest,
): IncumbentVerdict {
  const { workload, policy } = observation
  const { kind: type, namespace, name } = follow.config
  const hashes = incumbentHashesFor(workload.stamps, { strategy: policy.strategy, type, namespace, name })
  if (hashes.length === 0 || content.incumbentHash === undefined) return undefined
  if (hashes.includes(content.incumbentHash)) return 'current'
  // A variable that two configs share may be the other one's, and a deletion leaves nothing to compare with.
  const shared = policy.strategy === 'env-vars' && isShared(observation, stampVariableName(type, name))
  if (shared || hashes.includes(DELETE_MARKER_HASH)) return undefined
  const { lastRolloutTime } = workload
  if (lastRolloutTime === undefined || content.dataTime === undefined) return 'fresh'
  return lastRolloutTime < content.dataTime ? 'stale' : 'fresh'
}

function isShared({ configs }: Observation, variable: string): boolean {
  return (
    configs.filter(({ follow: { config } }) => stampVariableName(config.kind, config.name) === variable)
      .length > 1
  )
}
