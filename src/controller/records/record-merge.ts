// Two copies of what is remembered of one workload become one: whoever saw more wins, config by config.
import { isNewer } from '../../types/object.ts'
import type { ConfigId, ConfigRecord, WorkloadRecord } from '../../types/record.ts'

/**
 * `ours` laid over `theirs`: per config (same uid) the higher resourceVersion wins, a config that only they have seen stays, and
 * everything else is ours. Of two workload uids ours is the one that lives.
 */
export function mergeRecords(theirs: WorkloadRecord, ours: WorkloadRecord): WorkloadRecord {
  if (theirs.uid !== ours.uid) return ours
  const configs: Record<ConfigId, ConfigRecord> = { ...ours.configs }
  for (const [id, other] of Object.entries(theirs.configs) as [ConfigId, ConfigRecord][]) {
    if (sawMore(other, configs[id])) configs[id] = other
  }
  return { ...ours, configs }
}

/** Whether `a` speaks of a later version of the same config object than `b`. Only what names a version says anything. */
function sawMore(a: ConfigRecord, b: ConfigRecord | undefined): boolean {
  if (a.state !== 'present' && a.state !== 'unfollowed') return false
  if (b === undefined) return true
  if (b.state !== 'present' && b.state !== 'unfollowed') return false
  return a.uid === b.uid && isNewer(a.resourceVersion, b.resourceVersion)
}
