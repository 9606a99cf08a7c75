// What the controller of StatefulSets sees at one look.
import type { ApiObject } from '../../object/api-object.ts'
import type { Revision } from './stateful-pod.ts'

/** One look at a StatefulSet with its pods. */
export interface StatefulRollout {
  readonly set: ApiObject
  readonly pods: readonly ApiObject[]
  /** What pods below the partition run. */
  readonly current: Revision
  /** What the others are to run. */
  readonly update: Revision
}
