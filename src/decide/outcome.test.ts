import { describe, expect, it, test } from 'vitest'
import {
  digest,
  GONE,
  LISTED,
  NOT_SHOWN,
  OUT_OF_SCOPE,
  outcomeOf,
  pendingSince,
  recorded,
  second,
  shown,
  there,
  unread,
  unreadable,
} from '../../test/decision-case.ts'
import { type Case, holds } from '../../test/decision-rows.ts'
import type { ConfigRecord } from '../types/record.ts'

const ON_CREATE = { reloadOnCreate: true }
const ON_DELETE = { reloadOnDelete: true }
const ABSENT: ConfigRecord = { state: 'absent' }
const UNREAD: ConfigRecord = { state: 'unread' }

const A = recorded('10', 'A')

describe('the core rule', () => {
  const rows: readonly Case[] = [
    ['no record at all, present', { sees: there('10', 'A') }, 'adopt FirstObservation', A],
    ['no record at all, absent', { sees: GONE }, 'record Absent', ABSENT],
    ['not in the record, present', { record: 'none', sees: there('10', 'A') }, 'adopt NewlyFollowed', A],
    ['not in the record, absent', { record: 'none', sees: GONE }, 'record Absent', ABSENT],
    ['absent, present', { record: ABSENT, sees: there('10', 'A') }, 'adopt CreatedQuietly', A],
    [
      'absent, present, reload-on-create',
      { record: ABSENT, sees: there('10', 'A'), policy: ON_CREATE },
      'roll Created',
      A,
    ],
    ['absent, absent', { record: ABSENT, sees: NOT_SHOWN }, 'skip UpToDate', ABSENT],
    ['absent, absent and asked for', { record: ABSENT, sees: GONE }, 'skip UpToDate', ABSENT],
    ['equal, same version', { record: A, sees: unread('10') }, 'skip UpToDate', A],
    ['equal, a later version', { record: A, sees: there('20', 'A') }, 'skip UpToDate', recorded('20', 'A')],
    ['different', { record: A, sees: there('20', 'B') }, 'roll DigestChanged', recorded('20', 'B')],
    ['content, absent', { record: A, sees: NOT_SHOWN }, 'skip KeptWhileAbsent', A],
    ['content, absent and asked for', { record: A, sees: GONE }, 'skip KeptWhileAbsent', A],
    [
      'content, absent, reload-on-delete',
      { record: A, sees: GONE, policy: ON_DELETE },
      'roll Deleted',
      { state: 'absent', uid: 'conf-uid' },
    ],
    [
      'content, not shown and not asked for, reload-on-delete',
      { record: A, sees: NOT_SHOWN, policy: ON_DELETE },
      'skip KeptWhileAbsent',
      A,
    ],
    [
      'absent again, reload-on-delete',
      { record: { state: 'absent', uid: 'conf-uid' }, sees: NOT_SHOWN, policy: ON_DELETE },
      'skip UpToDate',
      { state: 'absent', uid: 'conf-uid' },
    ],
    ['content, out of scope', { record: A, sees: OUT_OF_SCOPE }, 'skip OutOfScope', A],
    [
      'content, out of scope, reload-on-delete',
      { record: A, sees: OUT_OF_SCOPE, policy: ON_DELETE },
      'skip OutOfScope',
      A,
    ],
    ['absent, out of scope', { record: ABSENT, sees: OUT_OF_SCOPE }, 'skip OutOfScope', ABSENT],
    ['no record, out of scope', { sees: OUT_OF_SCOPE }, 'record OutOfScope', UNREAD],
    ['content, unreadable', { record: A, sees: unreadable(shown('20')) }, 'wait Unreadable', A],
    ['absent, unreadable', { record: ABSENT, sees: unreadable() }, 'wait Unreadable', ABSENT],
    ['no record at all, unreadable', { sees: unreadable(shown('20')) }, 'wait Unreadable', UNREAD],
    ['no record at all, nobody can tell', { sees: unreadable() }, 'wait Unreadable', undefined],
    [
      'not in the record, unreadable',
      { record: 'none', sees: unreadable(shown('20')) },
      'wait Unreadable',
      undefined,
    ],
    ['content, settling', { record: A, sees: { state: 'settling' } }, 'hold Settling', A],
    [
      'not in the record, settling',
      { record: 'none', sees: { state: 'settling' } },
      'hold Settling',
      undefined,
    ],
  ]
  holds(rows)

  it('has the API error in the outcome of what cannot be read', () => {
    expect(outcomeOf({ record: A, sees: unreadable() }).plan.outcomes[0]?.detail).toBe('forbidden')
  })

  it('stamps a roll with what was read, and its data time', () => {
    const { plan } = outcomeOf({ record: A, sees: there('20', 'B', { created: 1, written: 7 }) })
    expect(plan.kind === 'roll' && plan.stamps).toMatchObject([
      {
        uid: 'conf-uid',
        change: { state: 'present', resourceVersion: '20', digest: digest('B'), dataTime: second(7) },
      },
    ])
  })

  it('stamps with the creation time where nothing tells when data were written', () => {
    const { plan } = outcomeOf({ record: A, sees: there('20', 'B', { created: 3 }) })
    expect(plan.kind === 'roll' && plan.stamps[0]?.change).toMatchObject({ dataTime: second(3) })
  })

  it('stamps a deletion with the uid of what was there', () => {
    const { plan } = outcomeOf({ record: A, sees: GONE, policy: ON_DELETE })
    expect(plan.kind === 'roll' && plan.stamps).toMatchObject([
      { uid: 'conf-uid', change: { state: 'deleted' } },
    ])
  })
})

