// What a look at a workload comes to, for whoever hands out the looks.

/** When to look again; `{}`: when something changes. */
export interface Result {
  readonly requeueAfterMs?: number
  /** Somebody else wrote the workload: look again once it is known in another version than this (`versionOf`). */
  readonly awaitNewerThan?: string
}
