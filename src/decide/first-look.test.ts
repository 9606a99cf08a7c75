// The first look at a config for a workload of which nothing is recorded: adoption, and what makes it a roll (2a, 2b, the
// incumbent's stamps).
import { describe, expect, it } from 'vitest'
import { workload } from '../../test/builders.ts'
import {
  contentOf,
  LISTED,
  outcomeOf,
  pendingSince,
  type Row,
  recorded,
  second,
  shown,
  there,
  thereSince,
  type VersionOptions,
} from '../../test/decision-case.ts'
import { holds } from '../../test/decision-rows.ts'
import type { ConfigObservation } from '../types/plan.ts'
import type { Workload } from '../types/workload.ts'

const AUTO = { 'reloader.stakater.com/auto': 'true' }
const now = recorded('105', 'B')
const UNREAD = { state: 'unread' } as const

describe('2a: a watch event began to have it followed', () => {
  /** An event of version 100 showed it. */
  const begun: Workload = { ...LISTED, followedSince: '100' }
  const row = (sees: ConfigObservation, rest: Partial<Row> = {}): Row => ({ workload: begun, sees, ...rest })
  holds([
    [
      'and a config that was there changed after that',
      row(there('105', 'B', { firstSeen: '50' })),
      'roll ChangedWhileAdopting',
      now,
    ],
    [
      'and a config that was there was written after that, but no data',
      row(thereSince(['60', 'B'], '105', 'B', { firstSeen: '50' })),
      'adopt FirstObservation',
      now,
    ],
    [
      'and a config that was there held something else then',
      row(thereSince(['60', 'A'], '105', 'B', { firstSeen: '50' })),
      'roll ChangedWhileAdopting',
      now,
    ],
    [
      'and a config that was there changed before that',
      row(there('99', 'B', { firstSeen: '50' })),
      'adopt FirstObservation',
      recorded('99', 'B'),
    ],
    ['and a config was created after that', row(there('105', 'B')), 'adopt FirstObservation', now],
    [
      'and a config was created and changed after that',
      row(there('105', 'B', { firstSeen: '101' })),
      'roll ChangedWhileAdopting',
      now,
    ],
    [
      'and a config was created after that, with --reload-on-create',
      row(there('105', 'B', { firstSeen: '101' }), { policy: { reloadOnCreate: true } }),
      'roll Created',
      now,
    ],
    [
      'and a config that is older came into scope after that, with --reload-on-create',
      row(there('105', 'B'), {
        policy: { reloadOnCreate: true },
        now: '2026-01-01T00:05:00Z',
      }),
      'adopt FirstObservation',
      now,
    ],
    [
      'and a config was there before that, with --reload-on-create',
      row(there('99', 'B', { firstSeen: '50' }), { policy: { reloadOnCreate: true } }),
      'adopt FirstObservation',
      recorded('99', 'B'),
    ],
    [
      'and a list showed it before',
      row(there('105', 'B', { firstSeen: '50' }), { workload: LISTED }),
      'adopt FirstObservation',
      now,
    ],
    [
      'and a config that could not be read at first changed after that',
      row(there('105', 'B', { firstSeen: '50' }), { record: UNREAD }),
      'roll ChangedWhileAdopting',
      now,
    ],
    [
      'and a config changed after that, and its template after the config',
      row(there('105', 'B', { firstSeen: '50' }), {
        workload: {
          ...begun,
          templates: [
            { hash: 'x', exact: true, since: '100', shown: '100' },
            { hash: 'y', exact: true, since: '110', shown: '110' },
          ],
        },
      }),
      'record TemplateChangedSince',
      now,
    ],
  ])

  it('waits for no settle window', () => {
    const pending = pendingSince('105', { notBeforeMs: 500 })
    expect(outcomeOf(row(there('105', 'B', { firstSeen: '50' }), { pending })).outcome).toBe(
      'roll ChangedWhileAdopting',
    )
  })
})

