// One abort signal made of the caller's and of a timer that can be set anew, and other ways to stop waiting on a signal.
import { setMaxListeners } from 'node:events'

/** Calls `listener` when `signal` aborts. Returns what ends it. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  // One signal may stop a whole process: as many listen as there are requests in flight, and that is no leak.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}

/** A signal that aborts with the caller's, or when time is up. */
export interface Deadline {
  readonly signal: AbortSignal
  /** How long until time is up. */
  remainingMs(): number
  /** Sets the time anew, counted from now. */
  extend(ms: number): void
  /** Lets go of the caller's signal and the timer. To be called on every path, or they are held. */
  end(): void
}

/** How a deadline is made. */
export interface DeadlineOptions {
  readonly signal?: AbortSignal | undefined
  readonly ms: number
  /** What the signal aborts with when time is up. */
  readonly onTimeout: (ms: number) => Error
}

/** A deadline that runs from now on. */
export function createDeadline({ signal, ms, onTimeout }: DeadlineOptions): Deadline {
  const controller = new AbortController()
  const abort = () => controller.abort(signal?.reason)
  if (signal?.aborted) abort()
  const unlisten = signal === undefined ? undefined : onAbort(signal, abort)

  let lengthMs = ms
  let endsAt = performance.now() + ms
  let ended = false
  const isUp = () => performance.now() >= endsAt
  const abortIfUp = () => {
    if (ended) return
    if (isUp()) controller.abort(onTimeout(lengthMs))
    else check()
  }
  /** Fires at the earliest possible end and then sleeps on, so that extending costs no system call. */
  const check = () => {
    // After a stall of the event loop what came in time may still wait to be read: one turn for it first.
    if (isUp()) setImmediate(abortIfUp)
    else timer = setTimeout(check, endsAt - performance.now())
  }
  let timer = setTimeout(check, ms)
  return {
    signal: controller.signal,
    remainingMs: () => endsAt - performance.now(),
    extend(nextMs) {
      const earlier = performance.now() + nextMs < endsAt
      lengthMs = nextMs
      endsAt = performance.now() + nextMs
      if (!earlier) return
      clearTimeout(timer)
      timer = setTimeout(check, nextMs)
    },
    end() {
      ended = true
      clearTimeout(timer)
      unlisten?.()
    },
  }
}

/** Settles as `promise` does, or rejects with the reason of `signal` when it aborts first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    const unlisten = onAbort(signal, abort)
    promise.then(resolve, reject).finally(unlisten)
  })
}
