// Rolls of one Deployment, for tests of what they change among its stamps.
import { formatStamp } from '../src/decide/stamps/stamp.ts'
import { stampChangeOf } from '../src/decide/stamps/stamp-change.ts'
import type { ConfigType } from '../src/types/config.ts'
import type { Follow, ObservedConfig, StampEntry } from '../src/types/plan.ts'
import { type ConfigRecord, configId, type WorkloadRecord } from '../src/types/record.ts'
import type { ReloadStrategy } from '../src/types/settings.ts'
import type { StampChange, StampVariable } from '../src/types/workload.ts'
import { config as configNamed, uidOf, workload } from './builders.ts'

/** A hash of the incumbent. */
export const SHA1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'
/** A digest of ours. */
export const DIGEST = `0123abcd-${'A'.repeat(43)}`

/** A followed ConfigMap, all keys. */
export function follow(name: string, container = 'app', type: ConfigType = 'ConfigMap'): Follow {
  return {
    config: { kind: type, namespace: 'shop', name },
    reason: 'Auto',
    keys: 'all',
    literal: true,
    container,
  }
}

/** A config that is there. */
function observed(followed: Follow): ObservedConfig {
  const config = configNamed(followed.config.kind, followed.config.name)
  return { follow: followed, observation: { state: 'present', config } }
}

/** A roll brings this version. */
export function brings(followed: Follow, resourceVersion = '42'): StampEntry {
  const uid = uidOf(followed.config.name)
  return {
    follow: followed,
    uid,
    change: { state: 'present', resourceVersion, digest: DIGEST, dataTime: '2026-01-01T00:00:05Z' },
  }
}

/** A roll brings the deletion. */
export function deletes(followed: Follow): StampEntry {
  return { follow: followed, uid: uidOf(followed.config.name), change: { state: 'deleted' } }
}

/** The text of the stamp of a config at a version. */
export function text(name: string, resourceVersion = '42'): string {
  return formatStamp(brings(follow(name), resourceVersion))
}

/** A variable in a regular container. */
export function variable(name: string, value: string, container = 'app'): StampVariable {
  return { container, name, value }
}

/** A record of the Deployment. */
export function recordOf(configs: Readonly<Record<string, ConfigRecord>>): WorkloadRecord {
  const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const
  return { workload: ref, uid: 'web-uid', since: '2026-01-01T00:00:00Z', configs }
}

/** A config that was recorded at that version. */
export function recorded(
  name: string,
  resourceVersion: string,
  uid = `${name}-uid`,
): Readonly<Record<string, ConfigRecord>> {
  return {
    [configId('ConfigMap', name)]: { state: 'present', uid, resourceVersion, keys: 'all', digest: DIGEST },
  }
}

/** A roll under way. */
export interface Case {
  readonly follows: readonly Follow[]
  readonly stamps: readonly StampEntry[]
  readonly strategy?: ReloadStrategy
  readonly variables?: readonly StampVariable[]
  readonly annotation?: string
  /** The record, and what the cluster holds of it. */
  readonly record?: WorkloadRecord
  readonly written?: WorkloadRecord
}

/** What the roll changes. */
export function change({
  follows,
  stamps,
  strategy = 'env-vars',
  variables = [],
  annotation,
  record,
  written,
}: Case): StampChange | undefined {
  const subject = {
    ...workload({ annotations: { 'reloader.stakater.com/auto': 'true' } }),
    stamps: annotation === undefined ? { variables } : { variables, annotation },
  }
  const observation = {
    workload: subject,
    configs: follows.map(observed),
    ...(record === undefined ? {} : { record }),
  }
  return stampChangeOf(observation, { stamps, strategy, written })
}
