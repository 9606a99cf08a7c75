import { describe, expect, it } from 'vitest'
import { type StatusShape, statusObject } from '../../../test/pod-statuses.ts'
import { type PodStatus, reducePodStatus, versionsOf } from './pod-status.ts'

function reduced(shape: StatusShape, previous?: PodStatus): PodStatus {
  const status = reducePodStatus(statusObject(shape), { previous })
  if (status === undefined) throw new Error('Cannot go on: the status says nothing')
  return status
}

const WRITTEN = '2026-01-01T00:00:10Z'
const LATER = '2026-01-01T00:00:20Z'
const first = reduced({ version: '100', written: WRITTEN })

describe('the status of a pod', () => {
  it('is the versions of its objects, in whatever order the driver wrote them', () => {
    const one = reduced({ objects: { tls: 'v1', db: 'v2' } })
    const other = reduced({ objects: { db: 'v2', tls: 'v1' } })
    expect(one.versions).toBe(other.versions)
    expect(versionsOf({ versions: one.versions, fresh: true })).toEqual([
      ['db', 'v2'],
      ['tls', 'v1'],
    ])
  })

  it('never takes two contents for one, whatever the names are', () => {
    const odd = reduced({ objects: { 'a","b': 'c' } })
    expect(odd.versions).not.toBe(reduced({ objects: { a: 'b","c' } }).versions)
  })

  it.each([
    ['without objects', statusObject({ objects: {} })],
    ['without a class', statusObject({ className: '' })],
    ['that is empty', { ...statusObject(), status: {} }],
    ['that is missing', { ...statusObject(), status: undefined }],
  ])('says nothing when it is one %s', (_what, object) => {
    expect(reducePodStatus(object)).toBeUndefined()
  })

  it('is fresh until its versions change: a list shows that by the generation', () => {
    expect([reduced({ generation: 1 }).rotated, reduced({ generation: 2 }).rotated]).toEqual([false, true])
  })

  it('is rotated once a watch showed other versions, whatever the generation', () => {
    const next = reduced({ version: '101', objects: { db: 'v2' } }, first)
    expect(next.rotated).toBe(true)
    expect(reduced({ version: '102', objects: { db: 'v2' } }, next).rotated).toBe(true)
  })

  it('remembers which version of it brought the content, and not which came after', () => {
    const labelled = reduced({ version: '101', written: LATER }, first)
    expect(labelled).toMatchObject({ changedAt: '100', changeTime: WRITTEN, rotated: false })
    const next = reduced({ version: '102', written: LATER, objects: { db: 'v2' } }, labelled)
    expect(next).toMatchObject({ changedAt: '102', changeTime: LATER })
  })

  it('begins anew with another object of its name', () => {
    const rotated = reduced({ version: '101', generation: 2 }, first)
    const another = reduced({ version: '102', uid: 'another', objects: { db: 'v2' } }, rotated)
    expect(another).toMatchObject({ rotated: false, changedAt: '102' })
  })

  it('begins anew with another pod that takes it over, as the next one of a StatefulSet can', () => {
    const one = reduced({ version: '100', owner: 'first' })
    const next = { version: '101', owner: 'second', generation: 2, objects: { db: 'v2' } }
    const taken = reduced(next, one)
    expect(taken).toMatchObject({ rotated: false, changedAt: '101', podUid: 'second' })
    expect(reduced({ ...next, version: '102' }, taken).rotated).toBe(false)
    const rotated = { ...next, version: '103', generation: 3, objects: { db: 'v3' } }
    expect(reduced(rotated, taken).rotated).toBe(true)
  })

  it('has no time where managedFields say nothing of the status', () => {
    expect(reduced({}).changeTime).toBeUndefined()
  })
})
