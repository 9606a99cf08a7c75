// Which changes of a workload are worth another look: its status changes all the time, and decides nothing.
import type { Workload } from '../types/workload.ts'

/**
 * Whether anything that a roll could depend on differs between two versions of one workload object. Stamps alone do not count:
 * a newer one is the record already, and an older one counts for nothing.
 */
export function isRelevantChange(before: Workload, after: Workload): boolean {
  const now = decisive(after)
  // Mostly each is the very same: what did not change was kept when the object was reduced.
  return decisive(before).some(
    (was, at) => was !== now[at] && JSON.stringify(was) !== JSON.stringify(now[at]),
  )
}

/** The fingerprint of the template stands for all that is read from it. */
function decisive({ settings, templates, releases, followedSince, pause, run }: Workload) {
  return [settings, templates.at(-1), releases, followedSince, pause, run]
}
