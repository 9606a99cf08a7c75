// One abort signal made of the caller's and of a timer that can be set anew.

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
  else signal?.addEventListener('abort', abort, { once: true })

  let lengthMs = ms
  let endsAt = performance.now() + ms
  /** Fires at the earliest possible end and then sleeps on, so that extending costs no system call. */
  const check = () => {
    const leftMs = endsAt - performance.now()
    if (leftMs > 0) timer = setTimeout(check, leftMs)
    else controller.abort(onTimeout(lengthMs))
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
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    },
  }
}

/** Resolves after `ms`; rejects with the reason of `signal` when it aborts first. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal.addEventListener('abort', abort, { once: true })
  })
}

/** Settles as `promise` does, or rejects with the reason of `signal` when it aborts first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
