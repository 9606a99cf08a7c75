// Observation -> plan. Pure: no clock, no network, no await. Each config is decided alone (outcome.ts); here the outcomes
// become one plan for the workload, with one record and at most one roll.

import { isNewer } from '../types/object.ts'
import type { Observation, ObservedConfig, Plan } from '../types/plan.ts'
import { type ConfigId, type ConfigRecord, configIdOf, type WorkloadRecord } from '../types/record.ts'
import type { Decision } from './decision.ts'
import { decide } from './outcome.ts'
import { type Base, baseOf, stampedKeysOf } from './record.ts'
import { patternsOf } from './settings/patterns.ts'
import { type ParsedStamp, parseStamps } from './stamps/stamp.ts'

/** Marks of configs no longer followed that a record keeps, the newest first: they only guard against old stamps. */
export const MAX_UNFOLLOWED = 64

type Kind = Plan['kind']
type Decided = readonly [id: ConfigId, decision: Decision]

/** When several configs of a workload come out differently, the first of these names the plan. */
const PRECEDENCE: readonly Kind[] = ['roll', 'adopt', 'record', 'hold', 'wait', 'skip']

/** The plan for one workload: the same observation gives the same plan, in any order of `configs`. */
export function planRollout(observation: Observation): Plan {
  const { workload, configs } = observation
  if (!workload.settings.optedIn) return planUnfollowed(observation)
  const bases = basesOf(observation)
  const decided: Decided[] = configs.map((observed) => {
    const id = idOf(observed)
    return [id, decide(observation, observed, bases(observed))]
  })
  const left = unfollow(observation, new Set(decided.map(([id]) => id)))
  return assemble(observation, [...decided, ...left].sort(byId))
}

/** What the workload has taken into account of one of its configs: its record, or a newer stamp. */
export function basesOf({ workload, record }: Observation): (observed: ObservedConfig) => Base {
  const stamps = parseStamps(workload.stamps)
  return (observed) => {
    const seen = observed.observation
    const presentUid = 'config' in seen ? seen.config?.uid : undefined
    const stampedKeys = stampedKeysOf(workload, observed.follow)
    return baseOf(record?.configs[idOf(observed)], stamps, { presentUid, stampedKeys })
  }
}

function idOf({ follow }: ObservedConfig): ConfigId {
  return configIdOf(follow.config)
}

function byId([a]: Decided, [b]: Decided): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Opted out: every record becomes a mark, and no expression waits any more, so that opting in again adopts (2f). */
function planUnfollowed(observation: Observation): Plan {
  const { record } = observation
  const left = unfollow(observation, new Set())
  if (record?.patterns !== undefined || left.some(([, { kind }]) => kind === 'record')) {
    return assemble(observation, [...left].sort(byId))
  }
  return { kind: 'skip', reason: 'NotOptedIn', outcomes: [], retry: false }
}

/** Turns the records of what is no longer followed into marks, and forgets the oldest marks beyond the limit. */
function unfollow({ workload, record }: Observation, followed: ReadonlySet<ConfigId>): readonly Decided[] {
  if (record === undefined) return []
  const stamps = parseStamps(workload.stamps)
  const left = (Object.entries(record.configs) as [ConfigId, ConfigRecord][]).filter(
    ([id]) => !followed.has(id),
  )
  const decided = left.map(([id, entry]): Decided => [id, unfollowed(entry, stamps)])
  const marks = decided.filter(([, { next }]) => next?.state === 'unfollowed')
  const newestFirst = marks.sort(([, a], [, b]) => (isNewer(versionOf(a), versionOf(b)) ? -1 : 1))
  const dropped = new Set(newestFirst.slice(MAX_UNFOLLOWED).map(([id]) => id))
  return decided.map(([id, decision]) =>
    dropped.has(id) ? [id, { kind: 'record', reason: 'Unfollowed', next: undefined }] : [id, decision],
  )
}

