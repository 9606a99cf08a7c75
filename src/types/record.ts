// A record: what we remember a workload to have taken into account of each config it follows.
import type { ConfigRef, ConfigType, Digest, KeySet } from './config.ts'
import type { WorkloadRef } from './workload.ts'

/** What a workload has taken into account of one config. */
export type ConfigRecord =
  | {
      readonly state: 'present'
      readonly uid: string
      readonly resourceVersion: string
      readonly keys: KeySet
      readonly digest: Digest
    }
  /** A GET answered 404. `uid` is that of the object that was there before, if we knew one. */
  | { readonly state: 'absent'; readonly uid?: string }
  /**
   * The workload was recorded while this config could not be read or had left our scope: its first look is still to come,
   * and is judged as if the workload had no record.
   */
  | { readonly state: 'unread' }
  /** Followed once, not now: following it again adopts, and a stamp not newer than this counts for nothing. */
  | { readonly state: 'unfollowed'; readonly uid: string; readonly resourceVersion: string }

/** `<type>/<name>`: a config within the namespace of its workload. */
export type ConfigId = `${ConfigType}/${string}`

/** The id of the config of that type and name. */
export function configId(type: ConfigType, name: string): ConfigId {
  return `${type}/${name}`
}

/** The id of `config`; its namespace is not in it. */
export function configIdOf({ kind, name }: ConfigRef): ConfigId {
  return configId(kind, name)
}

/** The type and name that `configId` joined. */
export function parseConfigId(id: ConfigId): { readonly type: ConfigType; readonly name: string } {
  const slash = id.indexOf('/')
  return { type: id.slice(0, slash) as ConfigType, name: id.slice(slash + 1) }
}

/** Everything that is remembered of one workload; written down by record-format.ts. */
export interface WorkloadRecord {
  readonly workload: WorkloadRef
  /** A workload of the same name with another uid has no record. */
  readonly uid: string
  /** API server time (RFC 3339) since which the present lists of the workload are watched over. */
  readonly since: string
  /** Fingerprint of the regular expressions in the workload's lists; when it changes, what they newly match is adopted. */
  readonly patterns?: string
  readonly configs: Readonly<Record<ConfigId, ConfigRecord>>
}
