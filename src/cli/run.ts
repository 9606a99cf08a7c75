// The composition root: makes every part from the options, and runs and stops them in the right order.
//
// Start: health port -> records -> watches -> stores synced -> ready. Stop: workers finish -> records -> Events and alerts -> exit.
// With an election: health port -> Lease read -> watches -> Lease acquired -> records -> workers. Lost: workers stop at once, and it
// waits for its next turn with the stores that it has. Stop: workers finish -> records -> Lease released -> Events and alerts -> exit.

import type { LeaderElection } from '../controller/election/leader-election.ts'
import type { WorkQueue } from '../controller/queue/work-queue.ts'
import { ConnectionError, ConnectionProblem, isUnauthorized } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Connection } from '../kube/connection.ts'
import { fencedClient } from '../kube/fenced-client.ts'
import { createClient } from '../kube/http-client.ts'
import { loadConnection } from '../kube/load-connection.ts'
import { createEventRecorder, type EventRecorder } from '../report/record-event.ts'
import { createLog, type Log } from '../telemetry/log.ts'
import { memoryLimitBytes, memoryWarning } from '../telemetry/memory-limit.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import { createDryRun } from './dry-run/dry-run.ts'
import { createEventClient } from './event-client.ts'
import type { Options } from './options/options.ts'
import { createOutgoing } from './outgoing.ts'
import { createProbes, type Probes } from './probes.ts'
import { scopeText } from './scope-text.ts'
import { type Acting, runTerm, type TermParts } from './term.ts'
import { tryAgain } from './try-again.ts'
import type { Build } from './version.ts'
import { wireElection } from './wire-election.ts'
import { wireWatches } from './wire-watches.ts'

/** What the process gives to a run besides its options. */
export interface RunContext {
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal
  readonly build: Build
  /** Hands text to standard output. */
  readonly print: (text: string) => Promise<unknown>
}

/** Works until the signal aborts; resolves with the exit code, and rejects with an Error of one line when it cannot start. */
export async function run(options: Options, context: RunContext): Promise<number> {
  const { build } = context
  const log = createLog(options.log)
  const metrics = createMetrics({ byNamespace: options.metricsByNamespace, ...build })
  // Before anything is said: where there is no cluster, that is the one line to read.
  const connection = await loadConnection(options.cluster)
  log.info('Starting Reloader', { version: build.version, commit: build.commit, cluster: connection.source })
  log.info(`Looking at ${scopeText(options.scope)}`)
  for (const line of [...options.warnings, ...options.notYet]) log.warn(line)
  const tight = memoryWarning(memoryLimitBytes())
  if (tight !== undefined) log.warn(tight)
  const probes = createProbes({ listenAddress: options.listenAddress, metrics, log })
  const anyClient = createClient({
    connection,
    userAgent: `reloader/${build.version}`,
    onResponse: ({ verb, method, code, host, durationMs }) => {
      metrics.restRequests.inc({ code, method, host })
      metrics.restDuration.observe({ verb: method, host }, durationMs / 1_000)
      metrics.apiRequests.inc({ verb, code })
      probes.answered(code !== '<error>')
    },
  })
  const client = options.dryRun ? fencedClient(anyClient, refuseToWrite) : anyClient
  const lifetime = new AbortController()
  const serving = options.once ? undefined : await serve(probes, log, lifetime.signal)
  try {
    await operate({ options, connection, client, log, metrics, probes, ...context })
    return 0
  } finally {
    lifetime.abort()
    await serving?.ended
    client.close()
    await log.flush()
  }
}

/** Whatever else goes wrong: a dry run writes nothing. */
function refuseToWrite(): never {
  throw new Error('Cannot write: this is a dry run')
}

/** Listens at once, and serves until `signal` aborts. */
async function serve(probes: Probes, log: Log, signal: AbortSignal) {
  const { host, port } = await probes.server.listen()
  log.info('listening', { address: `${host}:${port}` })
  return { ended: probes.server.run(signal) }
}

interface Operation extends RunContext {
  readonly options: Options
  readonly connection: Connection
  readonly client: KubeClient
  readonly log: Log
  readonly metrics: Metrics
  readonly probes: Probes
}

/** Works until it is to stop: alone, or in turns with other replicas. */
async function operate(operation: Operation): Promise<void> {
  const { options, client, log, metrics, probes } = operation
  const watches = wireWatches(operation)
  const recordNamespace = options.records.namespace ?? operation.connection.namespace ?? 'default'
  const dryRun = options.dryRun ? createDryRun({ ...operation, recordNamespace, watches }) : undefined
  const signal = AbortSignal.any([operation.signal, ...(dryRun === undefined ? [] : [dryRun.over])])
  const finished = new AbortController()
  const watched = AbortSignal.any([signal, finished.signal])
  let watching: Promise<void> | undefined
  let acting: Acting | undefined
  const recorder = createRecorder(operation, () => acting?.queue)
  const outgoing = createOutgoing({ options, log, metrics })
  const parts: TermParts = {
    ...operation,
    recordNamespace,
    recorder,
    outgoing,
    watches,
    firstLook: dryRun?.firstLook,
    watch: () => {
      watching ??= watches.run(watched)
    },
    isHopeless: (error) => watching === undefined && isHopeless(client, error),
    onActing: (now) => {
      acting = now
      if (now !== undefined) dryRun?.started(now)
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
    await Promise.all([background, watching, dryRun?.ended()])
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

const NO_EVENTS: EventRecorder = { record: () => {}, run: async () => {} }

function createRecorder(
  { options, client, log, metrics }: Operation,
  queue: () => WorkQueue | undefined,
): EventRecorder {
  if (options.dryRun) return NO_EVENTS
  let said = false
  const onForbidden = () => {
    if (!said)
      log.warn('RBAC forbids to write Events; grant create and patch on events (docs/permissions.md)')
    said = true
  }
  return createEventRecorder({
    client: createEventClient(client, onForbidden),
    whenQuiet: (signal) => queue()?.whenIdle(signal) ?? Promise.resolve(),
    onResult: ({ reason }, result) => metrics.kubernetesEvents.inc({ reason, result }),
  })
}
