import type { Runs } from '../../src/controller/roll/runs.ts'

/** No CronJob and no Job to roll, and none left half done. */
export const NO_RUNS: Runs = {
  roll: () => Promise.reject(new Error('Cannot roll: nothing here runs once')),
  unfinished: () => [],
  isUnfinished: () => false,
  finish: async () => undefined,
}
