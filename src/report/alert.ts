// Alerts about rolls, sent off the hot path: `send` returns at once, and an alert that nobody takes is given up and told.
import { type AlertSink, alertBody, alertText, type RollAlert } from './alert-message.ts'
import { createOutbox } from './outbox.ts'
import type { Post } from './post.ts'
import { PostError } from './post-error.ts'

/** What became of one alert: taken, refused for good, or given up after some attempts or for want of room. */
export type AlertResult = 'sent' | 'refused' | 'dropped'

/** What alerts are sent with. */
export interface AlertsOptions {
  readonly sink: AlertSink
  readonly url: URL
  readonly post: Post
  /** Put before the text. */
  readonly additionalInfo?: string | undefined
  /** `error`: why it was not sent; undefined where it gave way to newer ones. */
  readonly onResult?: (alert: RollAlert, result: AlertResult, error?: unknown) => void
  /** Alerts held while the sink is slow or away. Default 1000. */
  readonly maxQueued?: number
  /** Wait after a failed attempt; it doubles with every failure in a row, up to 32 times itself. Default 1000. */
  readonly backoffMs?: number
  /** How long `run` goes on sending after its signal. Default 2000. */
  readonly drainMs?: number
}

/** Takes alerts and sends them in the background. */
export interface Alerts {
  /** Never throws, never waits. */
  readonly send: (alert: RollAlert) => void
  /** Sends until the signal aborts, then what is left, for at most `drainMs`; never rejects. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

const MAX_ATTEMPTS = 5

/**
 * Alerts at rest.
 *
 * Guarantees: one at a time, in order where none fails; an attempt that may succeed later is made 5 times, and no sooner than the
 * sink asks for; an alert may come twice where the answer to the first one was lost.
 */
export function createAlerts(options: AlertsOptions): Alerts {
  const { sink, url, post, additionalInfo, onResult = () => {} } = options
  const { maxQueued = 1_000, backoffMs = 1_000, drainMs = 2_000 } = options

  async function send(alert: RollAlert, signal: AbortSignal): Promise<void> {
    try {
      await post({ url, ...alertBody(sink, alertText(alert, additionalInfo)) }, signal)
      onResult(alert, 'sent')
    } catch (error) {
      if (!(error instanceof PostError && error.final)) throw error
      onResult(alert, 'refused', error)
    }
  }

  const outbox = createOutbox<RollAlert>({
    send,
    onDropped: (alert, error) => onResult(alert, 'dropped', error),
    retryAfterMs: (error) => (error instanceof PostError ? error.retryAfterMs : 0),
    maxAttempts: MAX_ATTEMPTS,
    maxQueued,
    backoffMs,
    drainMs,
  })
  return { send: outbox.put, run: outbox.run }
}
