// Observations of one workload, for tests of what is decided about it: as little in them as a row of a table wants to say.
import { digestOf } from '../src/decide/content/digest.ts'
import { planRollout } from '../src/decide/plan.ts'
import type { Config, ConfigType, ContentDigest, Digest, KeySet } from '../src/types/config.ts'
import type {
  ConfigObservation,
  Follow,
  Observation,
  PendingChange,
  Plan,
  Policy,
} from '../src/types/plan.ts'
import { type ConfigRecord, configId, type WorkloadRecord } from '../src/types/record.ts'
import type { Workload } from '../src/types/workload.ts'
import { config, content, TEST_KEY, uidOf, workload } from './builders.ts'

/** 2026-01-01, at that second of its first minute. */
export function second(seconds: number): string {
  return `2026-01-01T00:00:${String(seconds).padStart(2, '0')}Z`
}

/** What a config holds: the value of its key `a`, or all keys. */
export type Held = string | Readonly<Record<string, string>>

export interface VersionOptions {
  readonly name?: string
  readonly uid?: string
  /** Seconds. */
  readonly created?: number
  /** When its data were last written, in seconds; unknown where it is missing. */
  readonly written?: number
  /** The version that our watch showed first; default: this one. */
  readonly firstSeen?: string
}

function shapeOf(version: string, held: Held, { uid, created = 0, written, name = 'conf' }: VersionOptions) {
  const fields = { 'f:data': {} }
  return {
    metadata: {
      uid: uid ?? uidOf(name),
      resourceVersion: version,
      creationTimestamp: second(created),
      ...(written === undefined
        ? {}
        : {
            managedFields: [{ manager: 'm', operation: 'Update', time: second(written), fieldsV1: fields }],
          }),
    },
    data: typeof held === 'string' ? { a: held } : held,
  }
}

/** A ConfigMap as a watch shows it. */
export function shown(version: string, held: Held = '', options: VersionOptions = {}): Config {
  const state = config('ConfigMap', options.name ?? 'conf', shapeOf(version, held, options))
  return options.firstSeen === undefined ? state : { ...state, firstSeen: options.firstSeen }
}

/** The digested content of a ConfigMap. */
export function contentOf(version: string, held: Held, options: VersionOptions = {}): ContentDigest {
  return content('ConfigMap', options.name ?? 'conf', shapeOf(version, held, options))
}

/** Its digest. */
export function digest(held: Held, keys: KeySet = 'all'): Digest {
  return digestOf(contentOf('1', held), keys)
}

/** It is there and was read. */
export function there(version: string, held: Held, options: VersionOptions = {}): ConfigObservation {
  return {
    state: 'present',
    config: shown(version, held, options),
    content: contentOf(version, held, options),
  }
}

/** It is there, was read, and so was what it held in an earlier version. */
export function thereSince(
  earlier: readonly [version: string, held: Held],
  version: string,
  held: Held,
  options: VersionOptions = {},
): ConfigObservation {
  const sees = there(version, held, options)
  return sees.state === 'present' ? { ...sees, earlier: contentOf(...earlier, options) } : sees
}

/** It is there, and nobody needed to read it. */
export function unread(version: string, options: VersionOptions = {}): ConfigObservation {
  return { state: 'present', config: shown(version, '', options) }
}

export const GONE: ConfigObservation = { state: 'absent', verified: true }
export const NOT_SHOWN: ConfigObservation = { state: 'absent', verified: false }
export const OUT_OF_SCOPE: ConfigObservation = { state: 'outOfScope' }

/** The API server does not let us read it. */
export function unreadable(config?: Config): ConfigObservation {
  return { state: 'unreadable', problem: 'forbidden', ...(config === undefined ? {} : { config }) }
}

/** A record of that version and content. */
export function recorded(
  version: string,
  held: Held,
  { keys = 'all', uid = uidOf('conf') }: { readonly keys?: KeySet; readonly uid?: string } = {},
): ConfigRecord {
  return { state: 'present', uid, resourceVersion: version, keys, digest: digest(held, keys) }
}

/** The mark of a config that was followed up to that version. */
export function mark(version: string, uid = uidOf('conf')): ConfigRecord {
  return { state: 'unfollowed', uid, resourceVersion: version }
}

