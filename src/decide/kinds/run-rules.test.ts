import { describe, expect, it } from 'vitest'
import { workload } from '../../../test/builders.ts'
import {
  GONE,
  outcomeOf,
  pendingSince,
  type Row,
  recorded,
  second,
  there,
  unread,
} from '../../../test/decision-case.ts'
import type { RunState, Workload } from '../../types/workload.ts'

const RUNNING = { kind: 'Job', finished: false } as const
const FINISHED = { kind: 'Job', finished: true } as const
const IDLE: Extract<RunState, { kind: 'CronJob' }> = {
  kind: 'CronJob',
  suspended: false,
  forbidsOverlap: false,
  active: false,
}
const FORBID = { ...IDLE, forbidsOverlap: true }

function running(run: RunState, source: 'list' | 'watch' = 'list'): Workload {
  return { ...workload({ annotations: { 'reloader.stakater.com/auto': 'true' } }, { source }), run }
}

/** The ConfigMap went from A to B, and a watch showed it. */
const WATCHED = {
  record: recorded('10', 'A'),
  sees: there('20', 'B', { written: 20 }),
  pending: pendingSince('20'),
} as const
/** The same, while nobody watched. */
const FOUND = { record: recorded('10', 'A'), sees: there('20', 'B', { written: 20 }) } as const

const scheduled = (atSecond: number, scheduledAt?: string) => ({
  ...IDLE,
  lastScheduled: second(atSecond),
  ...(scheduledAt === undefined ? {} : { scheduledAt }),
})
const NEXT_RUN = { cronJobStrategy: 'next-run' } as const
const RERUN = { rerunFinishedJobs: true }

const ROWS: readonly (readonly [string, RunState, Omit<Row, 'workload'>, string])[] = [
  ['a Job at work rolls', RUNNING, WATCHED, 'roll DigestChanged'],
  ['a Job at work rolls for no change found at start', RUNNING, FOUND, 'record FoundAtStart'],
  ['a finished Job is left alone', FINISHED, WATCHED, 'record Finished'],
  ['a finished Job rolls on demand', FINISHED, { ...WATCHED, policy: RERUN }, 'roll DigestChanged'],
  [
    'a finished Job rolls for no change found at start, on demand neither',
    FINISHED,
    { ...FOUND, policy: RERUN },
    'record FoundAtStart',
  ],
  ['a Job that has not changed', RUNNING, { ...WATCHED, sees: unread('10') }, 'skip UpToDate'],
  ['a CronJob runs', IDLE, WATCHED, 'roll DigestChanged'],
  ['a CronJob does not run for a change found at start', IDLE, FOUND, 'record FoundAtStart'],
  ['a suspended CronJob does not run', { ...IDLE, suspended: true }, WATCHED, 'record Suspended'],
  ['a CronJob is left to its next run', IDLE, { ...WATCHED, policy: NEXT_RUN }, 'record NextRun'],
  [
    'a CronJob that may overlap runs beside its Job',
    { ...IDLE, active: true },
    WATCHED,
    'roll DigestChanged',
  ],
  ['one that may not overlap waits for its Job', { ...FORBID, active: true }, WATCHED, 'hold JobActive'],
  ['one that may not overlap runs when it is idle', FORBID, WATCHED, 'roll DigestChanged'],
  ['a Job was scheduled after the change', scheduled(30, '30'), WATCHED, 'record ScheduledSince'],
  ['a Job was scheduled before the change', scheduled(10, '30'), WATCHED, 'roll DigestChanged'],
  ['a Job was scheduled in the second of the change', scheduled(20, '30'), WATCHED, 'roll DigestChanged'],
  ['a Job was scheduled, nobody saw when', scheduled(30), WATCHED, 'roll DigestChanged'],
  [
    'a Job was scheduled before a key was taken out, which moves no time',
    scheduled(15, '15'),
    { ...WATCHED, sees: there('20', 'B', { written: 10 }) },
    'roll DigestChanged',
  ],
  [
    'a Job was scheduled, nobody knows when the config was written',
    scheduled(30, '30'),
    { ...WATCHED, sees: there('20', 'B') },
    'roll DigestChanged',
  ],
  [
    'a change that was watched here while another replica acted',
    IDLE,
    { record: recorded('10', 'A'), sees: there('20', 'B', { firstSeen: '10' }) },
    'roll DigestChanged',
  ],
  [
    'a config that came into sight after its record was made',
    IDLE,
    { record: recorded('10', 'A'), sees: there('20', 'B', { firstSeen: '11' }) },
    'record FoundAtStart',
  ],
  [
    'another config under the name of one that was in sight',
    RUNNING,
    { record: recorded('10', 'A', { uid: 'former' }), sees: there('20', 'B', { firstSeen: '10' }) },
    'record FoundAtStart',
  ],
  [
    'a change that was in sight before the namespace was selected',
    IDLE,
    { record: recorded('10', 'A'), sees: there('20', 'B', { firstSeen: '10' }), selectedSince: '21' },
    'record FoundAtStart',
  ],
  [
    'a change that was watched here after the namespace was selected',
    IDLE,
    { record: recorded('10', 'A'), sees: there('20', 'B', { firstSeen: '10' }), selectedSince: '15' },
    'roll DigestChanged',
  ],
  [
    'a config that was set back to a version before its record',
    IDLE,
    { record: recorded('30', 'A'), sees: there('20', 'B', { firstSeen: '10' }) },
    'record FoundAtStart',
  ],
  [
    'a deletion that a watch showed',
    RUNNING,
    {
      record: recorded('10', 'A'),
      sees: GONE,
      pending: pendingSince('20'),
      policy: { reloadOnDelete: true },
    },
    'roll Deleted',
  ],
  [
    'a deletion found at start',
    RUNNING,
    { record: recorded('10', 'A'), sees: GONE, policy: { reloadOnDelete: true } },
    'record FoundAtStart',
  ],
]

describe('a CronJob or a Job', () => {
  it.each(ROWS)('%s', (_, run, row, outcome) => {
    expect(outcomeOf({ ...row, workload: running(run) }).outcome).toBe(outcome)
  })

  it('remembers a change that it does not run for', () => {
    expect(outcomeOf({ ...FOUND, workload: running(IDLE) }).next).toEqual(recorded('20', 'B'))
  })

  it('remembers nothing new while it waits, and sets no time to look again', () => {
    const { next, plan } = outcomeOf({ ...WATCHED, workload: running({ ...FORBID, active: true }) })
    expect(next).toEqual(WATCHED.record)
    expect(plan).not.toHaveProperty('lookAgainAtMs')
  })

  it('rolls for a change that came while its first look was under way', () => {
    const row = { sees: there('200', 'B', { firstSeen: '50' }), workload: running(RUNNING, 'watch') }
    expect(outcomeOf(row).outcome).toBe('roll ChangedWhileAdopting')
  })

  it('does not roll for what happened between its birth and the start', () => {
    const sees = there('20', 'B', { written: 20 })
    expect(outcomeOf({ sees, workload: running(RUNNING), bornUnseen: true }).outcome).toBe(
      'record FoundAtStart',
    )
  })
})
