// Reads a workload that somebody else wrote before our PATCH, where no watch has shown it in time.
import { isNotFound } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { RawObject } from '../../kube/raw-object.ts'
import { WORKLOAD_RESOURCES, type Workload, type WorkloadKind } from '../../types/workload.ts'
import type { Watches, WorkloadSeen } from './watches.ts'

export interface RefetchParts {
  readonly client: Pick<KubeClient, 'get'>
  readonly workloads: Watches['workloads']
  readonly reduce: (object: RawObject, kind: WorkloadKind, seen: WorkloadSeen) => Workload
}

/**
 * Takes a workload, and the other object that holds its pod template, as a GET shows them into their stores, if that is news.
 * Resolves to false when either is there no more.
 */
export type Refetch = (workload: Pick<Workload, 'ref' | 'lender'>, signal: AbortSignal) => Promise<boolean>

/** A refetch throws whatever the API server answers, except 404. */
export function createRefetch({ client, workloads, reduce }: RefetchParts): Refetch {
  async function read({ ref }: Pick<Workload, 'ref'>, signal: AbortSignal): Promise<boolean> {
    const { kind, namespace, name } = ref
    try {
      const object = await client.get(WORKLOAD_RESOURCES[kind], ref, { signal })
      const previous = workloads[kind].reflected.get(namespace, name)
      // Like a list, a GET does not tell since when the workload has its template: the status may have been written since.
      workloads[kind].update(reduce(object, kind, { source: 'list', previous }))
      return true
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
  }

  return async function refetch(workload, signal) {
    const there = await read(workload, signal)
    return workload.lender === undefined ? there : there && (await read(workload.lender, signal))
  }
}
