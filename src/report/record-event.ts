// Writes Kubernetes Events (core/v1) off the hot path: `record` returns at once, everything it holds is bounded, and an
// Event that cannot be written is dropped and counted, because no roll may ever wait for the telling of it.
import { setTimeout as delay } from 'node:timers/promises'
import { createEventCorrelator } from './event-correlator.ts'
import type { WorkloadEvent } from './event-message.ts'
import { createEventWriter, type EventClient } from './event-writer.ts'

/** What became of one Event, for a metric. */
export type EventResult = 'created' | 'updated' | 'dropped' | 'limited' | 'rejected'

/** What a recorder is made of. */
export interface EventRecorderOptions {
  readonly client: EventClient
  readonly onResult?: (event: WorkloadEvent, result: EventResult) => void
  /** Resolves when no roll is in flight, or settles when its signal aborts (after a second): so PATCHes go first. */
  readonly whenQuiet?: (signal: AbortSignal) => Promise<void>
  /** Events held while the API server cannot be reached. Default 1000. */
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

interface Queued {
  readonly event: WorkloadEvent
  readonly attempts: number
}

const MAX_ATTEMPTS = 8
const MAX_DOUBLINGS = 5
const QUIET_MS = 1_000

/**
 * A recorder at rest.
 *
 * Guarantees: at most `maxQueued` Events are held, the oldest give way; one write is under way at a time; an Event that
 * the API server refuses is not sent again; one that cannot be sent goes to the end of the queue, 8 times at most.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, maxQueued = 1000, drainMs = 2000, now = Date.now } = options
  const { onResult = () => {}, whenQuiet = async () => {} } = options
  const correlator = createEventCorrelator({ now })
  const write = createEventWriter({ client, correlator, now })
  const backoff = createBackoff(options.backoffMs ?? 1000)
  const queue: Queued[] = []
  let wake = () => {}

  function enqueue(queued: Queued): void {
    const oldest = queue.length >= maxQueued ? queue.shift() : undefined
    if (oldest !== undefined) onResult(oldest.event, 'dropped')
    queue.push(queued)
  }

  function record(event: WorkloadEvent): void {
    if (correlator.admit(event)) {
      enqueue({ event, attempts: 0 })
      wake()
    } else onResult(event, 'limited')
  }

  async function writeOne({ event, attempts }: Queued, signal: AbortSignal): Promise<void> {
    try {
      onResult(event, await write(event, signal))
      backoff.reset()
    } catch {
      if (attempts + 1 < MAX_ATTEMPTS && !signal.aborted) enqueue({ event, attempts: attempts + 1 })
      else onResult(event, 'dropped')
      await backoff.wait(signal)
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    const { stop, release } = abortLater(signal, drainMs)
    const onAbort = () => wake()
    signal.addEventListener('abort', onAbort, { once: true })
    for (;;) {
      const next = queue.shift()
      if (next !== undefined) {
        if (!signal.aborted) await atMost(QUIET_MS, whenQuiet)
        await writeOne(next, stop)
      } else if (signal.aborted) break
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
    signal.removeEventListener('abort', onAbort)
    release()
  }
  return { record, run }
}

/** A wait that doubles with every call until it is reset; an abort ends it. */
function createBackoff(firstMs: number) {
  let failures = 0
  return {
    reset: () => {
      failures = 0
    },
    wait: async (signal: AbortSignal) => {
      const waitMs = firstMs * 2 ** Math.min(failures, MAX_DOUBLINGS)
      failures += 1
      await delay(waitMs, undefined, { signal }).catch(() => {})
    },
  }
}

/** A signal that aborts `afterMs` after another one did. */
function abortLater(signal: AbortSignal, afterMs: number) {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const start = () => {
    timer = setTimeout(() => controller.abort(), afterMs)
  }
  if (signal.aborted) start()
  else signal.addEventListener('abort', start, { once: true })
  const release = () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', start)
  }
  return { stop: controller.signal, release }
}

/** Waits, but not for long: after `limitMs` the signal that `wait` was given aborts. Never rejects. */
async function atMost(limitMs: number, wait: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), limitMs)
  await wait(limit.signal).catch(() => {})
  clearTimeout(timer)
}
