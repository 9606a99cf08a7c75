// Workloads that are known to need a roll and have not got it. Only metrics ask; what is to be done hangs on the records.

export interface OutOfDate {
  /** This workload needs a roll since `sinceMs` of the monotonic clock; undefined: nobody is going to roll it. */
  add(workloadKey: string, sinceMs: number | undefined): void
  /** The workload was rolled, needs it no more, or is gone. */
  delete(workloadKey: string): void
  readonly size: number
  /** Since when the oldest of those that are to be rolled needs it; undefined where there is none. */
  oldestMs(): number | undefined
}

/** Bounded by the workloads that exist. What was added first of a workload is when it began. */
export function createOutOfDate(): OutOfDate {
  const since = new Map<string, number | undefined>()
  return {
    add(workloadKey, sinceMs) {
      if (!since.has(workloadKey)) since.set(workloadKey, sinceMs)
    },
    delete(workloadKey) {
      since.delete(workloadKey)
    },
    get size() {
      return since.size
    },
    oldestMs() {
      const known = [...since.values()].filter((each) => each !== undefined)
      return known.length === 0 ? undefined : known.reduce((a, b) => Math.min(a, b))
    },
  }
}
