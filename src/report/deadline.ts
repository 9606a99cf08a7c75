// A signal that aborts with another one, or when time is up.
import { setMaxListeners } from 'node:events'

/** A time limit that runs. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Lets go of the timer and of the other signal; to be called on every path. */
  readonly end: () => void
}

/** What ends a deadline early or late: the caller's signal at once, or `ms` from now. */
export interface DeadlineOptions {
  readonly signal: AbortSignal
  readonly ms: number
}

/** A deadline that runs from now on. Both ways its signal aborts with a plain reason: who needs to know asks the other signal. */
export function createDeadline({ signal, ms }: DeadlineOptions): Deadline {
  const controller = new AbortController()
  const abort = () => controller.abort()
  if (signal.aborted) abort()
  const timer = setTimeout(abort, ms)
  // One signal may stop a whole process: as many listen as there are messages under way, and that is no leak.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    },
  }
}
