import { describe, expect, it, test } from 'vitest'
import { workload } from '../../test/builders.ts'
import { follow, mark } from '../../test/decision-case.ts'
import type { ConfigRecord } from '../types/record.ts'
import { type Base, baseOf, recordVersion, stampedKeysOf } from './record.ts'
import type { ParsedStamp } from './stamps/stamp.ts'

const DIGEST = `0123abcd-${'A'.repeat(43)}`

function stamp(uid: string, resourceVersion: string, keys: 'k' | 'a' = 'a'): ParsedStamp {
  return { deleted: false, uid, resourceVersion, keys, digest: DIGEST }
}

function deletion(uid: string): ParsedStamp {
  return { deleted: true, uid }
}

function present(
  uid: string,
  resourceVersion: string,
  keys: 'all' | readonly string[] = 'all',
): ConfigRecord {
  return { state: 'present', uid, resourceVersion, keys, digest: DIGEST }
}

/** The base where the config of uid `now` is in sight, and the template uses its key `a`. */
function base(record: ConfigRecord | undefined, ...stamps: readonly ParsedStamp[]): Base {
  return baseOf(record, stamps, { presentUid: 'now', stampedKeys: ['a'] })
}

const ABSENT: ConfigRecord = { state: 'absent', uid: 'old' }
const UNREAD: ConfigRecord = { state: 'unread' }

describe('a stamp is the record', () => {
  it.each<readonly [string, ConfigRecord | undefined, ParsedStamp, ConfigRecord]>([
    [
      'where there is none, and it is of the present object',
      undefined,
      stamp('now', '12'),
      present('now', '12'),
    ],
    ['where the config was never read', UNREAD, stamp('now', '12'), present('now', '12')],
    ['if it is newer', present('now', '10'), stamp('now', '12'), present('now', '12')],
    ['if it is newer by more digits', present('now', '99'), stamp('now', '100'), present('now', '100')],
    [
      'if it is newer, and of the recorded object',
      present('old', '10'),
      stamp('old', '12'),
      present('old', '12'),
    ],
    [
      'if it is newer, and of the object that is there now',
      present('old', '10'),
      stamp('now', '12'),
      present('now', '12'),
    ],
    ['if it is newer than the mark', mark('10', 'now'), stamp('now', '12'), present('now', '12')],
    [
      'where absence was recorded, and it is of a new object',
      ABSENT,
      stamp('now', '12'),
      present('now', '12'),
    ],
    [
      'over the keys of its template',
      present('now', '10'),
      stamp('now', '12', 'k'),
      present('now', '12', ['a']),
    ],
    ['that the object is absent, for a record of that object', present('old', '10'), deletion('old'), ABSENT],
  ])('%s', (_when, record, stamp, expected) => {
    expect(base(record, stamp)).toEqual({ record: expected, fromStamp: true })
  })
})

describe('a stamp counts for nothing', () => {
  it.each<readonly [string, ConfigRecord | undefined, ParsedStamp]>([
    ['if it is as old as the record', present('now', '12'), stamp('now', '12')],
    ['if it is older, as after an undo', present('now', '12'), stamp('now', '10')],
    ['if it is as old as the mark', mark('12', 'now'), stamp('now', '12')],
    [
      'if it is of neither the recorded object nor the present one',
      present('now', '10'),
      stamp('other', '12'),
    ],
    ['without a record, if it is of an object that is not there', undefined, stamp('other', '12')],
    ['of the object whose absence was recorded', ABSENT, stamp('old', '12')],
    ['of a deletion, without a record of that object', undefined, deletion('old')],
    ['of a deletion, for a record of another object', present('now', '10'), deletion('old')],
    ['of a deletion, where absence was recorded', ABSENT, deletion('old')],
    ['of a deletion, where the object is there: etcd was restored', present('now', '10'), deletion('now')],
    ['of a deletion, for a mark', mark('10', 'old'), deletion('old')],
  ])('%s', (_when, record, stamp) => {
    expect(base(record, stamp)).toEqual({ record, fromStamp: false })
  })
})

test('of several stamps the newest is the record, in any order', () => {
  const stamps = [stamp('now', '12'), stamp('now', '14'), stamp('now', '13')]
  expect(base(present('now', '10'), ...stamps).record).toEqual(present('now', '14'))
  expect(base(present('now', '10'), ...stamps.toReversed()).record).toEqual(present('now', '14'))
})

test('a deletion and what came after it are both believed, in any order', () => {
  const stamps = [deletion('old'), stamp('now', '14')]
  expect(base(present('old', '10'), ...stamps).record).toEqual(present('now', '14'))
  expect(base(present('old', '10'), ...stamps.toReversed()).record).toEqual(present('now', '14'))
})

describe('the keys of a stamp', () => {
  const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'conf', key: 'a' } } }]
  const all = [{ configMapRef: { name: 'whole' } }]
  const subject = workload({
    annotations: { 'reloader.stakater.com/auto': 'true' },
    spec: { containers: [{ name: 'app', env, envFrom: all }] },
  })

  it('are those that the template uses, whatever counts for the workload', () => {
    expect(stampedKeysOf(subject, follow('conf', { keys: 'all' }))).toEqual(['a'])
  })

  it('are unknown where the template uses all keys now, or none', () => {
    expect(stampedKeysOf(subject, follow('whole'))).toEqual([])
    expect(stampedKeysOf(subject, follow('other'))).toEqual([])
    expect(stampedKeysOf(subject, follow('conf', {}, 'Secret'))).toEqual([])
  })
})

test('only contents and marks speak of a version', () => {
  expect([present('now', '10'), mark('9'), ABSENT, UNREAD, undefined].map(recordVersion)).toEqual([
    '10',
    '9',
    undefined,
    undefined,
    undefined,
  ])
})
