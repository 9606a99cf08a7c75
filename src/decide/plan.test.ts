import { describe, expect, it } from 'vitest'
import { workload } from '../../test/builders.ts'
import {
  type DecisionCase,
  follow,
  GONE,
  LISTED,
  mark,
  NOT_SHOWN,
  OUT_OF_SCOPE,
  observationOf,
  pendingSince,
  planOf,
  recorded,
  second,
  shown,
  there,
  unread,
  unreadable,
} from '../../test/decision-case.ts'
import type { Plan } from '../types/plan.ts'
import type { ConfigRecord } from '../types/record.ts'
import { MAX_UNFOLLOWED, planRollout } from './plan.ts'
import { patternsOf } from './settings/patterns.ts'
import { formatStamp } from './stamps/stamp.ts'

const A = recorded('10', 'A')
const ABSENT: ConfigRecord = { state: 'absent' }
const SETTLING = { state: 'settling' } as const
const ASKS_NOTHING = workload()

function summary({ kind, reason }: Plan): string {
  return `${kind} ${reason}`
}

describe('the plan is named by', () => {
  it.each<readonly [string, DecisionCase, string]>([
    ['nothing, where nothing is followed', { record: {} }, 'skip NothingFollowed'],
    ['a first record, where nothing is followed', {}, 'adopt FirstObservation'],
    ['a first record, also where all is absent', { sees: { a: GONE } }, 'record Absent'],
    [
      'a roll, before anything else',
      { record: { a: A, b: A }, sees: { a: unreadable(), b: there('20', 'B'), c: there('20', 'C') } },
      'roll DigestChanged',
    ],
    [
      'an adoption, before a record',
      { record: {}, sees: { a: GONE, b: there('20', 'B') } },
      'adopt NewlyFollowed',
    ],
    ['a record, before a hold', { record: { b: A }, sees: { a: GONE, b: SETTLING } }, 'record Absent'],
    [
      'a hold, before a wait',
      { record: { a: A, b: A }, sees: { a: unreadable(), b: SETTLING } },
      'hold Settling',
    ],
    [
      'a wait, before a skip',
      { record: { a: A, b: A }, sees: { a: unread('10', { name: 'a' }), b: unreadable() } },
      'wait Unreadable',
    ],
    [
      'the first of equals, by id',
      { record: { a: A, b: A }, sees: { b: NOT_SHOWN, a: OUT_OF_SCOPE } },
      'skip OutOfScope',
    ],
  ])('%s', (_by, each, expected) => {
    expect(summary(planOf(each))).toBe(expected)
  })
})

describe('one that must wait', () => {
  const plan = planOf({
    record: { a: A, b: A, c: A },
    sees: { a: unreadable(shown('20')), b: there('20', 'B', { uid: 'conf-uid' }), c: SETTLING },
    pending: { c: pendingSince('15', { notBeforeMs: 700 }) },
  })

  it('never holds a roll for another', () => {
    expect(plan.outcomes.map(({ id, kind, reason }) => `${id} ${kind} ${reason}`)).toEqual([
      'ConfigMap/a wait Unreadable',
      'ConfigMap/b roll DigestChanged',
      'ConfigMap/c hold Settling',
    ])
    expect(plan.kind === 'roll' && plan.stamps.map(({ follow }) => follow.config.name)).toEqual(['b'])
  })

  it('keeps its record', () => {
    expect(plan.record?.configs).toMatchObject({
      'ConfigMap/a': A,
      'ConfigMap/b': recorded('20', 'B'),
      'ConfigMap/c': A,
    })
  })

  it('is tried again, or looked at again', () => {
    expect(plan).toMatchObject({ retry: true, lookAgainAtMs: 700 })
  })
})

describe('what settles is looked at again', () => {
  it('when the first of several is settled', () => {
    const pending = {
      a: pendingSince('15', { notBeforeMs: 900 }),
      b: pendingSince('16', { notBeforeMs: 800 }),
    }
    expect(
      planOf({ record: { a: A, b: A }, sees: { a: SETTLING, b: SETTLING }, pending }).lookAgainAtMs,
    ).toBe(800)
  })

  it('at once where nobody knows until when', () => {
    expect(planOf({ record: { a: A }, sees: { a: SETTLING } }).lookAgainAtMs).toBe(0)
  })

  it('and what was decided is not', () => {
    const pending = { a: pendingSince('15', { notBeforeMs: 900 }) }
    const plan = planOf({ record: { a: A }, sees: { a: there('20', 'A') }, pending })
    expect(plan.lookAgainAtMs).toBeUndefined()
    expect(plan.retry).toBe(false)
  })
})

describe('one roll', () => {
  it('carries every config that differs, sorted', () => {
    const plan = planOf({
      record: { a: A, b: A, c: A },
      sees: { c: there('22', 'C'), a: there('20', 'B'), b: there('21', 'A') },
    })
    expect(plan.kind === 'roll' && plan.stamps.map(({ follow }) => follow.config.name)).toEqual(['a', 'c'])
  })
})

