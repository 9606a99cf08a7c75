import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deployment, reduced, type WorkloadShape, workload } from '../../test/builders.ts'
import type { ManagedFieldsEntry } from '../types/object.ts'
import { MAX_TEMPLATE_VERSIONS, type Workload } from '../types/workload.ts'
import type { ReduceWorkloadOptions } from './reduce-workload.ts'
import { templateIsYounger } from './template/template-history.ts'

const AUTO = { 'reloader.stakater.com/auto': 'true' }
const STAMP = `b7e6.42.a.0123abcd-${'A'.repeat(43)}`

interface Sight {
  readonly rv: string
  readonly generation?: number
  /** The value of a variable, to tell templates apart. */
  readonly template?: string
  readonly stamp?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly uid?: string
  readonly status?: unknown
}

function object({
  rv,
  generation,
  template = 'x',
  stamp,
  annotations = AUTO,
  uid = 'web-uid',
  status,
}: Sight) {
  const stamps = stamp === undefined ? [] : [{ name: 'STAKATER_CONF_CONFIGMAP', value: stamp }]
  const shape: WorkloadShape = {
    annotations,
    metadata: { resourceVersion: rv, generation: generation ?? Number(rv), uid },
    spec: { containers: [{ name: 'app', env: [{ name: 'T', value: template }, ...stamps] }] },
    ...(status === undefined ? {} : { status }),
  }
  return deployment(shape)
}

/** What is kept after these sightings, one after the other. */
function seen(...sightings: readonly (Sight & Partial<ReduceWorkloadOptions>)[]): Workload {
  const last = sightings.reduce<Workload | undefined>(
    (previous, sighting) => reduced(object(sighting), { ...sighting, previous }),
    undefined,
  )
  if (last === undefined) throw new Error('Cannot reduce: nothing was seen')
  return last
}

/** Since when each template is known: `?` unknown, `>` after a version, `=` at a version. */
function history({ templates }: Workload): readonly string[] {
  return templates.map(({ since, exact }) => (since === undefined ? '?' : `${exact ? '=' : '>'}${since}`))
}

describe('the template history', () => {
  it('knows a template since the watch event that brought it', () => {
    expect(history(seen({ rv: '10' }, { rv: '12', template: 'y' }))).toEqual(['=10', '=12'])
  })

  it('does not know since when a listed template is there', () => {
    expect(history(seen({ rv: '10', source: 'list' }))).toEqual(['?'])
    expect(history(seen({ rv: '10' }, { rv: '12', template: 'y', source: 'list' }))).toEqual(['=10', '?'])
  })

  it('is kept by a list that shows the same template', () => {
    expect(history(seen({ rv: '10' }, { rv: '12', source: 'list' }))).toEqual(['=10'])
  })

  it('knows a polled template to be younger than the last list without it', () => {
    const first = { rv: '10', source: 'poll' } as const
    expect(history(seen(first))).toEqual(['?'])
    expect(history(seen({ ...first, previousListResourceVersion: '5' }))).toEqual(['>5'])
    expect(
      history(seen(first, { rv: '20', template: 'y', source: 'poll', previousListResourceVersion: '15' })),
    ).toEqual(['?', '>15'])
    expect(history(seen(first, { rv: '20', source: 'poll', previousListResourceVersion: '15' }))).toEqual([
      '?',
    ])
  })

  it.each([
    ['status or scale', { rv: '12', generation: 10 }],
    ['another part of the spec', { rv: '12' }],
    ['our stamp', { rv: '12', stamp: STAMP }],
    ['the stamp of the incumbent', { rv: '12', stamp: 'da39a3ee5e6b4b0d3255bfef95601890afd80709' }],
  ])('is not moved by %s', (_what, sighting) => {
    expect(history(seen({ rv: '10' }, sighting))).toEqual(['=10'])
  })

  it('has a template that came back twice', () => {
    const { templates } = seen({ rv: '10' }, { rv: '11', template: 'y' }, { rv: '12' })
    expect(templates.map(({ since }) => since)).toEqual(['10', '11', '12'])
    expect(templates[2]?.hash).toBe(templates[0]?.hash)
  })

  it('does not have a template twice whose pods were all replaced before it came back, and reaches back as far', () => {
    const rolledOut = {
      rv: '12',
      generation: 11,
      template: 'y',
      status: { observedGeneration: 11, replicas: 2, updatedReplicas: 2 },
    }
    const after = seen({ rv: '10', source: 'list' }, { rv: '11', template: 'y' }, rolledOut, { rv: '13' })
    expect(history(after)).toEqual(['?', '=11', '=13'])
    expect(templateIsYounger(after, '12')).toBe(true)
    expect(templateIsYounger(after, '9')).toBe(false)
  })

  it.each([
    ['has old pods', { observedGeneration: 11, replicas: 3, updatedReplicas: 2 }],
    ['is of an earlier generation', { observedGeneration: 10, replicas: 2, updatedReplicas: 2 }],
    ['counts nodes', { observedGeneration: 11, desiredNumberScheduled: 2, updatedNumberScheduled: 2 }],
  ])('has a template that came back twice where the status %s', (_what, status) => {
    const after = seen(
      { rv: '10' },
      { rv: '11', template: 'y' },
      { rv: '12', generation: 11, template: 'y', status },
      { rv: '13' },
    )
    expect(templateIsYounger(after, '12')).toBe(false)
  })

  it('begins anew with another object of the same name', () => {
    expect(history(seen({ rv: '10' }, { rv: '12', uid: 'another' }))).toEqual(['=12'])
  })

  it('does not know since when a workload has its template that was seen, and not followed, before', () => {
    expect(history(seen({ rv: '10', annotations: {} }, { rv: '12' }))).toEqual(['?'])
  })

  it('is not read again where the generation says that the template stayed', () => {
    const before = seen({ rv: '10', generation: 3 })
    const after = reduced(object({ rv: '12', generation: 3 }), { previous: before })
    expect(after.templates).toBe(before.templates)
    expect(after.references).toBe(before.references)
    expect(after.resourceVersion).toBe('12')
  })

  it('stays when annotations alone change, which are always read again', () => {
    const before = seen({ rv: '10', generation: 3 })
    const annotations = { ...AUTO, 'reloader.stakater.com/settle': '2s' }
    const after = reduced(object({ rv: '12', generation: 3, annotations }), { previous: before })
    expect(after.templates).toBe(before.templates)
    expect(after.settings.settleMs).toBe(2_000)
  })

  it('is read again where an object has no generation', () => {
    expect(history(seen({ rv: '10', generation: 0 }, { rv: '12', generation: 0, template: 'y' }))).toEqual([
      '=10',
      '=12',
    ])
  })

  it('is bounded, and never repeats the present template', () => {
    const sighting = fc.record({
      template: fc.constantFrom('x', 'y', 'z'),
      source: fc.constantFrom('watch' as const, 'list' as const, 'poll' as const),
    })
    fc.assert(
      fc.property(fc.array(sighting, { minLength: 1, maxLength: 30 }), (sightings) => {
        const { templates } = seen(...sightings.map((each, index) => ({ ...each, rv: String(index + 10) })))
        expect(templates.length).toBeLessThanOrEqual(MAX_TEMPLATE_VERSIONS)
        for (const [index, { hash }] of templates.entries()) expect(hash).not.toBe(templates[index + 1]?.hash)
      }),
    )
  })
})

