// The patch that takes stamps out again. It is refused unless the workload still is the object and the version that it was planned from.
import { LAST_RELOADED_FROM } from '../../decide/settings/annotation-names.ts'
import type { PatchOptions } from '../../kube/client.ts'
import { preconditions, templateOperations } from '../../rollout/json-patch.ts'
import { rolloutPatch } from '../../rollout/patch.ts'
import { type StampChange, WORKLOAD_RESOURCES } from '../../types/workload.ts'
import type { TouchedWorkload } from './leftovers.ts'

/** Takes its stamps out of the pod template, and nothing else. */
export function unstampPatch(workload: TouchedWorkload): Pick<PatchOptions, 'type' | 'body'> {
  const { ref, object, stamps } = workload
  const change: StampChange = {
    set: [],
    remove: stamps?.variables ?? [],
    annotations: stamps?.annotation === undefined ? {} : { [LAST_RELOADED_FROM]: null },
    recordFirst: false,
  }
  if (object === undefined) return { type: 'strategic-merge', body: rolloutPatch(workload, change) }
  const { templatePath } = WORKLOAD_RESOURCES[ref.kind]
  const operations = templateOperations(object, change, templatePath)
  return { type: 'json', body: [...preconditions(workload), ...operations] }
}
