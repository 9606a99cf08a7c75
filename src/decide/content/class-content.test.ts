import { describe, expect, it } from 'vitest'
import { type StatusShape, statusObject } from '../../../test/pod-statuses.ts'
import { type ClassContent, classContent } from './class-content.ts'
import { type PodStatus, reducePodStatus } from './pod-status.ts'

interface Shape extends StatusShape {
  /** Of the one object. */
  readonly holds: string
}

/** A pod that began with these versions. */
function began(pod: string, version: number, holds: string, shape: StatusShape = {}): PodStatus[] {
  return statusOf({ pod, version: String(version), holds, ...shape })
}

/** A pod that was rotated to these versions, at that second. */
function rotated(pod: string, version: number, holds: string, second?: number): PodStatus[] {
  const written = second === undefined ? {} : { written: `2026-01-01T00:00:${second}Z` }
  return statusOf({ pod, version: String(version), holds, generation: 2, ...written })
}

function statusOf({ holds, ...shape }: Shape): PodStatus[] {
  const status = reducePodStatus(statusObject({ objects: { db: holds }, ...shape }))
  return status === undefined ? [] : [status]
}

function held(version: number, holds: string): ClassContent {
  const content = classContent(undefined, rotated('gone', version, holds))
  if (content === undefined) throw new Error('Cannot go on: there is no content')
  return content
}

/** `<version of the object> <resourceVersion>`, and whether pods merely began with it. */
function shown(content: ClassContent | undefined): string | undefined {
  if (content === undefined) return undefined
  const [[, version] = []] = JSON.parse(content.versions) as [string, string][]
  return `${version} ${content.changedAt}${content.fresh ? ' fresh' : ''}`
}

describe('what a class holds', () => {
  it.each<[string, ClassContent | undefined, PodStatus[], string | undefined]>([
    ['nothing is known without a pod', undefined, [], undefined],
    [
      'what all pods began with',
      undefined,
      [...began('a', 10, 'v1'), ...began('b', 20, 'v1')],
      'v1 20 fresh',
    ],
    [
      'nothing, where pods began with different versions',
      undefined,
      [...began('a', 10, 'v1'), ...began('b', 20, 'v2')],
      undefined,
    ],
    ['the last rotation', undefined, [...rotated('a', 10, 'v1'), ...rotated('b', 20, 'v2')], 'v2 20'],
    [
      'a rotation, whatever pods began with since',
      undefined,
      [...rotated('a', 10, 'v1'), ...began('b', 20, 'v2')],
      'v1 10',
    ],
    [
      'at first the last one by time, because a later edit moves the version',
      undefined,
      [...rotated('a', 30, 'v1', 10), ...rotated('b', 20, 'v2', 20)],
      'v2 30',
    ],
    [
      'of one second the one of the highest version',
      undefined,
      [...rotated('a', 10, 'v1', 20), ...rotated('b', 20, 'v2', 20)],
      'v2 20',
    ],
  ])('is %s', (_what, before, statuses, expected) => {
    expect(shown(classContent(before, statuses))).toBe(expected)
    expect(shown(classContent(before, [...statuses].reverse()))).toBe(expected)
  })

  it.each<[string, PodStatus[], string]>([
    ['its pods go', [], 'v1 20'],
    ['others rotate to the same', rotated('b', 30, 'v1'), 'v1 20'],
    ['one lags behind', rotated('b', 10, 'v0'), 'v1 20'],
    ['one rotates anew', rotated('b', 30, 'v2'), 'v2 30'],
    [
      'a clock that is slow says that was earlier',
      [...rotated('a', 20, 'v1', 30), ...rotated('b', 30, 'v2', 10)],
      'v2 30',
    ],
    ['all that are left began with something newer', began('b', 30, 'v2'), 'v2 30 fresh'],
    ['all that are left began earlier', began('b', 10, 'v0'), 'v1 20'],
    ['pods disagree about what they began with', [...began('b', 30, 'v2'), ...began('c', 10, 'v1')], 'v1 20'],
    [
      'another begins with something newer beside a rotated one',
      [...rotated('a', 20, 'v1'), ...began('b', 30, 'v2')],
      'v1 20',
    ],
  ])('after a rotation, when %s, is right', (_what, statuses, expected) => {
    const before = held(20, 'v1')
    const after = classContent(before, statuses)
    expect(shown(after)).toBe(expected)
    if (expected === 'v1 20') expect(after).toBe(before)
  })

  it('has no time of writing where nobody rotated: nothing was written under a pod', () => {
    const written = '2026-01-01T00:00:10Z'
    expect(classContent(undefined, began('a', 10, 'v1', { written }))?.changeTime).toBeUndefined()
    expect(classContent(undefined, rotated('a', 10, 'v1', 10))?.changeTime).toBe(written)
  })
})
