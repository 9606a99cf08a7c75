// What becomes of one config for one workload: the rows of the core rule (behaviour.md 2), one function each.
import type { Config, ConfigRef, ContentDigest } from '../types/config.ts'
import { isNewer } from '../types/object.ts'
import type { ConfigObservation, Observation, ObservedConfig, Reason } from '../types/plan.ts'
import type { ConfigRecord } from '../types/record.ts'
import type { Workload } from '../types/workload.ts'
import { digestOf } from './content/digest.ts'
import type { Decision } from './decision.ts'
import { appearedSinceFollowed, changedSinceFollowed, changedSinceFollowedAnew } from './followed-since.ts'
import { underRotationRules } from './kinds/rotation.ts'
import { underRunRules } from './kinds/run-rules.ts'
import { hasKeyId } from './need.ts'
import type { Base } from './record.ts'
import { matchesOnlyItself } from './settings/name-pattern.ts'
import { patternsOf } from './settings/patterns.ts'
import { incumbentVerdict } from './stamps/incumbent-verdict.ts'
import { sameKeys } from './template/key-set.ts'
import { templateChangedBetween, templateIsYounger } from './template/template-history.ts'

type Present = Extract<ConfigRecord, { state: 'present' }>

/** A config that is there and was read. */
interface Sight {
  readonly observation: Observation
  readonly observed: ObservedConfig
  readonly config: Config
  readonly content: ContentDigest
  /** What it held when it began to be followed, where that was asked. */
  readonly earlier?: ContentDigest
}

type Seen<State extends ConfigObservation['state']> = Extract<ConfigObservation, { state: State }>

/** Decides about one followed config; pure, total, and blind to the other configs of the workload. */
export function decide(observation: Observation, observed: ObservedConfig, base: Base): Decision {
  const each = { observation, observed, base }
  return underRunRules(underRotationRules(decideBySight(observation, observed, base), each), each)
}

function decideBySight(observation: Observation, observed: ObservedConfig, base: Base): Decision {
  const { record } = base
  const seen = observed.observation
  switch (seen.state) {
    case 'present': {
      const { config, content, earlier } = seen
      if (content === undefined) return unchanged(base)
      const sight = { observation, observed, config, content, ...(earlier === undefined ? {} : { earlier }) }
      return decideRead(sight, base)
    }
    case 'settling':
      return { kind: 'hold', reason: 'Settling', next: record }
    case 'absent':
      return decideAbsent(observation, observed, { seen, base })
    case 'outOfScope':
      // A record made now would be of content that we may not follow; none at all would hide what it misses meanwhile.
      return record === undefined
        ? { kind: 'record', reason: 'OutOfScope', next: { state: 'unread' } }
        : { kind: 'skip', reason: 'OutOfScope', next: record }
    case 'unreadable': {
      // Newly followed by a workload with a record, it stays out of that until it was read: "created since" can then still be told.
      const firstLook = observation.record === undefined && seen.config !== undefined
      const next = record ?? (firstLook ? ({ state: 'unread' } as const) : undefined)
      return { kind: 'wait', reason: 'Unreadable', detail: seen.problem, next }
    }
  }
}

function decideRead(sight: Sight, { record, fromStamp }: Base): Decision {
  switch (record?.state) {
    case 'present':
      return decideKnown(sight, record, fromStamp)
    case 'absent':
      return created(sight)
    case 'unfollowed':
      return newlyFollowed(sight)
    default:
      return sight.observation.record === undefined || record?.state === 'unread'
        ? firstLook(sight)
        : newlyMatched(sight)
  }
}

/** Nothing about it moved since its record, so there was nothing to read. */
function unchanged({ record, fromStamp }: Base): Decision {
  return fromStamp
    ? { kind: 'record', reason: 'AlreadyRolled', next: record }
    : { kind: 'skip', reason: 'UpToDate', next: record }
}

