// What a workload has taken into account of one config: its record, or a stamp in its pod template that is newer.
import { isNewer } from '../types/object.ts'
import type { Follow } from '../types/plan.ts'
import type { ConfigRecord } from '../types/record.ts'
import type { Workload } from '../types/workload.ts'
import type { ParsedStamp } from './stamps/stamp.ts'

export interface Base {
  readonly record: ConfigRecord | undefined
  /** A stamp said so, and no record yet: a crash came between a roll's PATCH and the write of its record. */
  readonly fromStamp: boolean
}

/**
 * The record, unless one of `stamps` is newer: stamps are written before records, so a newer stamp is the record, and an
 * older one (put back by an undo or a revert) counts for nothing (behaviour.md 2, "Stamp first, record second").
 */
export function baseOf(
  record: ConfigRecord | undefined,
  stamps: readonly ParsedStamp[],
  {
    presentUid,
    stampedKeys,
  }: { readonly presentUid: string | undefined; readonly stampedKeys: readonly string[] },
): Base {
  let base: Base = { record, fromStamp: false }
  for (const stamp of stamps) {
    if (!concerns(stamp, base.record, presentUid) || !isNewerThan(stamp, base.record)) continue
    base = { record: recordOfStamp(stamp, stampedKeys), fromStamp: true }
  }
  return base
}

/**
 * The keys of a config that a `k` stamp in the template of `workload` is over: those that the template uses, however the
 * workload follows the config now. None where the template changed since, and uses no keys or all of them.
 */
export function stampedKeysOf({ references }: Workload, { config }: Follow): readonly string[] {
  const used = references.find(({ type, name }) => type === config.kind && name === config.name)?.keys
  return used === undefined || used === 'all' ? [] : used
}

/** The highest resourceVersion that a record speaks of; undefined where it speaks of none. */
export function recordVersion(record: ConfigRecord | undefined): string | undefined {
  return record?.state === 'present' || record?.state === 'unfollowed' ? record.resourceVersion : undefined
}

/** The uid of the object that a record speaks of; undefined where it speaks of none. */
export function recordUid(record: ConfigRecord | undefined): string | undefined {
  return record === undefined || record.state === 'unread' ? undefined : record.uid
}

function concerns(
  stamp: ParsedStamp,
  record: ConfigRecord | undefined,
  presentUid: string | undefined,
): boolean {
  // What is there was not deleted, or was restored with the rest of the cluster.
  if (stamp.deleted)
    return record?.state === 'present' && stamp.uid === record.uid && stamp.uid !== presentUid
  // An absent record is newer than every stamp of the object that is gone.
  if (record?.state === 'absent') return stamp.uid === presentUid && stamp.uid !== record.uid
  return stamp.uid === presentUid || stamp.uid === recordUid(record)
}

function isNewerThan(stamp: ParsedStamp, record: ConfigRecord | undefined): boolean {
  if (stamp.deleted) return true
  const version = recordVersion(record)
  return version === undefined || isNewer(stamp.resourceVersion, version)
}

function recordOfStamp(stamp: ParsedStamp, stampedKeys: readonly string[]): ConfigRecord {
  if (stamp.deleted) return { state: 'absent', uid: stamp.uid }
  const { uid, resourceVersion, digest } = stamp
  return { state: 'present', uid, resourceVersion, keys: stamp.keys === 'a' ? 'all' : stampedKeys, digest }
}
