// Turns the signals that ask a process to stop into an AbortSignal.

/** What a shell reports of a process that a signal ended. */
const EXIT_CODES = { SIGTERM: 143, SIGINT: 130 } as const

/** What of `process` is needed. */
export interface SignalSource {
  readonly on: (name: keyof typeof EXIT_CODES, listener: () => void) => unknown
  readonly exit: (code: number) => void
}

/** Aborts at the first SIGTERM or SIGINT; a second one, of either kind, ends the process at once. */
export function stopSignal({ on, exit }: SignalSource): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    on(name, () => {
      if (stop.signal.aborted) exit(EXIT_CODES[name])
      else stop.abort(new Error(`${name} received`))
    })
  }
  return stop.signal
}
