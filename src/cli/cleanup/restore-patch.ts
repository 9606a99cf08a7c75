// The patch that takes stamps out again. It is refused unless the workload still is the object and the version that it was planned from.
import { LAST_RELOADED_FROM } from '../../decide/settings/annotation-names.ts'
import type { PatchOptions } from '../../kube/client.ts'
import { annotationOperations, preconditions, templateOperations } from '../../rollout/json-patch.ts'
import { rolloutPatch } from '../../rollout/patch.ts'
import { type StampChange, WORKLOAD_RESOURCES } from '../../types/workload.ts'
import type { TouchedWorkload } from './leftovers.ts'

const WITHOUT_STAMP: StampChange['annotations'] = { [LAST_RELOADED_FROM]: null }

/** Takes its stamps out of the pod template and off the workload itself, and nothing else. */
export function unstampPatch(workload: TouchedWorkload): Pick<PatchOptions, 'type' | 'body'> {
  const { ref, object, stamps, restarted } = workload
  const change: StampChange = {
    set: [],
    remove: stamps?.variables ?? [],
    annotations: stamps?.annotation === undefined ? {} : WITHOUT_STAMP,
    recordFirst: false,
  }
  if (object === undefined) return { type: 'strategic-merge', body: rolloutPatch(workload, change) }
  const { templatePath } = WORKLOAD_RESOURCES[ref.kind]
  const operations = [
    ...preconditions(workload),
    ...(restarted ? annotationOperations(object, WITHOUT_STAMP, ['metadata']) : []),
    ...templateOperations(object, change, templatePath),
  ]
  return { type: 'json', body: operations }
}
