// What the stores of the watches show of workloads, in the namespaces that are looked at.
import type { Watches } from '../controller/watch/watches.ts'
import type { Workload, WorkloadKind } from '../types/workload.ts'

/** The workloads of a kind that are in scope: the stores also hold those of namespaces that `--namespace-selector` leaves out. */
export function workloadsInSight(
  { workloads, namespaces }: Pick<Watches, 'workloads' | 'namespaces'>,
  kind: WorkloadKind,
): readonly Workload[] {
  const all = [...workloads[kind].store.list()]
  if (namespaces === undefined) return all
  return all.filter(({ ref }) => namespaces.get('', ref.namespace) !== undefined)
}
