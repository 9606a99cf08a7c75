// One time of acting, from reading the records to writing them for the last time: the life of the process, or with an election
// a term of the leader. What it learns ends with it; what it leaves is in the cluster, as if the process had ended. Only the
// watches and their stores outlive it.

import type { LeaderTerm } from '../controller/election/leader-term.ts'
import { loadDigestKey } from '../controller/records/digest-key.ts'
import { createRecordStore, type RecordStore } from '../controller/records/record-store.ts'
import { createJobJournal, type JobJournal } from '../controller/roll/job-journal.ts'
import { createSightings, type Sightings } from '../controller/sightings.ts'
import type { Watches } from '../controller/watch/watches.ts'
import type { KubeClient } from '../kube/client.ts'
import { fencedClient } from '../kube/fenced-client.ts'
import { untilAborted } from '../net/deadline.ts'
import type { EventRecorder } from '../report/record-event.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { problemText } from '../types/problem-text.ts'
import { WORKLOAD_KINDS } from '../types/workload.ts'
import type { FirstLook } from './dry-run/first-look.ts'
import { workloadsInSight } from './in-sight.ts'
import { publishMetaInfo } from './meta-info.ts'
import type { Options } from './options/options.ts'
import type { Outgoing } from './outgoing.ts'
import { tryAgain } from './try-again.ts'
import type { Build } from './version.ts'
import { serverTimeOf, type Wired, wire } from './wiring.ts'

/** What acts now. */
export interface Acting extends Wired {
  readonly records: RecordStore
}

export interface TermParts {
  readonly options: Options
  readonly build: Build
  readonly client: KubeClient
  readonly recordNamespace: string
  readonly log: Log
  readonly metrics: Metrics
  readonly recorder: EventRecorder
  readonly outgoing: Outgoing
  readonly watches: Watches
  /** Of a dry run. */
  readonly firstLook?: FirstLook | undefined
  /** Lets the watches run, if they do not yet. */
  readonly watch: () => void
  /** No waiting mends this error. */
  readonly isHopeless: (error: unknown) => boolean
  /** Told what acts from now on, and with undefined that nothing does. */
  readonly onActing: (acting: Acting | undefined) => void
}

export interface TermSignals {
  /** The process is to stop: what is under way is finished, and the records are written. */
  readonly stop: AbortSignal
  /** What has to last for anything to be decided or written; undefined without an election. */
  readonly term?: LeaderTerm
}

/** How long a stop waits for PATCHes in flight, and then for the last records. */
const FINISH_MS = 10_000

/** Acts until it is to stop or the term is over. Rejects, with an Error of one line, only when it is hopeless. */
export async function runTerm(parts: TermParts, signals: TermSignals): Promise<void> {
  const { term } = signals
  const client = term === undefined ? parts.client : fencedClient(parts.client, () => term.check())
  // The process outlives its terms: what listens to it must let go of everything that this one has learnt.
  const over = new AbortController()
  try {
    await act({ ...parts, client }, signals, over.signal)
  } finally {
    over.abort()
  }
}

async function act(parts: TermParts, signals: TermSignals, over: AbortSignal): Promise<void> {
  const { client, watches, log } = parts
  const { stop, term } = signals
  const ended = term === undefined ? stop : AbortSignal.any([stop, term.signal])
  const sightings = createSightings()
  let acting: Acting | undefined
  const watchedNow = createWatchedNow({ client, watches, stop, over }, () => isWatching(acting, sightings))
  const records = createRecords(parts, watchedNow)
  const journal = createJournal(parts)
  const digestKey = await prepare(parts, { records, journal }, ended)
  if (digestKey === undefined) return
  parts.watch()
  acting = { records, ...wire({ ...parts, records, journal, digestKey, sightings }) }
  parts.onActing(acting)
  const published = publish(parts, ended)
  await work(acting, parts, { ...signals, ended })
  await published
  parts.onActing(undefined)
  if (term?.signal.aborted) log.warn(`Stopped acting: ${problemText(term.signal.reason)}`)
  else await flush(records, log)
}

/** Beside the work: nothing waits for it. */
async function publish(parts: TermParts, signal: AbortSignal): Promise<void> {
  const { options, recordNamespace: namespace } = parts
  const { published, records, dryRun } = options
  if (!dryRun) await publishMetaInfo({ ...parts, namespace, name: records.name, published }, signal)
}