describe('followedSince', () => {
  it('is the watch event that showed the workload opted in for the first time', () => {
    expect(seen({ rv: '10' }, { rv: '12', template: 'y' }).followedSince).toBe('10')
    expect(seen({ rv: '10', annotations: {} }, { rv: '12' }).followedSince).toBe('12')
  })

  it('is unknown where a list showed it so, and stays unknown', () => {
    expect(seen({ rv: '10', source: 'list' }).followedSince).toBeUndefined()
    expect(seen({ rv: '10', source: 'list' }, { rv: '12' }).followedSince).toBeUndefined()
    expect(seen({ rv: '10', source: 'poll' }).followedSince).toBeUndefined()
  })

  it('survives a relist', () => {
    expect(seen({ rv: '10' }, { rv: '12', source: 'list' }).followedSince).toBe('10')
  })

  it('begins anew after an opt-out, and with another object', () => {
    expect(seen({ rv: '10' }, { rv: '11', annotations: {} }, { rv: '12' }).followedSince).toBe('12')
    expect(seen({ rv: '10' }, { rv: '12', uid: 'another' }).followedSince).toBe('12')
  })
})

describe('settingsSince', () => {
  const [a, b] = [
    { 'configmap.reloader.stakater.com/reload': 'a' },
    { 'configmap.reloader.stakater.com/reload': 'b' },
  ]

  it('is the version that showed the workload ask for what it asks for first', () => {
    expect(seen({ rv: '10', source: 'list', annotations: a }).settingsSince).toEqual({ shown: '10' })
    const begun = { rv: '10', annotations: a }
    expect(seen(begun, { rv: '12', annotations: a }).settingsSince).toEqual({ shown: '10' })
    expect(seen(begun, { rv: '12', annotations: b }).settingsSince).toEqual({ shown: '12' })
    expect(seen(begun, { rv: '12', annotations: a, uid: 'x' }).settingsSince).toEqual({ shown: '12' })
  })

  it('of a polled workload is after the list before, too', () => {
    const options = { source: 'poll', previousListResourceVersion: '98' } as const
    expect(workload({ annotations: a }, options).settingsSince).toEqual({ shown: '100', listed: '98' })
  })
})