/** It has a record: the digest over the *recorded* keys decides, and new keys are then taken over silently (2e). */
function decideKnown(sight: Sight, record: Present, fromStamp: boolean): Decision {
  const { observation, observed, content } = sight
  const { uid, resourceVersion } = content
  const sameVersion = record.uid === uid && record.resourceVersion === resourceVersion
  if (sameVersion && fromStamp) return settled(sight, 'AlreadyRolled')
  if (!hasKeyId(record.digest, observation.digestKeyId)) {
    return sameVersion ? settled(sight, 'KeysChanged') : adopt(sight, 'UnknownDigestKey')
  }
  if (!sameVersion && digestOf(content, record.keys) !== record.digest)
    return incumbentRolled(sight) ? settled(sight, 'AlreadyRolled') : changed(sight, 'DigestChanged')
  if (!sameVersion && wasReadInBetween(sight)) return changed(sight, 'ReadInBetween')
  if (!sameKeys(record.keys, observed.follow.keys)) return settled(sight, 'KeysChanged')
  const next: Present = { ...record, uid, resourceVersion }
  if (fromStamp) return { kind: 'record', reason: 'AlreadyRolled', next }
  // The stamp of a deletion names the uid, and counts only for a record of that uid.
  const recreated = uid !== record.uid && observation.policy.reloadOnDelete
  return { kind: recreated ? 'record' : 'skip', reason: 'UpToDate', next }
}

/** The incumbent, which still runs beside us, stamped the present content after it came. */
function incumbentRolled({ observation, observed, content }: Sight): boolean {
  const { since } = observation.workload.stamps
  if (since === undefined || isNewer(content.resourceVersion, since)) return false
  return incumbentVerdict(observation, observed, content) === 'current'
}

/** A, B, A again: nothing, unless pods were made while it was B (2d). */
function wasReadInBetween({ observation, observed: { pending }, config }: Sight): boolean {
  if (pending === undefined || !isNewer(config.resourceVersion, pending.first)) return false
  if (!templateChangedBetween(observation.workload, pending.first, config.resourceVersion)) return false
  return !isUntouched(pending.before, config, observation.now)
}

/** Longer than a change may settle. */
const LATELY_MS = 60_000

/** Whether nobody wrote data between two versions. Two writes within one second look like one, so lately written is unknown. */
function isUntouched(before: Config | undefined, after: Config, now: string): boolean {
  if (after.dataTime === undefined || before?.dataWriters !== after.dataWriters) return false
  return Date.parse(now) - Date.parse(after.dataTime) > LATELY_MS
}

function changed(sight: Sight, reason: Reason): Decision {
  const { observation, content } = sight
  return templateIsYounger(observation.workload, content.resourceVersion)
    ? settled(sight, 'TemplateChangedSince')
    : roll(sight, reason)
}

function created(sight: Sight): Decision {
  if (sight.observation.policy.reloadOnCreate) return changed(sight, 'Created')
  return missedSinceFollowedAnew(sight)
    ? changed(sight, 'ChangedWhileAdopting')
    : adopt(sight, 'CreatedQuietly')
}

/** The workload has a record and this config is not in it: referenced or listed anew, or created where a regex was waiting (2c). */
function newlyMatched(sight: Sight): Decision {
  const { workload, record } = sight.observation
  const { ref, creationTimestamp } = sight.config
  const waited = record?.patterns === patternsOf(workload.settings) && matchedByExpression(workload, ref)
  return waited && record !== undefined && creationTimestamp >= record.since
    ? created(sight)
    : newlyFollowed(sight)
}

/** Adopted, unless it changed between the time from which it is followed and this look (2a). */
function newlyFollowed(sight: Sight): Decision {
  return missedSinceFollowedAnew(sight)
    ? changed(sight, 'ChangedWhileAdopting')
    : adopt(sight, 'NewlyFollowed')
}

function missedSinceFollowedAnew(sight: Sight): boolean {
  const { observation, observed, config, content } = sight
  if (holdsTheSame(sight)) return false
  const { workload, now } = observation
  const changed = changedSinceFollowedAnew({ workload, config, content })
  return changed && !isUntouched(observed.pending?.before, config, now)
}

/** Only something else of it was written since it began to be followed, as a label. */
function holdsTheSame({ observed: { follow }, content, earlier }: Sight): boolean {
  return earlier !== undefined && digestOf(earlier, follow.keys) === digestOf(content, follow.keys)
}

function matchedByExpression({ settings }: Workload, { kind, name }: ConfigRef): boolean {
  return settings.types[kind].named.some((entry) => !matchesOnlyItself(entry) && entry.matches(name))
}