/** A change that watches showed, from its first version to its last. */
export function pendingSince(
  first: string,
  { last = first, notBeforeMs = 0, before }: { last?: string; notBeforeMs?: number; before?: Config } = {},
): PendingChange {
  return { first, last, sinceMs: 0, notBeforeMs, ...(before === undefined ? {} : { before }) }
}

/** A followed ConfigMap: by its name in a list, all keys, unless `change` says otherwise. */
export function follow(name = 'conf', change: Partial<Follow> = {}, type: ConfigType = 'ConfigMap'): Follow {
  const config = { kind: type, namespace: 'shop', name }
  return { config, reason: 'Auto', keys: 'all', literal: true, container: 'app', ...change }
}

/** A workload that rolls for everything it uses; a list showed it, so that nothing is known of its past. */
export const LISTED: Workload = workload(
  { annotations: { 'reloader.stakater.com/auto': 'true' } },
  { source: 'list' },
)

export const POLICY: Policy = {
  strategy: 'env-vars',
  reloadOnCreate: false,
  reloadOnDelete: false,
  adopt: 'heal',
}

export interface DecisionCase {
  readonly workload?: Workload
  /** What is recorded, by name of ConfigMap; missing: the workload has no record. */
  readonly record?: Readonly<Record<string, ConfigRecord>>
  readonly since?: string
  readonly patterns?: string | undefined
  /** What is seen of each followed ConfigMap. */
  readonly sees?: Readonly<Record<string, ConfigObservation>>
  readonly follows?: Readonly<Record<string, Partial<Follow>>>
  readonly pending?: Readonly<Record<string, PendingChange>>
  readonly policy?: Partial<Policy>
  readonly bornUnseen?: boolean
  readonly selectedSince?: string
  readonly now?: string
}

/** The observation of that case. */
export function observationOf(each: DecisionCase): Observation {
  const { workload: subject = LISTED, sees = {}, follows = {}, pending = {} } = each
  return {
    workload: subject,
    ...(each.record === undefined ? {} : { record: recordOf(subject, each.record, each) }),
    configs: Object.entries(sees).map(([name, observation]) => {
      const observed = { follow: follow(name, follows[name]), observation }
      const change = pending[name]
      return change === undefined ? observed : { ...observed, pending: change }
    }),
    policy: { ...POLICY, ...each.policy },
    bornUnseen: each.bornUnseen ?? false,
    ...(each.selectedSince === undefined ? {} : { selectedSince: each.selectedSince }),
    now: each.now ?? second(50),
    digestKeyId: TEST_KEY.id,
  }
}

function recordOf(
  { ref, uid }: Workload,
  entries: Readonly<Record<string, ConfigRecord>>,
  { since = second(0), patterns }: DecisionCase,
): WorkloadRecord {
  const configs = Object.entries(entries).map(([name, entry]) => [configId('ConfigMap', name), entry])
  const fingerprint = patterns === undefined ? {} : { patterns }
  return { workload: ref, uid, since, ...fingerprint, configs: Object.fromEntries(configs) }
}

/** The plan for that case. */
export function planOf(each: DecisionCase): Plan {
  return planRollout(observationOf(each))
}

/** One row about the ConfigMap `conf`. */
export interface Row extends Omit<DecisionCase, 'record' | 'sees' | 'follows' | 'pending'> {
  /** Its record; `none`: the workload has a record without it; missing: the workload has no record. */
  readonly record?: ConfigRecord | 'none'
  readonly sees: ConfigObservation
  readonly follow?: Partial<Follow>
  readonly pending?: PendingChange
}

/** The outcome for `conf` as `kind Reason`, and what is recorded of it from then on. */
export function outcomeOf({ record, sees, follow, pending, ...rest }: Row): {
  readonly outcome: string
  readonly next: ConfigRecord | undefined
  readonly plan: Plan
} {
  const plan = planOf({
    ...rest,
    ...(record === undefined ? {} : { record: record === 'none' ? {} : { conf: record } }),
    sees: { conf: sees },
    ...(follow === undefined ? {} : { follows: { conf: follow } }),
    ...(pending === undefined ? {} : { pending: { conf: pending } }),
  })
  const [only] = plan.outcomes
  return {
    outcome: `${only?.kind} ${only?.reason}`,
    next: plan.record?.configs['ConfigMap/conf'],
    plan,
  }
}