describe('a workload that asks for nothing', () => {
  it('is kept as a bare minimum whose parts are shared', () => {
    const shape = { spec: { containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'conf' } }] }] } }
    const [one, other] = [
      workload(shape),
      workload({ ...shape, metadata: { uid: 'other', labels: { a: 'b' } } }),
    ]
    expect(one).toEqual({
      ref: { kind: 'Deployment', namespace: 'shop', name: 'web' },
      uid: 'web-uid',
      resourceVersion: '100',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      settings: one.settings,
      references: [],
      stamps: { variables: [] },
      firstContainer: '',
      templates: [],
      releases: [],
    })
    expect(one.settings.optedIn).toBe(false)
    for (const part of ['settings', 'references', 'stamps', 'templates', 'releases'] as const) {
      expect(one[part]).toBe(other[part])
      expect(Object.isFrozen(one[part])).toBe(true)
    }
  })

  it('still says what is wrong with its annotations', () => {
    expect(workload({ annotations: { 'reloader.stakater.com/auto': 'yes' } }).settings.invalid).toHaveLength(
      1,
    )
  })
})

describe('reduceWorkload', () => {
  it('keeps what a decision needs', () => {
    const reducedWorkload = workload({
      annotations: AUTO,
      metadata: { labels: { 'argocd.argoproj.io/instance': 'shop' } },
      spec: { containers: [{ name: 'a' }, { name: 'b', envFrom: [{ secretRef: { name: 'pass' } }] }] },
    })
    expect(reducedWorkload).toMatchObject({
      firstContainer: 'a',
      references: [{ type: 'Secret', name: 'pass', container: 'b' }],
      releases: ['argocd:shop'],
    })
  })

  it('finds its annotations in the pod template too', () => {
    expect(workload({ templateAnnotations: AUTO }).settings.optedIn).toBe(true)
  })

  it('takes an object without a pod template', () => {
    const { metadata } = deployment({ annotations: AUTO })
    expect(reduced({ metadata })).toMatchObject({ references: [], firstContainer: '' })
  })

  function written(
    time: string | undefined,
    manager: string,
    rest: Partial<ManagedFieldsEntry> = {},
  ): ManagedFieldsEntry {
    return {
      manager,
      operation: 'Update',
      ...(time === undefined ? {} : { time }),
      fieldsV1: { 'f:spec': { 'f:template': {} } },
      ...rest,
    }
  }

  it('takes the time of the last rollout from the Progressing condition, else from who wrote the template', () => {
    const managedFields = [
      written('2026-01-01T00:00:01Z', 'helm'),
      written('2026-01-01T00:00:03Z', 'kubectl'),
      written('2026-01-01T00:00:09Z', 'hpa', { fieldsV1: { 'f:spec': { 'f:replicas': {} } } }),
    ]
    const conditions = [
      { type: 'Available', lastUpdateTime: '2026-01-01T00:01:00Z' },
      { type: 'Progressing', lastUpdateTime: '2026-01-01T00:00:30Z' },
    ]
    const time = (status?: unknown) =>
      workload({ annotations: AUTO, metadata: { managedFields }, status }).lastRolloutTime
    expect(time({ conditions })).toBe('2026-01-01T00:00:30Z')
    expect(time({})).toBe('2026-01-01T00:00:03Z')
    expect(workload({ annotations: AUTO }).lastRolloutTime).toBeUndefined()
  })

  it('names the manager that wrote last, apart from the status', () => {
    const managedFields = [
      written('2026-01-01T00:00:02Z', 'helm'),
      written('2026-01-01T00:00:01Z', 'kubectl'),
      written('2026-01-01T00:00:02Z', 'argocd'),
      written('2026-01-01T00:00:09Z', 'kube-controller-manager', { subresource: 'status' }),
    ]
    expect(workload({ annotations: AUTO, metadata: { managedFields } }).lastManager).toBe('argocd')
    expect(workload({ annotations: AUTO })).not.toHaveProperty('lastManager')
  })
})

describe('the stamps of a template', () => {
  const version = (resourceVersion: string, value?: string): WorkloadShape => ({
    annotations: AUTO,
    metadata: { resourceVersion, generation: Number(resourceVersion) },
    spec: {
      containers: [
        { name: 'app', ...(value === undefined ? {} : { env: [{ name: 'STAKATER_A_CONFIGMAP', value }] }) },
      ],
    },
  })

  it('came with the watch event that first showed them, and stay as old while the template changes around them', () => {
    const first = reduced(deployment(version('1', 'a'.repeat(40))))
    const second = reduced(deployment(version('2', 'b'.repeat(40))), { source: 'watch', previous: first })
    const third = reduced(deployment(version('3', 'b'.repeat(40))), { source: 'watch', previous: second })
    expect([first, second, third].map(({ stamps }) => stamps.since)).toEqual([undefined, '2', '2'])
  })

  it('came after the last list that did not show them', () => {
    const first = reduced(deployment(version('1')))
    const seen = { source: 'poll', previous: first, previousListResourceVersion: '7' } as const
    expect(reduced(deployment(version('9', 'b'.repeat(40))), seen).stamps.since).toBe('7')
  })

  it('came at a time that nobody knows where a list showed them after a gap', () => {
    const first = reduced(deployment(version('1')))
    const second = reduced(deployment(version('9', 'b'.repeat(40))), { source: 'list', previous: first })
    expect(second.stamps.since).toBeUndefined()
  })
})
