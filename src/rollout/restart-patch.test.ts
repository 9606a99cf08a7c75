import { describe, expect, it } from 'vitest'
import { restartAtOf, restartOperations } from './restart-patch.ts'

const NOW = '2026-03-01T12:00:05Z'

function wrote(dataTime: string) {
  return { change: { state: 'present', resourceVersion: '9', digest: 'd', dataTime } } as const
}

describe('restartAtOf', () => {
  it.each([
    [
      'the decision, where the data is older',
      undefined,
      [wrote('2026-03-01T12:00:00Z')],
      '2026-03-01T12:00:06Z',
    ],
    [
      'the data, where its clock is ahead',
      undefined,
      [wrote('2026-03-01T12:00:09Z')],
      '2026-03-01T12:00:10Z',
    ],
    ['the restart that is there', '2026-03-01T12:30:00Z', [wrote(NOW)], '2026-03-01T12:30:01Z'],
    ['a restart with a fraction of a second', '2026-03-01T12:30:00.5Z', [], '2026-03-01T12:30:01Z'],
    ['a restart in another time zone', '2026-03-01T13:30:00+01:00', [], '2026-03-01T12:30:01Z'],
    [
      'a deletion, which has no time',
      undefined,
      [{ change: { state: 'deleted' } } as const],
      '2026-03-01T12:00:06Z',
    ],
    ['a restart that is no time', 'soon', [], '2026-03-01T12:00:06Z'],
  ])('comes after %s', (_, present, stamps, expected) => {
    expect(restartAtOf({ present, stamps, now: NOW })).toBe(expected)
  })

  it('comes after the latest of several writes, where the API server has told no time yet', () => {
    const stamps = [wrote('2026-03-01T12:00:00Z'), wrote('2026-03-01T12:00:03Z')]
    expect(restartAtOf({ present: undefined, stamps, now: '' })).toBe('2026-03-01T12:00:04Z')
  })
})

describe('restartOperations', () => {
  const change = { annotations: { 'a/b': 'v' } }

  it('writes the time and the annotation of the Rollout itself, and nothing of its pod template', () => {
    const rollout = { metadata: { annotations: { 'a/b': 'old' } }, spec: { restartAt: 'old' } }
    expect(restartOperations(rollout, change, NOW)).toEqual([
      { op: 'replace', path: '/metadata/annotations/a~1b', value: 'v' },
      { op: 'add', path: '/spec/restartAt', value: NOW },
    ])
  })

  it('makes the annotations where there are none', () => {
    expect(restartOperations({ metadata: {}, spec: {} }, change, NOW)).toEqual([
      { op: 'add', path: '/metadata/annotations', value: {} },
      { op: 'add', path: '/metadata/annotations/a~1b', value: 'v' },
      { op: 'add', path: '/spec/restartAt', value: NOW },
    ])
  })
})