describe('2a: a list was the first to show it followed, and its status was written since', () => {
  /** Asked for after version 90, in second 10. */
  const polled: Workload = {
    ...LISTED,
    followedSince: '100',
    settingsSince: { shown: '100', listed: '90' },
    lastWriteTime: second(10),
  }
  const row = (version: string, options: VersionOptions): Row => ({
    workload: polled,
    sees: there(version, 'B', options),
  })
  const next = recorded('95', 'B')
  holds([
    [
      'data were written in a later second',
      row('95', { firstSeen: '50', written: 11 }),
      'roll ChangedWhileAdopting',
      next,
    ],
    [
      'data were written in the same second',
      row('95', { firstSeen: '50', written: 10 }),
      'roll ChangedWhileAdopting',
      next,
    ],
    ['data were written before', row('95', { firstSeen: '50', written: 9 }), 'adopt FirstObservation', next],
    ['nobody can say when', row('95', { firstSeen: '50' }), 'adopt FirstObservation', next],
    ['the config was only created', row('95', { written: 11 }), 'adopt FirstObservation', next],
    [
      'data were written before the list that did not show it yet',
      row('90', { firstSeen: '50', written: 10 }),
      'adopt FirstObservation',
      recorded('90', 'B'),
    ],
    [
      'a config was created in a later second, with --reload-on-create',
      { ...row('95', { created: 11 }), policy: { reloadOnCreate: true } },
      'roll Created',
      next,
    ],
    [
      'a config was created in the same second, with --reload-on-create',
      { ...row('95', { created: 10 }), policy: { reloadOnCreate: true } },
      'adopt FirstObservation',
      next,
    ],
    [
      'it asks for something else since',
      {
        workload: { ...polled, settingsSince: { shown: '110', listed: '105' } },
        sees: there('95', 'B', { firstSeen: '50', written: 11 }),
      },
      'adopt FirstObservation',
      next,
    ],
  ])
})

describe('2b: it was born while nobody watched', () => {
  const born = workload(
    { annotations: AUTO, metadata: { creationTimestamp: second(10) } },
    { source: 'list' },
  )
  const row = (options: VersionOptions, rest: Partial<Row> = {}): Row => ({
    workload: born,
    bornUnseen: true,
    sees: there('105', 'B', options),
    ...rest,
  })
  holds([
    ['and data were written after that', row({ written: 11 }), 'roll BornUnseen', now],
    ['and data were written in the same second', row({ written: 10 }), 'adopt FirstObservation', now],
    ['and data were written before', row({ written: 9 }), 'adopt FirstObservation', now],
    ['and a config was created after that', row({ created: 11, written: 11 }), 'adopt FirstObservation', now],
    [
      'and a config was created after that and then written',
      row({ created: 11, written: 12 }),
      'roll BornUnseen',
      now,
    ],
    ['and nothing tells when data were written', row({}), 'adopt FirstObservation', now],
    [
      'and a config that could not be read at first was written after that',
      row({ written: 11 }, { record: UNREAD }),
      'roll BornUnseen',
      now,
    ],
    [
      'and the config is newly followed',
      row({ written: 11 }, { record: 'none' }),
      'adopt NewlyFollowed',
      now,
    ],
    [
      'but it was seen being born',
      row({ written: 11 }, { bornUnseen: false }),
      'adopt FirstObservation',
      now,
    ],
  ])
})

describe('a stamp of the incumbent', () => {
  const HASH = 'b'.repeat(40)
  const OTHER = 'c'.repeat(40)
  const stamped: Workload = {
    ...LISTED,
    stamps: { variables: [{ container: 'app', name: 'STAKATER_CONF_CONFIGMAP', value: HASH }] },
    lastRolloutTime: second(20),
  }
  const read = (written: number | undefined, incumbentHash = OTHER): ConfigObservation => {
    const options = written === undefined ? {} : { written }
    return {
      state: 'present',
      config: shown('105', '', options),
      content: { ...contentOf('105', 'B', options), incumbentHash },
    }
  }
  const row = (sees: ConfigObservation, rest: Partial<Row> = {}): Row => ({
    workload: stamped,
    sees,
    ...rest,
  })
  holds([
    ['of the present content', row(read(30, HASH)), 'adopt FirstObservation', now],
    ['of other content, rolled out before it was written', row(read(30)), 'roll IncumbentStampStale', now],
    ['of other content, rolled out since', row(read(10)), 'adopt FreshPods', now],
    ['of other content, written nobody knows when', row(read(undefined)), 'adopt FreshPods', now],
    [
      'of other content, where missed changes are only recorded',
      row(read(30), { policy: { adopt: 'record' } }),
      'adopt FirstObservation',
      now,
    ],
    [
      'of a config that could not be read at first',
      row(read(30), { record: UNREAD }),
      'roll IncumbentStampStale',
      now,
    ],
    ['of a config with a record', row(read(30), { record: recorded('100', 'B') }), 'skip UpToDate', now],
    ['of a newly followed config', row(read(30), { record: 'none' }), 'adopt NewlyFollowed', now],
    [
      'of the present content, of a workload that began to be followed before the last change',
      row(read(30, HASH), { workload: { ...stamped, followedSince: '100' } }),
      'adopt FirstObservation',
      now,
    ],
    [
      'that says fresh, of a workload born unseen',
      row(read(10), {
        workload: { ...stamped, creationTimestamp: second(5) },
        bornUnseen: true,
      }),
      'roll BornUnseen',
      now,
    ],
  ])
})
