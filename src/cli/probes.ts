// The port that kubelet and Prometheus ask, from the first moment of the process on.
import type { LeaderElection } from '../controller/election/leader-election.ts'
import type { Watches } from '../controller/watch/watches.ts'
import { createHealth, type HealthCheck } from '../telemetry/health.ts'
import { createHttpServer, type HttpServer, type ListenAddress } from '../telemetry/http-server.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { sampleStores, sampleWork } from './metrics/state-metrics.ts'
import type { Acting } from './term.ts'

export interface Probes {
  readonly server: HttpServer
  /** A request to the API server was answered, whatever the answer, or was not. */
  answered(yes: boolean): void
  /** From now on the answers are about this replica. */
  follow(replica: Replica): void
}

/** What this process is made of, as far as probes ask. */
export interface Replica {
  readonly watches: Watches
  /** What acts now; undefined while nothing does. */
  readonly acting: () => Acting | undefined
  /** Undefined: it acts without being elected. */
  readonly election: LeaderElection | undefined
}

export interface ProbesOptions {
  readonly listenAddress: ListenAddress
  readonly metrics: Metrics
  readonly log: Log
}

/** Every request has a bound of 30 s, so a key that waits this long for a worker waits for ever. */
const STUCK_MS = 300_000
/** Whoever lost the lease stops at once: every request under way is aborted. */
const OVERDUE_MS = 60_000
/** A request that gets no answer now and then is not worth a line. */
const OUTAGE_MS = 10_000

/** Not ready until a controller works, or its stores are synced and another replica is known to act. */
export function createProbes({ listenAddress, metrics, log }: ProbesOptions): Probes {
  /** Since when no request is answered, on the monotonic clock. */
  let silentSinceMs: number | undefined
  const live = new Map<string, HealthCheck>()
  const ready = new Map<string, HealthCheck>([
    ['api-server', () => (silentSinceMs === undefined ? undefined : 'it does not answer')],
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
      const nowMs = performance.now()
      const silentMs = nowMs - (silentSinceMs ?? nowMs)
      silentSinceMs = yes ? undefined : (silentSinceMs ?? nowMs)
      if (yes && silentMs >= OUTAGE_MS)
        log.info(`The API server answers again, after ${Math.round(silentMs / 1_000)} s without an answer`)
    },
    follow(replica) {
      live.set('workers', () =>
        (replica.acting()?.queue.longestWaitMs() ?? 0) > STUCK_MS
          ? 'no worker took a workload for minutes'
          : undefined,
      )
      live.set('leader', () =>
        (replica.election?.overdueMs() ?? 0) > OVERDUE_MS
          ? 'the lease was lost a minute ago, and its work has not ended'
          : undefined,
      )
      ready.set('records', () => recordsProblem(replica))
      ready.set('stores', () => storesProblem(replica))
      if (replica.election !== undefined) ready.set('leader', () => leaderProblem(replica))
      sample = () => {
        const problems = [...ready.values()].flatMap((check) => check() ?? [])
        metrics.ready.set(problems.length === 0 ? 1 : 0)
        metrics.leader.set(isToAct(replica) ? 1 : 0)
        sampleStores(metrics, replica.watches)
        sampleWork(metrics, replica.acting())
      }
    },
  }
}

function isToAct({ election }: Replica): boolean {
  return election === undefined || election.isLeader()
}

function recordsProblem(replica: Replica): string | undefined {
  return isToAct(replica) && replica.acting() === undefined ? 'the records are not read yet' : undefined
}

function storesProblem(replica: Replica): string | undefined {
  if (replica.acting()?.controller.isWorking()) return undefined
  return replica.watches.problem() ?? (isToAct(replica) ? 'the workers do not work' : undefined)
}

function leaderProblem({ election }: Replica): string | undefined {
  return election?.leader() === undefined ? 'no replica is known to act' : undefined
}
