// The time at the API server, told by its answers.

/** An estimate that is never later than the time there, and at most a second and a round trip earlier. */
export interface ServerClock {
  /** Takes in the `Date` header of an answer that arrived just now. */
  hear(date: string | undefined): void
  /** In ms since 1970; undefined before the first answer. */
  now(): number | undefined
}

/** A clock not set yet. `monotonic` is a clock in ms that never jumps. */
export function createServerClock(monotonic: () => number = () => performance.now()): ServerClock {
  let heard: string | undefined
  let offsetMs: number | undefined
  return {
    hear(date) {
      // Within one second of the server the first answer tells most: later ones would only set the clock back.
      if (date === undefined || date === heard) return
      heard = date
      const serverMs = Date.parse(date)
      if (Number.isFinite(serverMs)) offsetMs = serverMs - monotonic()
    },
    now: () => (offsetMs === undefined ? undefined : Math.floor(offsetMs + monotonic())),
  }
}
