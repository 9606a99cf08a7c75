import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareResourceVersions } from '../../types/object.ts'
import type { ConfigRecord, WorkloadRecord } from '../../types/record.ts'
import { mergeRecords } from './record-merge.ts'

const CONF = 'ConfigMap/conf'

function present(resourceVersion: string, uid = 'u1'): ConfigRecord {
  return { state: 'present', uid, resourceVersion, keys: 'all', digest: `d${resourceVersion}` }
}

function record(configs: WorkloadRecord['configs'], rest: Partial<WorkloadRecord> = {}): WorkloadRecord {
  return {
    workload: { kind: 'Deployment', namespace: 'shop', name: 'web' },
    uid: 'w1',
    since: '2026-01-01T00:00:00Z',
    configs,
    ...rest,
  }
}

describe('merging two copies of a record', () => {
  it('takes for each config whoever saw a later version of it', () => {
    const theirs = record({ [CONF]: present('12'), 'Secret/s': present('3') })
    const ours = record({ [CONF]: present('9'), 'Secret/s': present('7') })
    expect(mergeRecords(theirs, ours).configs).toEqual({ [CONF]: present('12'), 'Secret/s': present('7') })
  })

  it('knows a config that was left for good as later than what was seen of it before, and the other way round', () => {
    const left = { state: 'unfollowed', uid: 'u1', resourceVersion: '9' } as const
    expect(mergeRecords(record({ [CONF]: left }), record({ [CONF]: present('7') })).configs[CONF]).toEqual(
      left,
    )
    expect(mergeRecords(record({ [CONF]: left }), record({ [CONF]: present('10') })).configs[CONF]).toEqual(
      present('10'),
    )
  })

  it('believes us where versions do not tell: other uids, absence, equal versions', () => {
    const absent = { state: 'absent', uid: 'u1' } as const
    expect(mergeRecords(record({ [CONF]: present('12') }), record({ [CONF]: absent })).configs[CONF]).toEqual(
      absent,
    )
    expect(
      mergeRecords(record({ [CONF]: present('12') }), record({ [CONF]: present('9', 'u2') })).configs[CONF],
    ).toEqual(present('9', 'u2'))
    const left = { state: 'unfollowed', uid: 'u1', resourceVersion: '9' } as const
    expect(mergeRecords(record({ [CONF]: present('9') }), record({ [CONF]: left })).configs[CONF]).toEqual(
      left,
    )
  })

  it('takes ours whole when theirs is of another workload of that name', () => {
    const theirs = record({ [CONF]: present('12') }, { uid: 'w0' })
    const ours = record({ [CONF]: present('9') })
    expect(mergeRecords(theirs, ours)).toEqual(ours)
  })

  it('keeps a config that only they have seen', () => {
    const theirs = record({ [CONF]: present('9'), 'Secret/s': present('3') })
    const ours = record({ [CONF]: present('12') })
    expect(mergeRecords(theirs, ours).configs).toEqual({ [CONF]: present('12'), 'Secret/s': present('3') })
  })

  it('does not bring back the absence of a config that we no longer follow', () => {
    const theirs = record({ 'Secret/s': { state: 'absent' }, 'Secret/t': { state: 'unread' } })
    expect(mergeRecords(theirs, record({})).configs).toEqual({})
  })

  it('never ends with a lower version of a config than either copy had', () => {
    const entry = fc.nat(20).map((version) => present(String(version)))
    const configs = fc.dictionary(fc.constantFrom('ConfigMap/a', 'ConfigMap/b', 'Secret/c'), entry, {
      noNullPrototype: true,
    })
    fc.assert(
      fc.property(configs, configs, (a, b) => {
        const merged = mergeRecords(record(a), record(b)).configs
        for (const [id, each] of [...Object.entries(a), ...Object.entries(b)]) {
          expect(
            compareResourceVersions(versionOf(merged[id as typeof CONF]), versionOf(each)),
          ).toBeGreaterThanOrEqual(0)
        }
        expect(mergeRecords(record(b), record(a)).configs).toEqual(merged)
      }),
    )
  })
})

function versionOf(entry: ConfigRecord | undefined): string {
  return entry?.state === 'present' ? entry.resourceVersion : ''
}