async function work(
  { controller, records, watches }: Acting,
  { log }: TermParts,
  { stop, term, ended }: TermSignals & { readonly ended: AbortSignal },
): Promise<void> {
  const finished = new AbortController()
  const writing = records.run(finished.signal)
  const late = abortAfter(stop, () => log.info('Stopping: finishing what is under way'))
  const abort = term === undefined ? late.signal : AbortSignal.any([late.signal, term.signal])
  const telling = tellOfWork({ watches, records, log }, ended)
  await controller.run({ stop: ended, abort })
  await telling
  late.end()
  finished.abort()
  await writing
}

/** How much there is to look after, once all of it is in sight. */
async function tellOfWork(
  { watches, records, log }: Pick<Acting, 'watches' | 'records'> & Pick<TermParts, 'log'>,
  ended: AbortSignal,
): Promise<void> {
  await untilAborted(watches.settled, ended).catch(() => {})
  if (ended.aborted) return
  const all = WORKLOAD_KINDS.flatMap((kind) => workloadsInSight(watches, kind))
  const { length: optedIn } = all.filter(({ settings }) => settings.optedIn)
  log.info(`Working: ${optedIn} of ${all.length} workloads in sight are opted in`, { records: records.size })
}

/** A signal that aborts `FINISH_MS` after `stop`; `end` lets go of both. */
function abortAfter(stop: AbortSignal, onStop: () => void) {
  const abort = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const begin = () => {
    onStop()
    timer = setTimeout(() => abort.abort(), FINISH_MS)
  }
  if (stop.aborted) begin()
  else stop.addEventListener('abort', begin, { once: true })
  const end = () => {
    clearTimeout(timer)
    stop.removeEventListener('abort', begin)
  }
  return { signal: abort.signal, end }
}

function createRecords(parts: TermParts, watchedNow: () => string | undefined): RecordStore {
  const { options, client, recordNamespace, log, metrics } = parts
  return createRecordStore({
    client,
    namespace: recordNamespace,
    name: options.records.name,
    dryRun: options.dryRun,
    watchedNow,
    onWrite: (result) => metrics.recordWrites.inc({ result }),
    onProblem: (message) => log.warn(message),
  })
}

interface WatchedNowParts extends Pick<TermParts, 'client' | 'watches'> {
  readonly stop: AbortSignal
  readonly over: AbortSignal
}

/** Until when all was watched: until now or what is polled was listed, and no longer than to a stop. Undefined: not yet. */
function createWatchedNow(
  { client, watches, stop, over }: WatchedNowParts,
  watching: () => boolean,
): () => string | undefined {
  const now = () =>
    watching() ? serverTimeOf(client, { agoMs: performance.now() - watches.shownUntil() }) : undefined
  let atStop: string | undefined
  const keep = () => {
    atStop = now()
  }
  stop.addEventListener('abort', keep, { once: true, signal: over })
  return () => (stop.aborted ? atStop : now())
}

/** All that may be said to have been watched was: every watch works, and everything opted in has a record. */
function isWatching(acting: Acting | undefined, sightings: Sightings): boolean {
  return (
    acting?.controller.isWorking() === true &&
    acting.watches.problem() === undefined &&
    sightings.isComplete()
  )
}

function createJournal({ options, client, recordNamespace: namespace, log }: TermParts): JobJournal {
  return createJobJournal({
    client,
    namespace,
    name: options.records.name,
    onProblem: (message) => log.warn(message),
    nowMs: () => performance.now(),
  })
}

/** Reads the records, the journal and the digest key; undefined when `signal` aborts before that worked. */
function prepare(
  parts: TermParts,
  { records, journal }: { readonly records: RecordStore; readonly journal: JobJournal },
  signal: AbortSignal,
) {
  const { options, client, recordNamespace: namespace, log, isHopeless } = parts
  const { dryRun } = options
  const { name } = options.records
  const attempt = async () => {
    await records.load(signal)
    // A dry run leaves to others what they left half done.
    if (!dryRun) await journal.load(signal)
    return loadDigestKey({ client, namespace, name, records, dryRun, signal })
  }
  return tryAgain(attempt, { failure: 'Cannot read the records', isHopeless, log, signal })
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
