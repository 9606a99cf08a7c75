// Which workload a key stands for: as the stores show it, as far as it is to be looked after.
import { leftPaused } from '../../decide/kinds/pause.ts'
import { parseWorkloadKey, type Workload } from '../../types/workload.ts'
import type { Scope } from './scope.ts'
import type { Watches } from './watches.ts'

/** What the answer depends on. */
export interface WorkloadLookupParts {
  readonly workloads: Watches['workloads']
  readonly scope: Pick<Scope, 'includes'>
  /** It was looked after here: what is out of scope may be another installation's. */
  readonly isOurs: (workload: Workload) => boolean
}

/**
 * The workload of a key. Undefined where there is none, and where its namespace is out of scope, unless a roll of ours left it
 * paused: then it is shown as one that asks for nothing, and is resumed for that.
 */
export function createWorkloadLookup({
  workloads,
  scope,
  isOurs,
}: WorkloadLookupParts): (key: string) => Workload | undefined {
  return (key) => {
    const { kind, namespace, name } = parseWorkloadKey(key)
    const workload = workloads[kind]?.store.get(namespace, name)
    if (workload === undefined || scope.includes(namespace)) return workload
    return isOurs(workload) ? leftPaused(workload) : undefined
  }
}
