// The port that kubelet and Prometheus ask, from the first moment of the process on.
import type { RecordStore } from '../controller/record-store.ts'
import { createHealth, type HealthCheck } from '../telemetry/health.ts'
import { createHttpServer, type HttpServer, type ListenAddress } from '../telemetry/http-server.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { CONFIG_RESOURCES } from '../types/config.ts'
import { WORKLOAD_KINDS } from '../types/workload.ts'
import type { Wired } from './wiring.ts'

export interface Probes {
  readonly server: HttpServer
  /** A request to the API server was answered, whatever the answer, or was not. */
  answered(yes: boolean): void
  /** From now on the answers are about this controller. */
  watch(wired: Wired, records: RecordStore): void
}

export interface ProbesOptions {
  readonly listenAddress: ListenAddress
  readonly metrics: Metrics
  readonly log: Log
}

/** Every request has a bound of 30 s, so a key that waits this long for a worker waits for ever. */
const STUCK_MS = 300_000

/** Not ready until a controller is watched and works. */
export function createProbes({ listenAddress, metrics, log }: ProbesOptions): Probes {
  let silent = false
  const live = new Map<string, HealthCheck>()
  const ready = new Map<string, HealthCheck>([
    ['api-server', () => (silent ? 'it does not answer' : undefined)],
    ['records', () => 'the records are not read yet'],
  ])
  let sample = () => {}
  const answer = createHealth({
    live,
    ready,
    metrics: {
      contentType: metrics.contentType,
      render: () => {
        sample()
        return metrics.render()
      },
    },
  })
  return {
    server: createHttpServer({
      listenAddress,
      answer,
      onError: (error) => log.error(`Cannot answer a probe: ${String(error)}`),
    }),
    answered(yes) {
      silent = !yes
    },
    watch(wired, records) {
      live.set('workers', () =>
        wired.queue.longestWaitMs() > STUCK_MS ? 'no worker took a workload for minutes' : undefined,
      )
      ready.set('records', () => undefined)
      ready.set('stores', () =>
        wired.controller.isWorking() ? undefined : (wired.watches.problem() ?? 'the workers do not work'),
      )
      sample = () => sampleState(metrics, wired, records)
    },
  }
}

/** Gauges that describe a state are set when somebody looks. */
function sampleState(
  metrics: Metrics,
  { controller, watches, queue, pending }: Wired,
  records: RecordStore,
): void {
  const oldestMs = pending.oldestMs()
  metrics.pendingWorkloads.set(pending.size)
  metrics.failingWorkloads.set(controller.backoff.size)
  metrics.oldestUnappliedChange.set(oldestMs === undefined ? 0 : (performance.now() - oldestMs) / 1_000)
  metrics.queueDepth.set(queue.depth)
  metrics.records.set(records.size)
  metrics.recordsInMemoryOnly.set(records.isPersistent() ? 0 : 1)
  metrics.ready.set(controller.isWorking() ? 1 : 0)
  for (const kind of WORKLOAD_KINDS) {
    let optedIn = 0
    for (const { settings } of watches.workloads[kind].store.list()) if (settings.optedIn) optedIn += 1
    metrics.workloads.set({ kind }, optedIn)
  }
  for (const { resource, list, watch } of watches.forbidden()) {
    metrics.forbidden.set({ resource: resource.plural, verb: 'list' }, list ? 1 : 0)
    metrics.forbidden.set({ resource: resource.plural, verb: 'watch' }, watch ? 1 : 0)
  }
  for (const [kind, count] of controller.followedConfigs()) {
    metrics.followedConfigs.set({ type: CONFIG_RESOURCES[kind].plural }, count)
  }
}
