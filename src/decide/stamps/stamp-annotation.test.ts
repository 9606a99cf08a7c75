import { describe, expect, it } from 'vitest'
import {
  brings,
  type Case,
  change,
  DIGEST,
  deletes,
  follow,
  recorded,
  recordOf,
  SHA1,
  text,
  variable,
} from '../../../test/stamp-case.ts'
import { type ConfigRecord, configId } from '../../types/record.ts'
import type { StampChange } from '../../types/workload.ts'
import { LAST_RELOADED_FROM } from '../settings/annotation-names.ts'
import { DELETE_MARKER_HASH } from './incumbent-hash.ts'
import { MAX_SOURCES } from './stamp-change.ts'

const A = 'STAKATER_A_CONFIGMAP'
const B = 'STAKATER_B_CONFIGMAP'

describe('the annotations strategy', () => {
  function written(result: StampChange | undefined): unknown {
    return JSON.parse(result?.annotations[LAST_RELOADED_FROM] ?? 'null')
  }

  it('writes the fields of the incumbent, of the config with the highest resourceVersion, and all stamps, sorted', () => {
    const [a, b] = [follow('a', 'side'), follow('b', 'app', 'Secret')]
    const result = change({
      strategy: 'annotations',
      follows: [a, b],
      stamps: [brings(b, '9'), brings(a, '10')],
    })
    expect(result).toMatchObject({ set: [], remove: [], recordFirst: false })
    expect(result?.annotations[LAST_RELOADED_FROM]).toBe(
      `{"type":"CONFIGMAP","name":"a","namespace":"shop","hash":"${DIGEST}","containerRefs":["side"],` +
        `"observedAt":1767225605,"sources":["${text('a', '10')}","${text('b', '9')}"]}`,
    )
  })

  it('marks a deletion as the incumbent does, with no time, because none is known', () => {
    const result = change({ strategy: 'annotations', follows: [follow('a')], stamps: [deletes(follow('a'))] })
    expect(written(result)).toEqual({
      type: 'CONFIGMAP',
      name: 'a',
      namespace: 'shop',
      hash: DELETE_MARKER_HASH,
      containerRefs: ['app'],
      sources: ['a-uid.deleted'],
    })
  })

  it('names what is there rather than what was deleted', () => {
    const [a, b] = [follow('a'), follow('b')]
    expect(
      written(change({ strategy: 'annotations', follows: [a, b], stamps: [deletes(a), brings(b, '2')] })),
    ).toMatchObject({
      name: 'b',
    })
  })

  it('takes every variable out, and carries over what no written record knows yet', () => {
    const [a, b, c, d] = [follow('a'), follow('b'), follow('c'), follow('d')]
    const variables = [
      variable(B, text('b', '8')),
      variable('STAKATER_C_CONFIGMAP', text('c', '5')),
      variable('STAKATER_X_SECRET', SHA1),
    ]
    const annotation = JSON.stringify({ sources: [text('d', '3'), text('a', '4'), text('gone', '9')] })
    const result = change({
      strategy: 'annotations',
      follows: [a, b, c, d],
      stamps: [brings(a)],
      variables,
      annotation,
      written: recordOf({ ...recorded('b', '7'), ...recorded('c', '5'), ...recorded('d', '2') }),
    })
    expect(result?.remove).toEqual(variables)
    expect(written(result)).toMatchObject({ sources: [text('a'), text('b', '8'), text('d', '3')] })
  })

  it('keeps the stamp of a config that was made anew since, under the uid that its record knows', () => {
    const stamp = text('b', '8').replace('b-uid', 'old-uid')
    const annotation = JSON.stringify({ sources: [stamp] })
    const result = change({
      strategy: 'annotations',
      follows: [follow('a'), follow('b')],
      stamps: [brings(follow('a'))],
      annotation,
      record: recordOf(recorded('b', '8', 'old-uid')),
    })
    expect(written(result)).toMatchObject({ sources: [text('a'), stamp] })
  })

  it('has happened when the annotation names the stamps already', () => {
    const annotation = JSON.stringify({ sources: [text('a'), text('b')] })
    const stamps = [brings(follow('a'))]
    expect(
      change({
        strategy: 'annotations',
        follows: [follow('a')],
        stamps,
        annotation,
        variables: [variable(A, SHA1)],
      }),
    ).toBeUndefined()
  })

  it('asks for the record to be written first, when more would have to be carried than a template should', () => {
    const follows = Array.from({ length: MAX_SOURCES + 1 }, (_, index) => follow(`c${index}`))
    const annotation = JSON.stringify({
      sources: follows.slice(1).map((each) => text(each.config.name, '5')),
    })
    const options: Case = { strategy: 'annotations', follows, stamps: [brings(follow('c0'))], annotation }
    expect(change(options)?.recordFirst).toBe(true)
    const configs = follows.map((each) => recorded(each.config.name, '5'))
    const after = change({ ...options, written: recordOf(Object.assign({}, ...configs)) })
    expect(after?.recordFirst).toBe(false)
    expect(written(after)).toMatchObject({ sources: [text('c0')] })
  })

  it('does not ask for it in vain: a roll of many configs is written as it is', () => {
    const follows = Array.from({ length: MAX_SOURCES + 1 }, (_, index) => follow(`c${index}`))
    const result = change({ strategy: 'annotations', follows, stamps: follows.map((each) => brings(each)) })
    expect(result?.recordFirst).toBe(false)
  })
})

