// The time during which this process may act as the leader. It ends by itself, without any answer and without any timer.

/** Why a term ended. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** One uninterrupted time of holding the lease. */
export interface LeaderTerm {
  /** Aborts with a `LeaseLost` when the term is over. */
  readonly signal: AbortSignal
  /**
   * Throws a `LeaseLost` unless the term lasts at this very moment. To be called before each write: a process that was
   * stopped and goes on may come to its next write before it comes to its timers.
   */
  check(): void
}

/** The handle of the election on its term. */
export interface RunningTerm extends LeaderTerm {
  /** The term lasts until then (monotonic, in ms), unless it is over already. */
  lastUntil(timeMs: number): void
  /** Ends the term now. */
  end(reason: LeaseLost): void
  /** When it ended (monotonic, in ms); undefined while it lasts. */
  endedMs(): number | undefined
}

/** A term that lasts until `firstUntilMs`, unless that is put off. */
export function createLeaderTerm(firstUntilMs: number): RunningTerm {
  let untilMs = firstUntilMs
  const over = new AbortController()
  let endedMs: number | undefined
  let timer: NodeJS.Timeout | undefined

  function end(reason: LeaseLost): void {
    if (endedMs !== undefined) return
    endedMs = performance.now()
    clearTimeout(timer)
    over.abort(reason)
  }

  function endIfOver(): void {
    if (performance.now() >= untilMs)
      end(new LeaseLost('Cannot act as the leader: the lease was not renewed in time'))
  }

  function arm(): void {
    clearTimeout(timer)
    timer = setTimeout(onTimer, Math.max(0, Math.ceil(untilMs - performance.now())))
  }

  function onTimer(): void {
    endIfOver()
    if (endedMs === undefined) arm()
  }

  arm()
  return {
    signal: over.signal,
    check() {
      endIfOver()
      over.signal.throwIfAborted()
    },
    lastUntil(timeMs) {
      endIfOver()
      if (endedMs !== undefined) return
      untilMs = timeMs
      arm()
    },
    end,
    endedMs() {
      endIfOver()
      return endedMs
    },
  }
}
