// Gathers everything that a decision about one workload depends on: read-only stores, the record, and what must be read.

import { versionBefore } from '../decide/followed-since.ts'
import { type ConfigLookup, type FollowOptions, followsOf } from '../decide/match.ts'
import { maySettle, needOf } from '../decide/need.ts'
import { baseOf, stampedKeysOf } from '../decide/record.ts'
import { incumbentHashNeeded } from '../decide/stamps/incumbent-stamp.ts'
import { type ParsedStamp, parseStamps } from '../decide/stamps/stamp.ts'
import type { Store } from '../kube/store.ts'
import type { Config, ConfigType } from '../types/config.ts'
import { isNewer, refKey } from '../types/object.ts'
import type {
  ConfigObservation,
  Follow,
  Observation,
  ObservedConfig,
  PendingChange,
  Policy,
} from '../types/plan.ts'
import { type ConfigId, configIdOf, type WorkloadRecord } from '../types/record.ts'
import type { Workload } from '../types/workload.ts'
import type { ConfigReader } from './config-reader.ts'
import type { PendingChanges } from './queue/pending-changes.ts'
import type { RecordStore } from './records/record-store.ts'
import type { Scope } from './watch/scope.ts'

export interface ObserveParts {
  readonly configs: Readonly<Record<ConfigType, Store<Config>>>
  /** Why configs of a type cannot be seen at all (RBAC); undefined when they can. */
  readonly blind: (type: ConfigType, namespace: string) => string | undefined
  readonly records: RecordStore
  readonly pending: PendingChanges
  readonly reader: ConfigReader
  readonly scope: Scope
  readonly bornUnseen: (workloadKey: string) => boolean
  readonly policy: Policy
  /** Which types and keys count. */
  readonly follow: Omit<FollowOptions, 'configs' | 'recorded'>
  readonly digestKeyId: string
  /** API server time, not later than now there (RFC 3339). */
  readonly serverNow: () => string
  /** The monotonic clock. */
  readonly nowMs: () => number
}

export interface ObserveOptions {
  /** Before a roll: also read what is still settling, which it takes along, and what a config held before, where that decides. */
  readonly thorough: boolean
  readonly signal: AbortSignal
}

export type Observe = (workload: Workload, options: ObserveOptions) => Promise<Observation>

/** What one look at a workload shares between its configs. */
interface Look extends ObserveOptions {
  readonly workload: Workload
  readonly record: WorkloadRecord | undefined
  readonly stamps: readonly ParsedStamp[]
}

/** The observation of one workload; rejects only when `signal` aborts. What cannot be read is part of the observation. */
export function createObserve(parts: ObserveParts): Observe {
  const { records, pending, reader, policy, digestKeyId } = parts
  const lookup: ConfigLookup = {
    get: ({ kind, namespace, name }) => parts.configs[kind].get(namespace, name),
    list: (type, namespace) => parts.configs[type].byNamespace(namespace),
  }

  async function observeConfig(
    look: Look,
    follow: Follow,
    change: PendingChange | undefined,
  ): Promise<ObservedConfig> {
    const observation = await see(look, follow, change)
    return change === undefined ? { follow, observation } : { follow, observation, pending: change }
  }

  async function see(
    look: Look,
    follow: Follow,
    change: PendingChange | undefined,
  ): Promise<ConfigObservation> {
    const { workload, record, stamps, signal } = look
    const { kind, namespace, name } = follow.config
    const problem = parts.blind(kind, namespace)
    if (problem !== undefined) return { state: 'unreadable', problem }
    const config = parts.configs[kind].get(namespace, name)
    const base = baseOf(record?.configs[configIdOf(follow.config)], stamps, {
      presentUid: config?.uid,
      stampedKeys: stampedKeysOf(workload, follow),
    })
    const need = needOf(follow, { config, base, policy, digestKeyId })
    if (need === 'nothing') {
      return config === undefined ? { state: 'absent', verified: false } : { state: 'present', config }
    }
    const settling = change !== undefined && change.notBeforeMs > parts.nowMs()
    if (settling && !look.thorough && maySettle(record, base, policy))
      return config === undefined ? { state: 'settling' } : { state: 'settling', config }
    if (config === undefined) return reader.exists(follow.config, { signal })
    const firstLook = base.record === undefined || base.record.state === 'unread'
    const incumbentHash =
      (firstLook || workload.stamps.since !== undefined) &&
      incumbentHashNeeded(workload, follow, policy.strategy)
    const answer = await reader.read(config, { incumbentHash, signal })
    return look.thorough && base.record?.state !== 'present' ? withEarlier(look, answer) : answer
  }

  /** Only what it held before tells whether a write in the moment in which it began to be followed was one of data. */
  async function withEarlier(look: Look, answer: ConfigObservation): Promise<ConfigObservation> {
    if (answer.state !== 'present' || answer.content === undefined || answer.config.mounted !== undefined)
      return answer
    const { config, content } = answer
    const workload = sinceSelected(look.workload, parts.scope)
    const version = versionBefore({ workload, config, content }, look.record)
    if (version === undefined) return answer
    const earlier = await reader.readAt(config, { version, signal: look.signal })
    return earlier === undefined ? answer : { ...answer, earlier }
  }

  return async function observe(workload, options) {
    const key = refKey(workload.ref)
    const record = records.get(workload.ref, workload.uid)
    const look: Look = { ...options, workload, record, stamps: parseStamps(workload.stamps) }
    const recorded = record === undefined ? [] : (Object.keys(record.configs) as ConfigId[])
    const follows = followsOf(workload, { ...parts.follow, configs: lookup, recorded })
    const changes = pending.of(key, { releases: workload.releases, settleMs: workload.settings.settleMs })
    const configs = await Promise.all(
      follows.map((follow) => observeConfig(look, follow, changes.get(configIdOf(follow.config)))),
    )
    options.signal.throwIfAborted()
    const selectedSince = parts.scope.since(workload.ref.namespace)?.resourceVersion
    return {
      workload: sinceSelected(workload, parts.scope),
      ...(record === undefined ? {} : { record }),
      configs,
      policy,
      bornUnseen: parts.bornUnseen(key),
      ...(selectedSince === undefined ? {} : { selectedSince }),
      now: parts.serverNow(),
      digestKeyId,
    }
  }
}

/**
 * What a workload asks for counts since its namespace was selected. An event that opted it in before is not what made it followed
 * (2a, 2b); that of the namespace is, if there was one.
 */
function sinceSelected(workload: Workload, scope: Scope): Workload {
  const selected = scope.since(workload.ref.namespace)
  const { followedSince, settingsSince, ...rest } = workload
  const asked = followedSince ?? settingsSince?.shown
  if (selected === undefined || asked === undefined) return workload
  const { resourceVersion: shown, watched } = selected
  if (!isNewer(shown, asked)) return workload
  const later = settingsSince !== undefined && isNewer(settingsSince.shown, shown) ? settingsSince : { shown }
  return { ...rest, ...(watched ? { followedSince: shown } : {}), settingsSince: later }
}
