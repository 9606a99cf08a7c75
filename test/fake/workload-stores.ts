// An empty store for each kind of workload.
import { createStore, type Store, type StoreWriter } from '../../src/kube/store.ts'
import { WORKLOAD_KINDS, type Workload, type WorkloadKind } from '../../src/types/workload.ts'

export type FakeWorkloadStore = StoreWriter<Workload> & { readonly reflected: Store<Workload> }

export function workloadStores(): Readonly<Record<WorkloadKind, FakeWorkloadStore>> {
  const entries = WORKLOAD_KINDS.map((kind) => {
    const writer = createStore<Workload>()
    return [kind, { ...writer, reflected: writer.store }]
  })
  return Object.fromEntries(entries) as Record<WorkloadKind, FakeWorkloadStore>
}
