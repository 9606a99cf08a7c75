// The patches that give a workload back as Reloader found it. Each is refused unless the workload still is the object and the
// version that it was planned from.
import { LAST_RELOADED_FROM } from '../../decide/annotation-names.ts'
import { rolloutPatch } from '../../rollout/patch.ts'
import type { TouchedWorkload } from './leftovers.ts'

/** Takes its stamps out of the pod template. */
export function unstampPatch(workload: TouchedWorkload): object {
  const remove = workload.stamps?.variables ?? []
  const annotations = workload.stamps?.annotation === undefined ? {} : { [LAST_RELOADED_FROM]: null }
  return rolloutPatch(workload, { set: [], remove, annotations, recordFirst: false })
}