describe('the record', () => {
  it('begins with the workload, its uid and the present time', () => {
    expect(planOf({ now: second(42) }).record).toEqual({
      workload: LISTED.ref,
      uid: LISTED.uid,
      since: second(42),
      configs: {},
    })
  })

  it('keeps its time while the expressions stay', () => {
    expect(planOf({ record: { a: A }, since: second(3), sees: { a: there('20', 'B') } }).record?.since).toBe(
      second(3),
    )
  })

  it('of the same content under later versions is kept without being written', () => {
    const plan = planOf({ record: { a: A }, sees: { a: there('20', 'A', { uid: 'conf-uid' }) } })
    expect(plan).toMatchObject({ kind: 'skip', record: { configs: { 'ConfigMap/a': recorded('20', 'A') } } })
  })

  it('is written where a stamp alone told it, even of what settles, cannot be read or is out of sight', () => {
    const variables = [{ container: 'app', name: 'STAKATER_A_CONFIGMAP', value: stampOf('20', 'B') }]
    const stamped = { ...LISTED, stamps: { variables } }
    for (const a of [SETTLING, unreadable(), NOT_SHOWN, OUT_OF_SCOPE]) {
      const plan = planOf({ workload: stamped, record: { a: A }, sees: { a } })
      expect(plan).toMatchObject({
        kind: 'record',
        record: { configs: { 'ConfigMap/a': recorded('20', 'B') } },
      })
    }
  })

  const listing = workload({ annotations: { 'configmap.reloader.stakater.com/reload': 'co.*' } })
  const patterns = patternsOf(listing.settings)

  it('begins its time anew with other expressions, even where nothing else changed', () => {
    const plan = planOf({
      workload: listing,
      record: {},
      patterns: 'others',
      since: second(3),
      now: second(42),
    })
    expect(plan).toMatchObject({ kind: 'record', record: { patterns, since: second(42) } })
  })

  it('is left alone where the expressions stay', () => {
    const plan = planOf({ workload: listing, record: {}, patterns, since: second(3), now: second(42) })
    expect(plan).toMatchObject({ kind: 'skip', record: { patterns, since: second(3) } })
  })
})

/** The stamp of a roll of `a` to that version and content. */
function stampOf(version: string, held: string): string {
  const plan = planOf({ record: { a: A }, sees: { a: there(version, held, { uid: 'conf-uid' }) } })
  const [entry] = plan.kind === 'roll' ? plan.stamps : []
  if (entry === undefined) throw new Error('Cannot stamp: nothing rolls')
  return formatStamp({ ...entry, follow: follow('a') })
}

describe('what is no longer followed', () => {
  it('becomes a mark of uid and version', () => {
    const plan = planOf({ record: { a: A, b: A }, sees: { b: unread('10') } })
    expect(plan).toMatchObject({ kind: 'record', reason: 'Unfollowed' })
    expect(plan.record?.configs).toEqual({ 'ConfigMap/a': mark('10'), 'ConfigMap/b': A })
  })

  it('becomes a mark as new as the stamp of its last roll', () => {
    const variables = [{ container: 'app', name: 'STAKATER_A_CONFIGMAP', value: stampOf('20', 'B') }]
    const plan = planOf({ workload: { ...LISTED, stamps: { variables } }, record: { a: A } })
    expect(plan.record?.configs).toEqual({ 'ConfigMap/a': mark('20') })
  })

  it('leaves nothing where nothing was known of it', () => {
    const plan = planOf({ record: { a: ABSENT, b: { state: 'unread' } } })
    expect(plan).toMatchObject({ kind: 'record', reason: 'Unfollowed', record: { configs: {} } })
  })

  it('is no news twice', () => {
    expect(summary(planOf({ record: { a: mark('10') } }))).toBe('skip Unfollowed')
  })

  it(`is marked for the newest ${MAX_UNFOLLOWED} only`, () => {
    const marks = Array.from({ length: MAX_UNFOLLOWED + 2 }, (_, index) => [
      `c${index}`,
      mark(`${99 + index}`),
    ])
    const plan = planOf({ record: Object.fromEntries(marks) })
    const kept = Object.keys(plan.record?.configs ?? {})
    expect(kept).toHaveLength(MAX_UNFOLLOWED)
    expect(kept).not.toContain('ConfigMap/c0')
    expect(kept).not.toContain('ConfigMap/c1')
    expect(plan.kind).toBe('record')
  })
})

describe('a workload that asks for nothing', () => {
  it('is nothing to do where nothing is recorded', () => {
    expect(planOf({ workload: ASKS_NOTHING })).toEqual({
      kind: 'skip',
      reason: 'NotOptedIn',
      outcomes: [],
      retry: false,
    })
  })

  it('has its records turned into marks, once', () => {
    const plan = planOf({ workload: ASKS_NOTHING, record: { a: A, b: ABSENT } })
    expect(plan).toMatchObject({ kind: 'record', reason: 'Unfollowed' })
    expect(plan.record?.configs).toEqual({ 'ConfigMap/a': mark('10') })
    expect(summary(planOf({ workload: ASKS_NOTHING, record: { a: mark('10') } }))).toBe('skip NotOptedIn')
  })

  it('has its expressions forgotten, so that they wait for nothing created meanwhile', () => {
    const plan = planOf({ workload: ASKS_NOTHING, record: {}, patterns: 'some' })
    expect(plan.kind).toBe('record')
    expect(plan.record).not.toHaveProperty('patterns')
  })
})

it('a Secret and a ConfigMap of one name are two configs', () => {
  const observation = observationOf({ record: { conf: A }, sees: { conf: unread('10') } })
  const secret = { follow: follow('conf', {}, 'Secret'), observation: GONE }
  const plan = planRollout({ ...observation, configs: [secret, ...observation.configs] })
  expect(plan.outcomes.map(({ id }) => id)).toEqual(['ConfigMap/conf', 'Secret/conf'])
  expect(plan.record?.configs).toEqual({ 'ConfigMap/conf': A, 'Secret/conf': ABSENT })
})
