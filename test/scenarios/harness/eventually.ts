// Waiting for conditions, never for time.

const POLL_MS = 10
const DEADLINE_MS = 15_000

export interface EventuallyOptions {
  /** What is waited for, for the error message. */
  readonly what?: string
  readonly deadlineMs?: number
}

/**
 * Calls `condition` until it answers something other than false or undefined, and returns that.
 * Errors: what `condition` throws at the deadline, else an error that names `what`.
 */
export async function eventually<T>(
  condition: () => T | false | undefined | Promise<T | false | undefined>,
  { what = condition.toString(), deadlineMs = DEADLINE_MS }: EventuallyOptions = {},
): Promise<T> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const late = performance.now() > deadline
    try {
      const answer = await condition()
      if (answer !== false && answer !== undefined) return answer
    } catch (error) {
      if (late) throw error
    }
    if (late) throw new Error(`Waited ${deadlineMs} ms in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Resolves when the wall clock shows a later whole second than at the call: timestamps of the API have no finer grain. */
export async function nextSecond(): Promise<void> {
  const second = Math.floor(Date.now() / 1000)
  await eventually(() => Math.floor(Date.now() / 1000) > second, { what: 'the next second' })
}

/** A promise with its ends out, to hold something up and to let it go. */
export interface Gate {
  /** Resolves once somebody stands before the gate. */
  readonly reached: Promise<void>
  /** How many have come to the gate so far. */
  readonly arrivals: number
  /** Waits until the gate is open. */
  pass(): Promise<void>
  open(): void
}

export function createGate(): Gate {
  let arrivals = 0
  let reach = () => {}
  let open = () => {}
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return {
    reached,
    open: () => open(),
    get arrivals() {
      return arrivals
    },
    pass() {
      arrivals += 1
      reach()
      return opened
    },
  }
}
