import { describe, expect, it } from 'vitest'
import { config, configObject } from '../../test/builders.ts'
import type { Config } from '../types/config.ts'
import type { ManagedFieldsEntry } from '../types/object.ts'
import { reduceConfig } from './reduce-config.ts'
import { DEFAULT_ANNOTATION_NAMES } from './settings/annotation-names.ts'

const NAMES = DEFAULT_ANNOTATION_NAMES

function write(time: string | undefined, field: string, manager = 'kubectl'): ManagedFieldsEntry {
  return { manager, operation: 'Update', fieldsV1: { [field]: {} }, ...(time === undefined ? {} : { time }) }
}

function writes(...managedFields: readonly ManagedFieldsEntry[]) {
  const { dataTime, dataWriters } = config('ConfigMap', 'conf', { metadata: { managedFields } })
  return { dataTime, dataWriters }
}

describe('reduceConfig', () => {
  it('keeps identity and nothing of the content', () => {
    expect(config('Secret', 'pass', { data: { a: 'c2VjcmV0' } })).toEqual({
      ref: { kind: 'Secret', namespace: 'shop', name: 'pass' },
      uid: 'pass-uid',
      resourceVersion: '50',
      creationTimestamp: '2026-01-01T00:00:00Z',
      firstSeen: '50',
      ignored: false,
      matchable: false,
      flagsSince: '50',
      releases: [],
    })
  })

  it.each([
    ['true', true],
    ['True', false],
    ['1', false],
    ['', false],
  ])('takes ignore and match %j for %s: only exactly true counts', (value, expected) => {
    const reduced = config('ConfigMap', 'conf', {
      annotations: { [NAMES.ignore]: value, [NAMES.match]: value },
    })
    expect([reduced.ignored, reduced.matchable]).toEqual([expected, expected])
  })

  it.each(['reloader.stakater.com/records', 'reloader.stakater.com/meta-info'])(
    'ignores our own, by the label %s',
    (label) => {
      expect(config('ConfigMap', 'x', { metadata: { labels: { [label]: 'reloader' } } }).ignored).toBe(true)
    },
  )

  it('remembers the first version it saw of an object, and only of that object', () => {
    const first = config('ConfigMap', 'conf')
    const reduce = (metadata: object) =>
      reduceConfig(configObject('ConfigMap', 'conf', { metadata }), {
        type: 'ConfigMap',
        names: NAMES,
        previous: first,
      })
    expect(reduce({ resourceVersion: '60' }).firstSeen).toBe('50')
    expect(reduce({ resourceVersion: '60', uid: 'another' }).firstSeen).toBe('60')
  })

  it('remembers since which version ignore and match are as they are', () => {
    const seen = (previous: Config | undefined, resourceVersion: string, annotations = {}, uid = 'u1') =>
      reduceConfig(configObject('ConfigMap', 'conf', { annotations, metadata: { resourceVersion, uid } }), {
        type: 'ConfigMap',
        names: NAMES,
        previous,
      })
    const ignored = seen(seen(undefined, '50'), '60', { [NAMES.ignore]: 'true' })
    const matchable = seen(seen(ignored, '70', { [NAMES.ignore]: 'true' }), '80', { [NAMES.match]: 'true' })
    expect([ignored.flagsSince, matchable.flagsSince]).toEqual(['60', '80'])
    expect(seen(matchable, '90', { [NAMES.match]: 'true' }).flagsSince).toBe('80')
    expect(seen(matchable, '90', { [NAMES.match]: 'true' }, 'u2').flagsSince).toBe('90')
  })
})

describe('when data were written', () => {
  it('is the latest time of those who own data', () => {
    expect(
      writes(
        write('2026-01-01T00:00:01Z', 'f:data'),
        write('2026-01-01T00:00:03Z', 'f:binaryData', 'job'),
        write('2026-01-01T00:00:02Z', 'f:stringData', 'operator'),
        write('2026-01-01T00:00:09Z', 'f:metadata', 'labeller'),
      ).dataTime,
    ).toBe('2026-01-01T00:00:03Z')
  })

  it('is unknown where nothing says', () => {
    expect(writes()).toEqual({ dataTime: undefined, dataWriters: undefined })
    expect(writes(write('2026-01-01T00:00:09Z', 'f:metadata'))).toEqual({
      dataTime: undefined,
      dataWriters: undefined,
    })
    expect(writes(write(undefined, 'f:data')).dataTime).toBeUndefined()
  })

  it('tells apart whether data were written in between, and not labels', () => {
    const data = write('2026-01-01T00:00:01Z', 'f:data')
    const before = writes(data).dataWriters
    expect(writes(write('2026-01-01T00:00:05Z', 'f:metadata', 'labeller'), data).dataWriters).toBe(before)
    expect(writes(write('2026-01-01T00:00:02Z', 'f:data')).dataWriters).not.toBe(before)
    expect(writes(data, write('2026-01-01T00:00:01Z', 'f:data', 'other')).dataWriters).not.toBe(before)
  })
})
