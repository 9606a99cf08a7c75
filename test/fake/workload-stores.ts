// An empty store for each kind of workload.
import { createStore, type StoreWriter } from '../../src/kube/store.ts'
import { WORKLOAD_KINDS, type Workload, type WorkloadKind } from '../../src/types/workload.ts'

export function workloadStores(): Readonly<Record<WorkloadKind, StoreWriter<Workload>>> {
  const entries = WORKLOAD_KINDS.map((kind) => [kind, createStore<Workload>()])
  return Object.fromEntries(entries) as Record<WorkloadKind, StoreWriter<Workload>>
}
