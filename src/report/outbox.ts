// Sends things in the background, one after the other: putting one in never waits, what is held is bounded, and what cannot be
// sent is given up in the end, because no roll may ever wait for the telling of it.
import { setTimeout as delay } from 'node:timers/promises'

/** What an outbox does with its items, and its limits. */
export interface OutboxOptions<T> {
  /** Sends one item; rejects where a later attempt may succeed. */
  readonly send: (item: T, signal: AbortSignal) => Promise<void>
  /** The item is given up: its last attempt failed with `error`, or, without one, it gave way to a newer item. */
  readonly onDropped: (item: T, error?: unknown) => void
  /** Awaited before each item, until the outbox is asked to stop; never rejects. */
  readonly ready?: () => Promise<void>
  /** Items held. */
  readonly maxQueued: number
  readonly maxAttempts: number
  /** Wait after a failure; it doubles with every failure in a row, up to 32 times itself. */
  readonly backoffMs: number
  /** How much longer to wait at least after this failure. Default: 0. */
  readonly retryAfterMs?: (error: unknown) => number
  /** How long `run` goes on sending after its signal. */
  readonly drainMs: number
}

/** Takes items and sends them in the background. */
export interface Outbox<T> {
  /** Never throws, never waits. */
  readonly put: (item: T) => void
  /** Sends what is put in until the signal aborts, then what is left, for at most `drainMs`; never rejects. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

interface Queued<T> {
  readonly item: T
  readonly attempts: number
}

const MAX_DOUBLINGS = 5

/**
 * An outbox at rest.
 *
 * Guarantees: at most `maxQueued` items are held, the oldest give way; one is under way at a time; one that cannot be sent
 * goes to the end of the queue, and is given up after `maxAttempts`.
 */
export function createOutbox<T>(options: OutboxOptions<T>): Outbox<T> {
  const { send, onDropped, maxQueued, maxAttempts, drainMs } = options
  const { ready = async () => {}, retryAfterMs = () => 0 } = options
  const backoff = createBackoff(options.backoffMs)
  const queue: Queued<T>[] = []
  let wake = () => {}

  function enqueue(queued: Queued<T>): void {
    const oldest = queue.length >= maxQueued ? queue.shift() : undefined
    if (oldest !== undefined) onDropped(oldest.item)
    queue.push(queued)
  }

  async function sendOne({ item, attempts }: Queued<T>, signal: AbortSignal): Promise<void> {
    try {
      await send(item, signal)
      backoff.reset()
    } catch (error) {
      if (attempts + 1 < maxAttempts && !signal.aborted) enqueue({ item, attempts: attempts + 1 })
      else onDropped(item, error)
      await backoff.wait(retryAfterMs(error), signal)
    }
  }

  return {
    put(item) {
      enqueue({ item, attempts: 0 })
      wake()
    },
    async run(signal) {
      const { stop, release } = abortLater(signal, drainMs)
      const onAbort = () => wake()
      signal.addEventListener('abort', onAbort, { once: true })
      for (;;) {
        const next = queue.shift()
        if (next !== undefined) {
          if (!signal.aborted) await ready()
          await sendOne(next, stop)
        } else if (signal.aborted) break
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
      signal.removeEventListener('abort', onAbort)
      release()
    },
  }
}

/** A wait that doubles with every call until it is reset; an abort ends it. */
function createBackoff(firstMs: number) {
  let failures = 0
  return {
    reset: () => {
      failures = 0
    },
    wait: async (atLeastMs: number, signal: AbortSignal) => {
      const waitMs = firstMs * 2 ** Math.min(failures, MAX_DOUBLINGS)
      failures += 1
      await delay(Math.max(waitMs, atLeastMs), undefined, { signal }).catch(() => {})
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
