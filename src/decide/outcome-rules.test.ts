// The rules 2c to 2g of behaviour.md about one config.
import { describe } from 'vitest'
import { workload } from '../../test/builders.ts'
import {
  contentOf,
  GONE,
  LISTED,
  mark,
  pendingSince,
  recorded,
  second,
  shown,
  there,
  unreadable,
  type VersionOptions,
} from '../../test/decision-case.ts'
import { holds } from '../../test/decision-rows.ts'
import type { ConfigRecord } from '../types/record.ts'
import type { Workload } from '../types/workload.ts'
import { patternsOf } from './settings/patterns.ts'

const ON_CREATE = { reloadOnCreate: true }
const ON_DELETE = { reloadOnDelete: true }
const ABSENT: ConfigRecord = { state: 'absent' }
const A = recorded('10', 'A')

describe('2c: an expression that was waiting', () => {
  const subject = workload(
    { annotations: { 'configmap.reloader.stakater.com/reload': 'co.*' } },
    { source: 'list' },
  )
  const waiting = {
    workload: subject,
    patterns: patternsOf(subject.settings),
    since: second(5),
    record: 'none',
    policy: ON_CREATE,
    follow: { reason: 'Named', literal: false },
  } as const
  holds([
    ['created since', { ...waiting, sees: there('10', 'A', { created: 6 }) }, 'roll Created', A],
    [
      'created since, without reload-on-create',
      { ...waiting, policy: {}, sees: there('10', 'A', { created: 6 }) },
      'adopt CreatedQuietly',
      A,
    ],
    [
      'created since, also where the template uses it',
      { ...waiting, follow: { reason: 'Named', literal: true }, sees: there('10', 'A', { created: 6 }) },
      'roll Created',
      A,
    ],
    ['created before', { ...waiting, sees: there('10', 'A', { created: 4 }) }, 'adopt NewlyFollowed', A],
    [
      'an expression that was added since',
      { ...waiting, patterns: 'another', sees: there('10', 'A', { created: 6 }) },
      'adopt NewlyFollowed',
      A,
    ],
    [
      'a name that was listed or used since',
      { ...waiting, workload: LISTED, patterns: undefined, sees: there('10', 'A', { created: 6 }) },
      'adopt NewlyFollowed',
      A,
    ],
  ])
})

describe('2d: deleted and created again, changed and changed back', () => {
  const again = recorded('20', 'A', { uid: 'new' })
  holds([
    ['with the same content', { record: A, sees: there('20', 'A', { uid: 'new' }) }, 'skip UpToDate', again],
    [
      'with the same content, where its deletion would be stamped by uid',
      { record: A, sees: there('20', 'A', { uid: 'new' }), policy: ON_DELETE },
      'record UpToDate',
      again,
    ],
    [
      'with other content',
      { record: A, sees: there('20', 'B', { uid: 'new' }) },
      'roll DigestChanged',
      recorded('20', 'B', { uid: 'new' }),
    ],
    [
      'with the same content, after its absence was recorded',
      {
        record: { state: 'absent', uid: 'conf-uid' },
        sees: there('20', 'A', { uid: 'new' }),
        policy: ON_CREATE,
      },
      'roll Created',
      again,
    ],
  ])

  /** It had its template since the version that is named; before that, another one. */
  function since(version: string): Workload {
    const known = [
      { hash: 'x', exact: false, shown: '5' },
      { hash: 'y', exact: true, since: version, shown: version },
    ]
    return { ...LISTED, templates: known }
  }
  const back = { record: A, sees: there('20', 'A'), pending: pendingSince('15', { last: '20' }) }
  const next = recorded('20', 'A')
  holds([
    ['A, B, A', back, 'skip UpToDate', next],
    ['A, B, another template, A', { ...back, workload: since('17') }, 'roll ReadInBetween', next],
    ['A, another template, B, A', { ...back, workload: since('14') }, 'skip UpToDate', next],
    ['A, B, A, another template', { ...back, workload: since('21') }, 'skip UpToDate', next],
    [
      'one change that another template followed',
      { workload: since('17'), record: A, sees: there('15', 'A'), pending: pendingSince('15') },
      'skip UpToDate',
      recorded('15', 'A'),
    ],
  ])
})

describe('2e: the recorded keys', () => {
  const keyed = recorded('10', { a: '1' }, { keys: ['a'] })
  const both = { a: '1', b: '1' }
  holds([
    [
      'a key that was not counted changed: the new keys are recorded silently',
      { record: keyed, sees: there('20', { a: '1', b: '2' }) },
      'record KeysChanged',
      recorded('20', { a: '1', b: '2' }),
    ],
    [
      'a key that was counted changed',
      { record: keyed, sees: there('20', { a: '2', b: '1' }), follow: { keys: ['b'] } },
      'roll DigestChanged',
      recorded('20', { b: '1' }, { keys: ['b'] }),
    ],
    [
      'other keys count, nothing changed',
      { record: recorded('10', both), sees: there('10', both), follow: { keys: ['a'] } },
      'record KeysChanged',
      recorded('10', { a: '1' }, { keys: ['a'] }),
    ],
    [
      'another key than those that count changed',
      { record: keyed, sees: there('20', { a: '1', b: '2' }), follow: { keys: ['a'] } },
      'skip UpToDate',
      recorded('20', { a: '1' }, { keys: ['a'] }),
    ],
  ])
})

