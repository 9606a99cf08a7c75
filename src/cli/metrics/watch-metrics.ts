// Counts what the watches bring.
import type { Watches } from '../../controller/watch/watches.ts'
import type { Change, Store, Stored } from '../../kube/store.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { CONFIG_RESOURCES, CONFIG_TYPES } from '../../types/config.ts'
import { WORKLOAD_KINDS, WORKLOAD_RESOURCES } from '../../types/workload.ts'

/** The incumbent's words for the types of a change. */
const EVENT_TYPES = { added: 'add', modified: 'update', deleted: 'delete' } as const satisfies Record<
  Change<Stored>['type'],
  string
>

/** Counts every event of a watch that is kept, from now on. Lists and our own writes are not events. */
export function countWatchEvents(watches: Pick<Watches, 'configs' | 'workloads'>, metrics: Metrics): void {
  const count = <T extends Stored>(store: Store<T>, plural: string) => {
    store.onChange(({ type, from }) => {
      if (from !== 'watch') return
      const labels = { event_type: EVENT_TYPES[type], resource_type: plural }
      metrics.eventsReceived.inc(labels)
      metrics.eventsProcessed.inc({ ...labels, result: 'success' })
    })
  }
  for (const type of CONFIG_TYPES) count(watches.configs[type], CONFIG_RESOURCES[type].plural)
  for (const kind of WORKLOAD_KINDS) count(watches.workloads[kind].reflected, WORKLOAD_RESOURCES[kind].plural)
}
