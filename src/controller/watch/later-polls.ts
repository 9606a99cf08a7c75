// Where workloads are polled: a few more looks at a namespace in which a config was made, because what uses it is mostly made right
// after it, and what happens to the config next can only be told from what was before by those who knew the workload then.

/** Looks that are still to come. */
export interface LaterPolls {
  /** A config was made in `namespace`: polls it after each of the delays, and no longer for what was made there earlier. */
  after(namespace: string): void
  /** Nothing is polled any more. */
  end(): void
}

export interface LaterPollsOptions {
  readonly poll: (namespace: string) => void
  /** From one look to the next. The default ones are closer than a workload can be made and have its pods ready. */
  readonly delaysMs?: readonly number[]
}

const DELAYS_MS: readonly number[] = [1_000, 1_000, 1_000, 2_000]

/** Bounded by the namespaces: each has one look to come at a time. */
export function createLaterPolls({ poll, delaysMs = DELAYS_MS }: LaterPollsOptions): LaterPolls {
  const timers = new Map<string, NodeJS.Timeout>()

  function wait(namespace: string, [delayMs, ...rest]: readonly number[]): void {
    clearTimeout(timers.get(namespace))
    timers.delete(namespace)
    if (delayMs === undefined) return
    const look = () => {
      poll(namespace)
      wait(namespace, rest)
    }
    timers.set(namespace, setTimeout(look, delayMs))
  }

  return {
    after: (namespace) => wait(namespace, delaysMs),
    end() {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    },
  }
}
