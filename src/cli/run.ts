// The composition root: makes every part from the options, and runs and stops them in the right order.
//
// Start: health port -> records -> watches -> stores synced -> ready. Stop: workers finish -> Events and alerts -> records flushed -> exit.

import { createBackoff } from '../controller/backoff.ts'
import { delay } from '../controller/delay.ts'
import { loadDigestKey } from '../controller/digest-key.ts'
import { createRecordStore, type RecordStore } from '../controller/record-store.ts'
import { createSightings, type Sightings } from '../controller/sightings.ts'
import type { WorkQueue } from '../controller/work-queue.ts'
import type { DigestKey } from '../decide/digest.ts'
import { ConnectionError, ConnectionProblem, isUnauthorized, problemText } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import { type Connection, loadConnection } from '../kube/connection.ts'
import { createClient } from '../kube/http-client.ts'
import { createEventRecorder, type EventRecorder } from '../report/record-event.ts'
import { createLog, type Log } from '../telemetry/log.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import { createEventClient } from './event-client.ts'
import type { Options } from './options.ts'
import { createOutgoing } from './outgoing.ts'
import { createProbes, type Probes } from './probes.ts'
import type { Build } from './version.ts'
import { serverTimeOf, type Wired, wire } from './wiring.ts'

/** What the process gives to a run besides its options. */
export interface RunContext {
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal
  readonly build: Build
}

/** How long a stop waits for PATCHes in flight, and then for the last records. */
const FINISH_MS = 10_000

/** Works until the signal aborts; resolves with the exit code, and rejects with an Error of one line when it cannot start. */
export async function run(options: Options, { signal, build }: RunContext): Promise<number> {
  const log = createLog(options.log)
  const metrics = createMetrics({ byNamespace: options.metricsByNamespace, ...build })
  log.info('Starting Reloader', { version: build.version, commit: build.commit })
  for (const line of [...options.warnings, ...options.notYet]) log.warn(line)
  const connection = await loadConnection(options.cluster)
  const probes = createProbes({ listenAddress: options.listenAddress, metrics, log })
  const client = createClient({
    connection,
    userAgent: `reloader/${build.version}`,
    onResponse: ({ verb, method, code, host, durationMs }) => {
      metrics.requests.inc({ code, method, host })
      metrics.requestDuration.observe({ verb, host }, durationMs / 1_000)
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

async function operate(operation: Operation): Promise<void> {
  const { options, client, log, metrics, probes } = operation
  const recordNamespace = options.records.namespace ?? operation.connection.namespace ?? 'default'
  const sightings = createSightings()
  let wired: Wired | undefined
  const watchedNow = createWatchedNow(operation, () => wired !== undefined && isWatching(wired, sightings))
  const records = createRecordStore({
    client,
    namespace: recordNamespace,
    name: options.records.name,
    dryRun: options.dryRun,
    watchedNow,
    onWrite: (result) => metrics.recordWrites.inc({ result }),
    onProblem: (message) => log.warn(message),
  })
  const digestKey = await prepare(operation, records, recordNamespace)
  if (digestKey === undefined) return
  const recorder = createRecorder(operation, () => wired?.queue)
  const outgoing = createOutgoing({ options, log, metrics })
  const parts = { options, client, records, recordNamespace, digestKey, log, metrics, recorder, sightings }
  wired = wire({ ...parts, outgoing })
  probes.watch(wired, records)
  const finished = new AbortController()
  const background = Promise.all([
    records.run(finished.signal),
    recorder.run(finished.signal),
    outgoing.alerts?.run(finished.signal),
  ])
  await runController(wired, operation)
  finished.abort()
  await background
  await flush(records, log)
  log.info('Stopped')
}

/** Until when all was watched: until now, or until the process was asked to stop. Undefined: not yet. */
function createWatchedNow({ client, signal }: Operation, watching: () => boolean): () => string | undefined {
  const now = () => (watching() ? serverTimeOf(client) : undefined)
  let atStop: string | undefined
  signal.addEventListener('abort', () => {
    atStop = now()
  })
  return () => (signal.aborted ? atStop : now())
}

/** All that may be said to have been watched was: every watch works, and everything opted in has a record. */
function isWatching({ controller, watches }: Wired, sightings: Sightings): boolean {
  return controller.isWorking() && watches.problem() === undefined && sightings.isComplete()
}

/** Runs until the stop signal, and then as long as PATCHes are in flight, within a bound. */
async function runController({ controller }: Wired, { signal, log }: Operation): Promise<void> {
  const abort = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const onStop = () => {
    log.info('Stopping: finishing what is under way')
    timer = setTimeout(() => abort.abort(), FINISH_MS)
  }
  if (signal.aborted) onStop()
  else signal.addEventListener('abort', onStop, { once: true })
  await controller.run({ stop: signal, abort: abort.signal })
  clearTimeout(timer)
}

/**
 * Reads the records and the digest key. What the API server refuses for a time is tried again for ever; without an answer to
 * the very first question, or without being let in, there is nothing to wait for: that rejects. Undefined: asked to stop.
 */
async function prepare(
  { options, client, log, signal }: Operation,
  records: RecordStore,
  namespace: string,
): Promise<DigestKey | undefined> {
  const backoff = createBackoff({ baseMs: 1_000, maxMs: 30_000 })
  while (!signal.aborted) {
    try {
      await records.load(signal)
      const { name } = options.records
      return await loadDigestKey({ client, namespace, name, records, dryRun: options.dryRun, signal })
    } catch (error) {
      if (signal.aborted) return undefined
      const unanswered = error instanceof ConnectionError || error instanceof ConnectionProblem
      if ((unanswered && client.serverTime() === undefined) || isUnauthorized(error)) throw error
      const delayMs = backoff.when('prepare')
      log.warn(`Cannot read the records, trying again: ${problemText(error)}`, {
        retryAfterMs: Math.round(delayMs),
      })
      await delay(delayMs, signal)
    }
  }
  return undefined
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

/** What could not be written now is in the stamps of the pod templates, or is adopted anew: say so and go. */
async function flush(records: RecordStore, log: Log): Promise<void> {
  try {
    records.advanceWatchedUntil()
    await records.flush(AbortSignal.timeout(FINISH_MS))
  } catch (error) {
    log.error(`Cannot write the last records: ${problemText(error)}`)
  }
}