describe('a digest under an unknown key', () => {
  const foreign = { ...recorded('10', 'A'), digest: '00000000-x' } as ConfigRecord
  holds([
    [
      'of the same version is made anew',
      { record: foreign, sees: there('10', 'A') },
      'record KeysChanged',
      A,
    ],
    [
      'of another version cannot be compared',
      { record: foreign, sees: there('20', 'B') },
      'adopt UnknownDigestKey',
      recorded('20', 'B'),
    ],
  ])
})

describe('one rollout per change-set', () => {
  const younger = {
    ...LISTED,
    templates: [
      { hash: 'x', exact: false, shown: '5' },
      { hash: 'y', exact: true, since: '25', shown: '25' },
    ],
  }
  const changed = recorded('20', 'B')
  holds([
    [
      'a template that is younger than the change',
      { workload: younger, record: A, sees: there('20', 'B') },
      'record TemplateChangedSince',
      changed,
    ],
    [
      'a change that is younger than the template',
      { workload: younger, record: A, sees: there('30', 'B') },
      'roll DigestChanged',
      recorded('30', 'B'),
    ],
    [
      'a template that is younger than a creation',
      { workload: younger, record: ABSENT, sees: there('20', 'B'), policy: ON_CREATE },
      'record TemplateChangedSince',
      changed,
    ],
    [
      'a template that is younger than a deletion',
      { workload: younger, record: A, sees: GONE, policy: ON_DELETE, pending: pendingSince('20') },
      'record TemplateChangedSince',
      { state: 'absent', uid: 'conf-uid' },
    ],
    [
      'a template between a change and the deletion after it',
      {
        workload: younger,
        record: A,
        sees: GONE,
        policy: ON_DELETE,
        pending: pendingSince('20', { last: '30' }),
      },
      'roll Deleted',
      { state: 'absent', uid: 'conf-uid' },
    ],
    [
      'a deletion of which no watch told',
      { workload: younger, record: A, sees: GONE, policy: ON_DELETE },
      'roll Deleted',
      { state: 'absent', uid: 'conf-uid' },
    ],
  ])
})

test('a record holds the digest over the keys that count', () => {
  const { next } = outcomeOf({ sees: there('10', { a: '1', b: '2' }), follow: { keys: ['b'] } })
  expect(next).toMatchObject({ keys: ['b'], digest: digest({ b: '2' }, ['b']) })
})

test('content that nobody needed to read is unchanged content', () => {
  expect(outcomeOf({ record: A, sees: unread('10') }).plan.kind).toBe('skip')
})
