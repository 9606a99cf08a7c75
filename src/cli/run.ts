// The composition root: makes every part from the options, and runs and stops them in the right order.
//
// Start: health port -> records -> watches -> stores synced -> ready. Stop: workers finish -> records -> Events and alerts -> exit.
// With an election: health port -> Lease read -> watches -> Lease acquired -> records -> workers. Lost: workers stop at once, and it
// waits for its next turn with the stores that it has. Stop: workers finish -> records -> Lease released -> Events and alerts -> exit.

import type { LeaderElection } from '../controller/leader-election.ts'
import type { WorkQueue } from '../controller/work-queue.ts'
import { ConnectionError, ConnectionProblem, isUnauthorized } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import { type Connection, loadConnection } from '../kube/connection.ts'
import { createClient } from '../kube/http-client.ts'
import { createEventRecorder, type EventRecorder } from '../report/record-event.ts'
import { createLog, type Log } from '../telemetry/log.ts'
import { memoryLimitBytes, memoryWarning } from '../telemetry/memory-limit.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import { createEventClient } from './event-client.ts'
import type { Options } from './options.ts'
import { createOutgoing } from './outgoing.ts'
import { createProbes, type Probes } from './probes.ts'
import { type Acting, runTerm, type TermParts } from './term.ts'
import { tryAgain } from './try-again.ts'
import type { Build } from './version.ts'
import { wireElection } from './wire-election.ts'
import { wireWatches } from './wiring.ts'

/** What the process gives to a run besides its options. */
export interface RunContext {
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal
  readonly build: Build
}

/** Works until the signal aborts; resolves with the exit code, and rejects with an Error of one line when it cannot start. */
export async function run(options: Options, { signal, build }: RunContext): Promise<number> {
  const log = createLog(options.log)
  const metrics = createMetrics({ byNamespace: options.metricsByNamespace, ...build })
  // Before anything is said: where there is no cluster, that is the one line to read.
  const connection = await loadConnection(options.cluster)
  log.info('Starting Reloader', { version: build.version, commit: build.commit, cluster: connection.source })
  for (const line of [...options.warnings, ...options.notYet]) log.warn(line)
  const tight = memoryWarning(memoryLimitBytes())
  if (tight !== undefined) log.warn(tight)
  const probes = createProbes({ listenAddress: options.listenAddress, metrics, log })
  const client = createClient({
    connection,
    userAgent: `reloader/${build.version}`,
    onResponse: ({ verb, method, code, host, durationMs }) => {
      metrics.restRequests.inc({ code, method, host })
      metrics.restDuration.observe({ verb: method, host }, durationMs / 1_000)
      metrics.apiRequests.inc({ verb, code })
      probes.answered(code !== '<error>')
    },
  })
  const lifetime = new AbortController()
  const { host, port } = await probes.server.listen()
  log.info('listening', { address: `${host}:${port}` })
  const serving = probes.server.run(lifetime.signal)
  try {
    await operate({ options, connection, client, log, metrics, probes, signal })
    return 0
  } finally {
    lifetime.abort()
    await serving
    client.close()
    await log.flush()
  }
}

interface Operation {
  readonly options: Options
  readonly connection: Connection
  readonly client: KubeClient
  readonly log: Log
  readonly metrics: Metrics
  readonly probes: Probes
  readonly signal: AbortSignal
}

/** Works until it is to stop: alone, or in turns with other replicas. */
async function operate(operation: Operation): Promise<void> {
  const { options, client, log, metrics, probes, signal } = operation
  const watches = wireWatches(operation)
  const finished = new AbortController()
  const watched = AbortSignal.any([signal, finished.signal])
  let watching: Promise<void> | undefined
  let acting: Acting | undefined
  const recorder = createRecorder(operation, () => acting?.queue)
  const outgoing = createOutgoing({ options, log, metrics })
  const parts: TermParts = {
    ...operation,
    recordNamespace: options.records.namespace ?? operation.connection.namespace ?? 'default',
    recorder,
    outgoing,
    watches,
    watch: () => {
      watching ??= watches.run(watched)
    },
    isHopeless: (error) => watching === undefined && isHopeless(client, error),
    onActing: (now) => {
      acting = now
    },
  }
  const election = wireElection(operation)
  probes.follow({ watches, acting: () => acting, election })
  const background = Promise.all([recorder.run(finished.signal), outgoing.alerts?.run(finished.signal)])
  try {
    if (election === undefined) await runTerm(parts, { stop: signal })
    else await takeTurns(election, parts, signal)
    log.info('Stopped')
  } finally {
    finished.abort()
    await Promise.all([background, watching])
  }
}

/** Watches from the beginning, so that the stores are warm when its turn comes. */
async function takeTurns(election: LeaderElection, parts: TermParts, stop: AbortSignal): Promise<void> {
  const { log, isHopeless } = parts
  const failure = 'Cannot read the Lease'
  await tryAgain(() => election.look(stop), { failure, isHopeless, log, signal: stop })
  if (stop.aborted) return
  parts.watch()
  await election.run({ stop, lead: (term) => runTerm(parts, { stop, term }) })
}

/** Without an answer to the very first question, or without being let in, there is nothing to wait for. */
function isHopeless(client: KubeClient, error: unknown): boolean {
  const unanswered = error instanceof ConnectionError || error instanceof ConnectionProblem
  return (unanswered && client.serverTime() === undefined) || isUnauthorized(error)
}

function createRecorder(
  { client, log, metrics }: Operation,
  queue: () => WorkQueue | undefined,
): EventRecorder {
  let said = false
  return createEventRecorder({
    client: createEventClient(client),
    whenQuiet: (signal) => queue()?.whenIdle(signal) ?? Promise.resolve(),
    onResult: ({ reason }, result) => {
      metrics.kubernetesEvents.inc({ reason, result })
      if (result !== 'rejected' || said) return
      said = true
      log.warn('The API server refuses our Events; grant create and patch on events (docs/permissions.md)')
    },
  })
}
