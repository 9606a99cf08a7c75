// How many log lines a second may bring: so many plain ones and as many warnings, so that neither drowns the other.

/** Each class has a budget of its own. */
export type LineClass = 'plain' | 'warning'

/** How many lines, by which clock. */
export interface LineBudgetOptions {
  readonly linesPerSecond: number
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

/** A budget that is whole again at every full second of its clock. */
export function createLineBudget({ linesPerSecond, now }: LineBudgetOptions): LineBudget {
  let second = Math.floor(now() / 1000)
  let suppressed = 0
  const spent = { plain: 0, warning: 0 }

  const takeSuppressed = () => {
    const taken = suppressed
    suppressed = 0
    return taken
  }

  return {
    takeSuppressed,
    spend: (lineClass) => {
      const current = Math.floor(now() / 1000)
      const nextSecond = current !== second
      if (nextSecond) {
        second = current
        spent.plain = 0
        spent.warning = 0
      }
      const due = nextSecond ? takeSuppressed() : 0
      spent[lineClass] += 1
      const admitted = spent[lineClass] <= linesPerSecond
      if (!admitted) suppressed += 1
      return { admitted, suppressed: due }
    },
  }
}