/** The mark is as new as the newest stamp, or that stamp would count as a record when the config is followed again. */
function unfollowed(entry: ConfigRecord, stamps: readonly ParsedStamp[]): Decision {
  const { record, fromStamp } = baseOf(entry, stamps, { presentUid: undefined, stampedKeys: [] })
  if (entry.state === 'unfollowed' && !fromStamp) return { kind: 'skip', reason: 'Unfollowed', next: entry }
  if (record?.state !== 'present') return { kind: 'record', reason: 'Unfollowed', next: undefined }
  const { uid, resourceVersion } = record
  return { kind: 'record', reason: 'Unfollowed', next: { state: 'unfollowed', uid, resourceVersion } }
}

function versionOf({ next }: Decision): string {
  return next?.state === 'unfollowed' ? next.resourceVersion : ''
}

function assemble(observation: Observation, decided: readonly Decided[]): Plan {
  const record = nextRecord(observation, decided)
  const kind = kindOf(observation, decided, record)
  const base = {
    reason: decided.find(([, decision]) => decision.kind === kind)?.[1].reason ?? reasonWithout(kind),
    outcomes: decided.map(([id, { kind, reason, detail }]) => ({
      id,
      kind,
      reason,
      ...(detail === undefined ? {} : { detail }),
    })),
    retry: decided.some(([, decision]) => decision.kind === 'wait'),
    ...lookAgain(observation, decided),
  }
  if (kind === 'roll')
    return { ...base, kind, record, stamps: decided.flatMap(([, { stamp }]) => stamp ?? []) }
  if (kind === 'adopt' || kind === 'record') return { ...base, kind, record }
  return observation.record === undefined ? { ...base, kind } : { ...base, kind, record }
}

function kindOf({ record }: Observation, decided: readonly Decided[], next: WorkloadRecord): Kind {
  const kinds = new Set(decided.map(([, { kind }]) => kind))
  const first = PRECEDENCE.find((kind) => kinds.has(kind)) ?? 'skip'
  if (first === 'roll' || first === 'adopt' || first === 'record') return first
  // A first record is written even when nothing is there to remember: from then on, what appears was created (2c).
  if (record === undefined) return 'adopt'
  return record.patterns === next.patterns && saysNothingNew(record, next) ? first : 'record'
}

/** What a stamp said, or no longer being followed, must be written; the same content under other versions need not. */
function saysNothingNew({ configs: before }: WorkloadRecord, { configs: after }: WorkloadRecord): boolean {
  const ids = Object.keys(after) as ConfigId[]
  return ids.length === Object.keys(before).length && ids.every((id) => saysTheSame(before[id], after[id]))
}

function saysTheSame(before: ConfigRecord | undefined, after: ConfigRecord | undefined): boolean {
  if (before?.state !== 'present' || after?.state !== 'present') return before?.state === after?.state
  return before.digest === after.digest
}

/** The reason of a plan that no single config gave. */
function reasonWithout(kind: Kind): Plan['reason'] {
  return kind === 'adopt' ? 'FirstObservation' : kind === 'record' ? 'NewlyFollowed' : 'NothingFollowed'
}

function nextRecord({ workload, record, now }: Observation, decided: readonly Decided[]): WorkloadRecord {
  const patterns = patternsOf(workload.settings)
  const stands = record !== undefined && record.patterns === patterns
  const configs: Record<ConfigId, ConfigRecord> = {}
  for (const [id, { next }] of decided) if (next !== undefined) configs[id] = next
  return {
    workload: workload.ref,
    uid: workload.uid,
    since: stands ? record.since : now,
    ...(patterns === undefined ? {} : { patterns }),
    configs,
  }
}

function lookAgain(
  { configs }: Observation,
  decided: readonly Decided[],
): { readonly lookAgainAtMs?: number } {
  // What waits for a Job to end is woken by the watch of its CronJob.
  const holding = new Set(decided.filter(([, { reason }]) => reason === 'Settling').map(([id]) => id))
  const times = configs.flatMap((each) => (holding.has(idOf(each)) ? (each.pending?.notBeforeMs ?? 0) : []))
  return times.length === 0 ? {} : { lookAgainAtMs: Math.min(...times) }
}
