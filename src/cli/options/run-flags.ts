// The rows of the table of flags that say when a CronJob or a Job runs for a change.
import { boolFlag, wordFlag } from './flag.ts'

const ours = { source: 'ours', since: '0.1', group: 'How a workload is rolled' } as const

/** Rows by the name that the code asks for them with. */
export const RUN_FLAGS = {
  cronJobStrategy: wordFlag({
    ...ours,
    name: 'cronjob-strategy',
    default: 'run-now',
    words: ['run-now', 'next-run'],
    help: 'What a change does to a CronJob: start a Job now, or leave it to the next one',
  }),
  rerunFinishedJobs: boolFlag({
    ...ours,
    name: 'rerun-finished-jobs',
    default: false,
    help: 'Run a finished Job again when a config changes that it used',
  }),
} as const
