import { describe, expect, it } from 'vitest'
import { TEST_KEY } from '../../test/builders.ts'
import { follow, mark, POLICY, recorded, shown } from '../../test/decision-case.ts'
import type { KeySet } from '../types/config.ts'
import type { ConfigRecord } from '../types/record.ts'
import { hasKeyId, type Need, needOf } from './need.ts'

const A = recorded('10', 'A')
const ABSENT: ConfigRecord = { state: 'absent' }
const UNREAD: ConfigRecord = { state: 'unread' }

interface Case {
  readonly record: ConfigRecord | undefined
  readonly fromStamp?: boolean
  /** What the store shows; missing: nothing. */
  readonly version?: string
  readonly uid?: string
  readonly keys?: KeySet
  readonly reloadOnDelete?: boolean
}

function need({ record, fromStamp = false, version, uid, keys = 'all', reloadOnDelete = false }: Case): Need {
  return needOf(follow('conf', { keys }), {
    config: version === undefined ? undefined : shown(version, '', uid === undefined ? {} : { uid }),
    base: { record, fromStamp },
    policy: { ...POLICY, reloadOnDelete },
    digestKeyId: TEST_KEY.id,
  })
}

describe('a config in sight', () => {
  it.each<readonly [string, Case, Need]>([
    ['that has no record is read', { record: undefined, version: '10' }, 'content'],
    ['that was recorded as absent is read', { record: ABSENT, version: '10' }, 'content'],
    ['that could not be read is read', { record: UNREAD, version: '10' }, 'content'],
    ['that is followed again is read', { record: mark('10'), version: '10' }, 'content'],
    ['of the recorded version is not read', { record: A, version: '10' }, 'nothing'],
    ['of another version is read', { record: A, version: '11' }, 'content'],
    ['of an older version is read', { record: A, version: '9' }, 'content'],
    ['that is another object is read', { record: A, version: '10', uid: 'new' }, 'content'],
    ['of which other keys count is read', { record: A, version: '10', keys: ['a'] }, 'content'],
    ['of which only a stamp speaks is read', { record: A, fromStamp: true, version: '10' }, 'content'],
    [
      'whose digest is of another key is read',
      { record: { ...A, digest: '00000000-x' } as ConfigRecord, version: '10' },
      'content',
    ],
  ])('%s', (_what, each, expected) => {
    expect(need(each)).toBe(expected)
  })
})

describe('a config that is not in sight', () => {
  it.each<readonly [string, Case, Need]>([
    ['and has no record is asked for', { record: undefined }, 'existence'],
    ['and is followed again is asked for', { record: mark('10') }, 'existence'],
    ['and was recorded as absent is not asked for', { record: ABSENT }, 'nothing'],
    ['and was never read is not asked for', { record: UNREAD }, 'nothing'],
    ['and has a record is not asked for', { record: A }, 'nothing'],
    [
      'and has a record is asked for where a deletion rolls',
      { record: A, reloadOnDelete: true },
      'existence',
    ],
    [
      'and was recorded as absent is not asked for either',
      { record: ABSENT, reloadOnDelete: true },
      'nothing',
    ],
  ])('%s', (_what, each, expected) => {
    expect(need(each)).toBe(expected)
  })
})

it('tells by the head of a digest which key made it', () => {
  expect(hasKeyId('ab-x', 'ab')).toBe(true)
  expect(hasKeyId('abc-x', 'ab')).toBe(false)
  expect(hasKeyId('ab', 'ab')).toBe(false)
})
