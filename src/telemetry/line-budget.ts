// How many log lines a second may bring, in the long run and at once: so many plain ones and as many warnings, so that neither
// drowns the other.

/** Each class has a budget of its own. */
export type LineClass = 'plain' | 'warning'

/** How many lines, by which clock. */
export interface LineBudgetOptions {
  /** What every second adds to what may be spent. */
  readonly linesPerSecond: number
  /** The most that may be spent at once; whoever was quiet for long enough has this much. */
  readonly linesAtOnce: number
  /** Milliseconds of any clock that does not stand still. */
  readonly now: () => number
}

/** Says yes or no to each line. */
export interface LineBudget {
  /**
   * Asks for one line. `suppressed` is how many were refused since a summary was last due: never more than once a
   * second above zero, so that a summary costs at most one line a second.
   */
  readonly spend: (lineClass: LineClass) => { readonly admitted: boolean; readonly suppressed: number }
  /** What was refused and not yet told, now. */
  readonly takeSuppressed: () => number
}

/** A budget that is whole at first, and grows at every full second of its clock. */
export function createLineBudget({ linesPerSecond, linesAtOnce, now }: LineBudgetOptions): LineBudget {
  let second = Math.floor(now() / 1000)
  let suppressed = 0
  const left = { plain: linesAtOnce, warning: linesAtOnce }

  const takeSuppressed = () => {
    const taken = suppressed
    suppressed = 0
    return taken
  }

  /** True in the first call of a second. A clock that is set back costs nothing but the time it goes back. */
  const refill = () => {
    const current = Math.floor(now() / 1000)
    const added = Math.max(0, current - second) * linesPerSecond
    left.plain = Math.min(linesAtOnce, left.plain + added)
    left.warning = Math.min(linesAtOnce, left.warning + added)
    const isNext = current !== second
    second = current
    return isNext
  }

  return {
    takeSuppressed,
    spend: (lineClass) => {
      const due = refill() ? takeSuppressed() : 0
      const admitted = left[lineClass] > 0
      if (admitted) left[lineClass] -= 1
      else suppressed += 1
      return { admitted, suppressed: due }
    },
  }
}
