// Which changes of a workload are worth another look: its status changes all the time, and decides nothing.
import type { Workload } from '../types/workload.ts'

/** Whether anything that a decision depends on differs between two versions of one workload object. */
export function isRelevantChange(before: Workload, after: Workload): boolean {
  if (before.generation !== after.generation) return true
  return JSON.stringify(decisive(before)) !== JSON.stringify(decisive(after))
}

/** Annotations and labels of StatefulSets and DaemonSets do not move the generation. */
function decisive({ settings, releases, followedSince }: Workload) {
  return { settings, releases, followedSince }
}
