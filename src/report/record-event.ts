// Writes Kubernetes Events (core/v1) off the hot path: `record` returns at once, everything it holds is bounded, and an
// Event that cannot be written is dropped and counted, because no roll may ever wait for the telling of it.
import { createEventCorrelator } from './event-correlator.ts'
import type { WorkloadEvent } from './event-message.ts'
import { createEventWriter, type EventClient } from './event-writer.ts'
import { createOutbox } from './outbox.ts'

/** What became of one Event, for a metric. */
export type EventResult = 'created' | 'updated' | 'dropped' | 'limited' | 'rejected'

/** What a recorder is made of. */
export interface EventRecorderOptions {
  readonly client: EventClient
  readonly onResult?: (event: WorkloadEvent, result: EventResult) => void
  /** Resolves when no roll is in flight, or settles when its signal aborts (after a second): so PATCHes go first. */
  readonly whenQuiet?: (signal: AbortSignal) => Promise<void>
  /** Events held while rolls go first, or the API server cannot be reached: one for each workload that one change rolls. Default 10,000. */
  readonly maxQueued?: number
  /** Wait after a failed write; it doubles with every failure in a row, up to 32 times itself. Default 1000. */
  readonly backoffMs?: number
  /** How long `run` goes on writing after its signal. Default 2000. */
  readonly drainMs?: number
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
}

/** Takes Events and writes them in the background. */
export interface EventRecorder {
  /** Never throws, never waits. */
  readonly record: (event: WorkloadEvent) => void
  /** Writes what is recorded until the signal aborts, then what is left, for at most `drainMs`; never rejects. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

const MAX_ATTEMPTS = 8
const QUIET_MS = 1_000

/**
 * A recorder at rest.
 *
 * Guarantees: at most `maxQueued` Events are held, the oldest give way; one write is under way at a time; an Event that
 * the API server refuses is not sent again; one that cannot be sent goes to the end of the queue, 8 times at most.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, maxQueued = 10_000, backoffMs = 1000, drainMs = 2000, now = Date.now } = options
  const { onResult = () => {}, whenQuiet = async () => {} } = options
  const correlator = createEventCorrelator({ now })
  const write = createEventWriter({ client, correlator, now })
  const outbox = createOutbox<WorkloadEvent>({
    send: async (event, signal) => onResult(event, await write(event, signal)),
    onDropped: (event) => onResult(event, 'dropped'),
    ready: () => atMost(QUIET_MS, whenQuiet),
    maxAttempts: MAX_ATTEMPTS,
    maxQueued,
    backoffMs,
    drainMs,
  })
  return {
    record(event) {
      if (correlator.admit(event)) outbox.put(event)
      else onResult(event, 'limited')
    },
    run: outbox.run,
  }
}

/** Waits, but not for long: after `limitMs` the signal that `wait` was given aborts. Never rejects. */
async function atMost(limitMs: number, wait: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), limitMs)
  await wait(limit.signal).catch(() => {})
  clearTimeout(timer)
}
