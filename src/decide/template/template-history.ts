// What the templates that a workload had, and since when, say about what its pods read.
import { isNewer } from '../../types/object.ts'
import type { Workload } from '../../types/workload.ts'

/**
 * Whether every pod of the present template was made after `resourceVersion`, so that it read the config as of then: the
 * template is known to be younger, and is not an earlier one come back (X, Y, X keeps the pods of the first X alive while a
 * rollout is under way), for which what is known must reach back to then. Unknown is no. behaviour.md 4, "One rollout per
 * change-set".
 */
export function templateIsYounger(workload: Workload, resourceVersion: string): boolean {
  const { templates, run } = workload
  // A new template of a CronJob makes no pods by itself.
  if (run?.kind === 'CronJob') return false
  const present = templates.at(-1)
  if (present?.since === undefined) return false
  const younger = present.exact
    ? isNewer(present.since, resourceVersion)
    : !isNewer(resourceVersion, present.since)
  const earlier = templates.slice(0, -1)
  const reachesBack =
    isKnownFromBirth(workload) || earlier.some(({ shown }) => !isNewer(shown, resourceVersion))
  return younger && reachesBack && !earlier.some(({ hash }) => hash === present.hash)
}

/**
 * The watch event that had it followed showed its template too, though nothing of it was known before: there was nothing. Where
 * the template is another object's, that alone was born, and the workload may be older.
 */
function isKnownFromBirth({ followedSince, lender, templates: [first] }: Workload): boolean {
  return (
    lender === undefined &&
    followedSince !== undefined &&
    first?.exact === true &&
    first.since === followedSince
  )
}

/** Whether a template was established after `first` and not after `last`: its pods may have read what was there in between. */
export function templateChangedBetween({ templates, run }: Workload, first: string, last: string): boolean {
  if (run?.kind === 'CronJob') return false
  return templates.some(({ since }) => since !== undefined && isNewer(since, first) && !isNewer(since, last))
}