describe('2f: followed again', () => {
  holds([
    ['adopts what is there', { record: mark('9'), sees: there('10', 'A') }, 'adopt NewlyFollowed', A],
    [
      'adopts another object too',
      { record: mark('9', 'old'), sees: there('10', 'A') },
      'adopt NewlyFollowed',
      A,
    ],
    ['records that it is absent', { record: mark('9'), sees: GONE }, 'record Absent', ABSENT],
    [
      'keeps its mark while it cannot be read',
      { record: mark('9'), sees: unreadable() },
      'wait Unreadable',
      mark('9'),
    ],
  ])
})

describe('2a: followed anew, by a workload that has a record', () => {
  /** By what the workload asks for (100), what its template uses (110), or what the config says of itself. */
  const subject: Workload = {
    ...LISTED,
    settingsSince: { shown: '100' },
    templates: [{ hash: 'x', exact: false, shown: '110' }],
  }
  const { settingsSince: _, ...unknown } = subject
  const later = (version: string, flagsSince = '50', options: VersionOptions = {}) =>
    ({
      state: 'present',
      config: { ...shown(version, '', options), firstSeen: '50', flagsSince },
      content: contentOf(version, 'A', options),
    }) as const
  const at = (version: string) => recorded(version, 'A')
  const known = { workload: subject, record: 'none' } as const
  const recreated = { state: 'absent', uid: 'former' } as const
  holds([
    ['and changed after that', { ...known, sees: later('111') }, 'roll ChangedWhileAdopting', at('111')],
    [
      'and labelled after that',
      { ...known, sees: { ...later('111'), earlier: contentOf('60', 'A') } },
      'adopt NewlyFollowed',
      at('111'),
    ],
    [
      'and changed after that, as what it held before says',
      { ...known, sees: { ...later('111'), earlier: contentOf('60', 'B') } },
      'roll ChangedWhileAdopting',
      at('111'),
    ],
    ['and changed before the template', { ...known, sees: later('110') }, 'adopt NewlyFollowed', at('110')],
    [
      'and changed after it ceased to be ignored',
      { ...known, record: mark('90'), sees: later('121', '120') },
      'roll ChangedWhileAdopting',
      at('121'),
    ],
    [
      'and changed with the version that ceased to be ignored',
      { ...known, record: mark('90'), sees: later('120', '120') },
      'adopt NewlyFollowed',
      at('120'),
    ],
    [
      'and changed after it came into scope',
      { ...known, record: { state: 'unread' }, sees: later('121', '120') },
      'roll ChangedWhileAdopting',
      at('121'),
    ],
    [
      'and created, and changed after that',
      { ...known, record: recreated, sees: later('121', '120') },
      'roll ChangedWhileAdopting',
      at('121'),
    ],
    [
      'and only created',
      { ...known, record: recreated, sees: later('120', '120') },
      'adopt CreatedQuietly',
      at('120'),
    ],
    [
      'and changed after a list that did not show its use yet, by the second',
      {
        ...known,
        workload: {
          ...subject,
          lastWriteTime: second(10),
          templates: [{ hash: 'x', exact: false, since: '104', shown: '110' }],
        },
        sees: later('105', '50', { written: 10 }),
      },
      'roll ChangedWhileAdopting',
      at('105'),
    ],
    [
      'and changed after a list that did not show its annotation yet, by the second',
      {
        ...known,
        workload: {
          ...subject,
          lastWriteTime: second(10),
          settingsSince: { shown: '110', listed: '104' },
        },
        sees: later('105', '50', { written: 10 }),
      },
      'roll ChangedWhileAdopting',
      at('105'),
    ],
    [
      'and nobody can say since when it is asked for',
      { ...known, workload: unknown, sees: later('111') },
      'adopt NewlyFollowed',
      at('111'),
    ],
    [
      'and labelled after that, long after its data were written',
      {
        ...known,
        sees: later('111', '50', { written: 1 }),
        pending: pendingSince('105', { last: '111', before: shown('50', '', { written: 1 }) }),
        now: '2026-01-01T00:02:00Z',
      },
      'adopt NewlyFollowed',
      at('111'),
    ],
  ])
})

describe('2g: a version that is older than the record', () => {
  holds([
    ['with the same content', { record: A, sees: there('9', 'A') }, 'skip UpToDate', recorded('9', 'A')],
    ['with other content', { record: A, sees: there('9', 'B') }, 'roll DigestChanged', recorded('9', 'B')],
  ])
})

describe('the incumbent that still runs beside us', () => {
  const HASH = 'a'.repeat(40)
  const NOW = recorded('20', 'B')
  const stamped = (since: string | undefined, value = HASH): Workload => ({
    ...LISTED,
    stamps: {
      variables: [{ container: 'app', name: 'STAKATER_CONF_CONFIGMAP', value }],
      ...(since === undefined ? {} : { since }),
    },
  })
  const sees = {
    ...there('20', 'B'),
    content: { ...contentOf('20', 'B'), incumbentHash: HASH },
  } as const
  holds([
    [
      'stamped the present content',
      { workload: stamped('21'), record: A, sees },
      'record AlreadyRolled',
      NOW,
    ],
    ['as a list told since', { workload: stamped('20'), record: A, sees }, 'record AlreadyRolled', NOW],
    ['stamped before the change', { workload: stamped('19'), record: A, sees }, 'roll DigestChanged', NOW],
    [
      'stamped nobody knows when',
      { workload: stamped(undefined), record: A, sees },
      'roll DigestChanged',
      NOW,
    ],
    [
      'stamped another content',
      { workload: stamped('21', 'b'.repeat(40)), record: A, sees },
      'roll DigestChanged',
      NOW,
    ],
  ])
})
