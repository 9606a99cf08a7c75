import { describe, expect, it } from 'vitest'
import { TEST_KEY } from '../../../test/builders.ts'
import { follow, LISTED, observationOf, recorded, second } from '../../../test/decision-case.ts'
import { mountedClass } from '../../../test/pod-statuses.ts'
import type { Config } from '../../types/config.ts'
import type { Policy } from '../../types/plan.ts'
import type { ConfigRecord } from '../../types/record.ts'
import { digestOf, digestVersions } from '../content/digest.ts'
import { planRollout } from '../plan.ts'

function contentOf(config: Config) {
  return digestVersions(config, { key: TEST_KEY })
}

function record(version: string, holds: string, uid = 'vault-uid'): ConfigRecord {
  const digest = digestOf(contentOf(mountedClass(version, holds)), 'all')
  return { state: 'present', uid, resourceVersion: version, keys: 'all', digest }
}

interface Row {
  /** What is recorded; `none`: the workload has a record without it; missing: the workload has none. */
  readonly record?: ConfigRecord | 'none'
  readonly sees: Config
  readonly policy?: Partial<Policy>
  readonly stamp?: string
  readonly bornUnseen?: boolean
}

function outcomeOf({
  record,
  sees,
  policy = {},
  stamp,
  bornUnseen = false,
}: Row): readonly [string, ConfigRecord?] {
  const variable = { container: 'app', name: 'STAKATER_VAULT_SECRETPROVIDERCLASS', value: stamp ?? '' }
  const workload = stamp === undefined ? LISTED : { ...LISTED, stamps: { variables: [variable] } }
  const configs = record === undefined || record === 'none' ? {} : { 'SecretProviderClass/vault': record }
  const plan = planRollout({
    ...observationOf({ workload, policy, bornUnseen }),
    ...(record === undefined
      ? {}
      : { record: { workload: LISTED.ref, uid: LISTED.uid, since: second(10), configs } }),
    configs: [
      {
        follow: follow('vault', {}, 'SecretProviderClass'),
        observation: { state: 'present', config: sees, content: contentOf(sees) },
      },
    ],
  })
  const [{ kind, reason } = {}] = plan.outcomes
  const next = plan.record?.configs['SecretProviderClass/vault']
  return next === undefined ? [`${kind} ${reason}`] : [`${kind} ${reason}`, next]
}

const V1 = record('100', 'v1')

describe('a SecretProviderClass', () => {
  it.each<[string, Row, string, ConfigRecord]>([
    ['adopted at first', { sees: mountedClass('100', 'v1', { fresh: true }) }, 'adopt FirstObservation', V1],
    ['rotated', { record: V1, sees: mountedClass('110', 'v2') }, 'roll DigestChanged', record('110', 'v2')],
    [
      'rotated to what the record says',
      { record: V1, sees: mountedClass('110', 'v1') },
      'skip UpToDate',
      record('110', 'v1'),
    ],
    [
      'mounted by new pods alone',
      { record: V1, sees: mountedClass('110', 'v2', { fresh: true }) },
      'adopt FreshPods',
      record('110', 'v2'),
    ],
    ['shown by a pod that lags behind', { record: V1, sees: mountedClass('90', 'v0') }, 'skip UpToDate', V1],
    [
      'shown by an old pod',
      { record: V1, sees: mountedClass('90', 'v0', { fresh: true }) },
      'skip UpToDate',
      V1,
    ],
    [
      'made again under pods that lag behind',
      { record: V1, sees: mountedClass('90', 'v0', { uid: 'new' }) },
      'skip UpToDate',
      V1,
    ],
    [
      'listed anew, where pods were there before',
      { record: 'none', sees: mountedClass('110', 'v2'), policy: { reloadOnCreate: true } },
      'adopt NewlyFollowed',
      record('110', 'v2'),
    ],
    [
      'mounted at last, by new pods',
      { record: { state: 'unread' }, sees: mountedClass('110', 'v2', { fresh: true }) },
      'adopt FirstObservation',
      record('110', 'v2'),
    ],
    [
      'rotated before it was seen',
      { record: { state: 'unread' }, sees: mountedClass('110', 'v2', { written: 20 }) },
      'roll BornUnseen',
      record('110', 'v2'),
    ],
    [
      'rotated before the workload was recorded',
      { record: { state: 'unread' }, sees: mountedClass('110', 'v2', { written: 5 }) },
      'adopt FirstObservation',
      record('110', 'v2'),
    ],
    [
      'mounted by the pods of a workload that nobody saw begin',
      { bornUnseen: true, sees: mountedClass('110', 'v2', { fresh: true }) },
      'adopt FirstObservation',
      record('110', 'v2'),
    ],
    [
      'rotated under a workload that nobody saw begin',
      { bornUnseen: true, sees: mountedClass('110', 'v2', { written: 20 }) },
      'roll BornUnseen',
      record('110', 'v2'),
    ],
  ])('%s', (_what, row, outcome, next) => {
    expect(outcomeOf(row)).toEqual([outcome, next])
  })

  const STAMP = `vault-uid.110.a.${digestOf(contentOf(mountedClass('110', 'v2')), 'all')}`

  it.each<[string, Row, string]>([
    [
      'the versions of the stamp',
      { record: V1, sees: mountedClass('110', 'v2'), stamp: STAMP },
      'record AlreadyRolled',
    ],
    [
      'those of a pod that lags behind',
      { record: V1, sees: mountedClass('90', 'v1'), stamp: STAMP },
      'record AlreadyRolled',
    ],
  ])('is not rolled again when the record of a roll was lost: %s', (_what, row, outcome) => {
    expect(outcomeOf(row)).toEqual([outcome, record('110', 'v2')])
  })

  it('is adopted where its record was made with a key that is gone, however old it looks', () => {
    const foreign = { ...recorded('100', 'v1'), uid: 'vault-uid', digest: 'ffffffff-gone' } as ConfigRecord
    expect(outcomeOf({ record: foreign, sees: mountedClass('90', 'v0') })).toEqual([
      'adopt UnknownDigestKey',
      record('90', 'v0'),
    ])
  })
})