/** Nobody recorded anything for this workload yet: adopt, unless its pods may have read what is no longer there (2a, 2b). */
function firstLook(sight: Sight): Decision {
  const verdict = incumbentVerdict(sight.observation, sight.observed, sight.content)
  if (verdict === 'current') return adopt(sight, 'FirstObservation')
  if (createdWhileAdopting(sight)) return created(sight)
  if (changedWhileAdopting(sight)) return changed(sight, 'ChangedWhileAdopting')
  if (changedAfterUnseenBirth(sight) || rotatedBeforeSeen(sight)) return changed(sight, 'BornUnseen')
  if (verdict === 'fresh') return adopt(sight, 'FreshPods')
  if (verdict === 'stale' && sight.observation.policy.adopt === 'heal')
    return changed(sight, 'IncumbentStampStale')
  return adopt(sight, 'FirstObservation')
}

/**
 * It is young, and was shown for the first time after the workload began to be followed: had that been recorded at once, it was
 * absent. An older one came into our scope.
 */
function createdWhileAdopting({ observation: { workload, policy, now }, config }: Sight): boolean {
  const young = Date.parse(now) - Date.parse(config.creationTimestamp) <= LATELY_MS
  return policy.reloadOnCreate && young && appearedSinceFollowed({ workload, config })
}

function changedWhileAdopting(sight: Sight): boolean {
  const { observation, config, content } = sight
  if (holdsTheSame(sight)) return false
  if (changedSinceFollowed({ workload: observation.workload, config, content })) return true
  return observation.record !== undefined && missedSinceFollowedAnew(sight)
}

function changedAfterUnseenBirth({ observation: { workload, bornUnseen }, config, content }: Sight): boolean {
  const { dataTime } = content
  if (!bornUnseen || dataTime === undefined) return false
  return dataTime > workload.creationTimestamp && dataTime > config.creationTimestamp
}

/** Its class showed nothing when the workload was recorded: whatever rotated since did so under pods that nobody saw begin. */
function rotatedBeforeSeen({ observation: { record }, config, content: { dataTime } }: Sight): boolean {
  const rotated = config.mounted?.fresh === false
  return rotated && record !== undefined && dataTime !== undefined && dataTime > record.since
}

function decideAbsent(
  observation: Observation,
  observed: ObservedConfig,
  { seen, base }: { readonly seen: Seen<'absent'>; readonly base: Base },
): Decision {
  const { record } = base
  if (record?.state === 'absent') return unchanged(base)
  if (!seen.verified) return { kind: 'skip', reason: 'KeptWhileAbsent', next: record }
  if (record?.state !== 'present') return { kind: 'record', reason: 'Absent', next: { state: 'absent' } }
  if (!observation.policy.reloadOnDelete) return { kind: 'skip', reason: 'KeptWhileAbsent', next: record }
  const { follow, pending } = observed
  const next = { state: 'absent', uid: record.uid } as const
  if (pending?.last !== undefined && templateIsYounger(observation.workload, pending.last)) {
    return { kind: 'record', reason: 'TemplateChangedSince', next }
  }
  return {
    kind: 'roll',
    reason: 'Deleted',
    next,
    stamp: { follow, uid: record.uid, change: { state: 'deleted' } },
  }
}

/** The record of what was read, over the keys that count now. */
function recordOf({ observed, content }: Sight): Present {
  const { keys } = observed.follow
  const { uid, resourceVersion } = content
  return { state: 'present', uid, resourceVersion, keys, digest: digestOf(content, keys) }
}

function adopt(sight: Sight, reason: Reason): Decision {
  return { kind: 'adopt', reason, next: recordOf(sight) }
}

function settled(sight: Sight, reason: Reason): Decision {
  return { kind: 'record', reason, next: recordOf(sight) }
}

function roll(sight: Sight, reason: Reason): Decision {
  const { content, observed } = sight
  const next = recordOf(sight)
  const { uid, resourceVersion, digest } = next
  const dataTime = content.dataTime ?? content.creationTimestamp
  const change = { state: 'present', resourceVersion, digest, dataTime } as const
  return { kind: 'roll', reason, next, stamp: { follow: observed.follow, uid, change } }
}