describe('stamps that a written record knows', () => {
  const deletion = 'b-uid.deleted'

  it.each<[string, string, ConfigRecord | undefined, boolean]>([
    ['no record', text('b', '8'), undefined, true],
    ['a record not yet read', text('b', '8'), { state: 'unread' }, true],
    [
      'an older record',
      text('b', '8'),
      { state: 'present', uid: 'b-uid', resourceVersion: '7', keys: 'all', digest: DIGEST },
      true,
    ],
    [
      'the same',
      text('b', '8'),
      { state: 'present', uid: 'b-uid', resourceVersion: '8', keys: 'all', digest: DIGEST },
      false,
    ],
    [
      'a newer one, of more digits',
      text('b', '8'),
      { state: 'present', uid: 'b-uid', resourceVersion: '10', keys: 'all', digest: DIGEST },
      false,
    ],
    [
      'another object',
      text('b', '8'),
      { state: 'present', uid: 'old-uid', resourceVersion: '10', keys: 'all', digest: DIGEST },
      true,
    ],
    ['its absence', text('b', '8'), { state: 'absent', uid: 'b-uid' }, false],
    ['the absence of another', text('b', '8'), { state: 'absent', uid: 'old-uid' }, true],
    ['a mark not older', text('b', '8'), { state: 'unfollowed', uid: 'b-uid', resourceVersion: '8' }, false],
    [
      'a deletion, and the record has it present',
      deletion,
      { state: 'present', uid: 'b-uid', resourceVersion: '99', keys: 'all', digest: DIGEST },
      true,
    ],
    [
      'a deletion, and the record has another present',
      deletion,
      { state: 'present', uid: 'old-uid', resourceVersion: '1', keys: 'all', digest: DIGEST },
      false,
    ],
    ['a deletion that is recorded', deletion, { state: 'absent', uid: 'b-uid' }, false],
  ])('%s: %s stays beside %j: %s', (_what, stamp, record, stays) => {
    const result = change({
      strategy: 'annotations',
      follows: [follow('a'), follow('b')],
      stamps: [brings(follow('a'))],
      annotation: JSON.stringify({ sources: [stamp] }),
      ...(record === undefined ? {} : { written: recordOf({ [configId('ConfigMap', 'b')]: record }) }),
    })
    expect(result?.annotations[LAST_RELOADED_FROM]?.includes(stamp)).toBe(stays)
  })
})
