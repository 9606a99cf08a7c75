import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PodSpec } from '../../../test/builders.ts'
import type { Reference } from '../../types/workload.ts'
import type { Container, Volume, VolumeMount } from './pod-template.ts'
import { referencesOf } from './references.ts'

function referencesIn(spec: PodSpec, imagePullSecrets = false): readonly Reference[] {
  return referencesOf({ spec: { containers: [{ name: 'app' }], ...spec } }, { imagePullSecrets })
}

const CM = { type: 'ConfigMap', name: 'conf' } as const
const SECRET = { type: 'Secret', name: 'pass' } as const

/** The references of a pod whose first container mounts `volume`, called `v`, as `mounts` say. */
function mounted(
  volume: Omit<Volume, 'name'>,
  ...mounts: readonly Omit<VolumeMount, 'name'>[]
): readonly Reference[] {
  const volumeMounts = mounts.map((mount) => ({ name: 'v', ...mount }))
  return referencesIn({ volumes: [{ name: 'v', ...volume }], containers: [{ name: 'app', volumeMounts }] })
}

describe('what is a reference', () => {
  it.each<[string, Container, Reference]>([
    [
      'env of a ConfigMap key',
      { name: 'app', env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'conf', key: 'k' } } }] },
      { ...CM, keys: ['k'], via: 'containers[app].env[A]', container: 'app' },
    ],
    [
      'env of a Secret key',
      { name: 'app', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'pass', key: 'k' } } }] },
      { ...SECRET, keys: ['k'], via: 'containers[app].env[A]', container: 'app' },
    ],
    [
      'envFrom of a ConfigMap',
      { name: 'app', envFrom: [{ configMapRef: { name: 'conf' } }] },
      { ...CM, keys: 'all', via: 'containers[app].envFrom', container: 'app' },
    ],
    [
      'envFrom of a Secret',
      { name: 'app', envFrom: [{ secretRef: { name: 'pass' } }] },
      { ...SECRET, keys: 'all', via: 'containers[app].envFrom', container: 'app' },
    ],
  ])('%s', (_what, container, reference) => {
    expect(referencesIn({ containers: [container] })).toEqual([reference])
  })

  it.each<[string, Omit<Volume, 'name'>, Pick<Reference, 'type' | 'name'>]>([
    ['a ConfigMap volume', { configMap: { name: 'conf' } }, CM],
    ['a Secret volume', { secret: { secretName: 'pass' } }, SECRET],
    ['a projected ConfigMap', { projected: { sources: [{ configMap: { name: 'conf' } }] } }, CM],
    ['a projected Secret', { projected: { sources: [{}, { secret: { name: 'pass' } }] } }, SECRET],
  ])('%s', (_what, volume, config) => {
    expect(mounted(volume, {})).toEqual([{ ...config, keys: 'all', via: 'volumes[v]', container: 'app' }])
  })

  it('an init container uses it: the first regular container carries the stamp', () => {
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'conf', key: 'k' } } }]
    expect(
      referencesIn({
        containers: [{ name: 'app' }, { name: 'side' }],
        initContainers: [{ name: 'setup', env }],
      }),
    ).toEqual([{ ...CM, keys: ['k'], via: 'initContainers[setup].env[A]', container: 'app' }])
  })

  it('imagePullSecrets only when asked for', () => {
    const spec = { imagePullSecrets: [{ name: 'pass' }] }
    expect(referencesIn(spec)).toEqual([])
    expect(referencesIn(spec, true)).toEqual([
      { ...SECRET, keys: 'all', via: 'imagePullSecrets', container: 'app' },
    ])
  })

  it('not a volume that no container mounts', () => {
    expect(referencesIn({ volumes: [{ name: 'v', configMap: { name: 'conf' } }] })).toEqual([])
  })

  it('not a name that is empty', () => {
    expect(
      referencesIn({
        containers: [{ name: 'app', envFrom: [{ configMapRef: {} }, { secretRef: { name: '' } }] }],
      }),
    ).toEqual([])
  })

  it('not an empty pod spec', () => {
    expect(referencesOf({}, { imagePullSecrets: true })).toEqual([])
  })
})

describe('the container that carries the stamp (spec 3)', () => {
  const VOLUME = { name: 'v', configMap: { name: 'conf' } }
  const MOUNT = { volumeMounts: [{ name: 'v' }] }
  const FROM = { envFrom: [{ configMapRef: { name: 'conf' } }] }

  it.each<[string, PodSpec, string]>([
    [
      'the first that mounts it',
      { volumes: [VOLUME], containers: [{ name: 'a' }, { name: 'b', ...MOUNT }, { name: 'c', ...MOUNT }] },
      'b',
    ],
    [
      'a mount before variables',
      {
        volumes: [VOLUME],
        containers: [
          { name: 'a', ...FROM },
          { name: 'b', ...MOUNT },
        ],
      },
      'b',
    ],
    [
      'the first regular one, when only an init container mounts it',
      {
        volumes: [VOLUME],
        containers: [{ name: 'a' }, { name: 'b' }],
        initContainers: [{ name: 'i', ...MOUNT }],
      },
      'a',
    ],
    [
      'still the first regular one, when another reads it by variables',
      {
        volumes: [VOLUME],
        containers: [{ name: 'a' }, { name: 'b', ...FROM }],
        initContainers: [{ name: 'i', ...MOUNT }],
      },
      'a',
    ],
    [
      'the first with variables, when the volume is not mounted',
      { volumes: [VOLUME], containers: [{ name: 'a' }, { name: 'b', ...FROM }] },
      'b',
    ],
    [
      'a regular one before an init container',
      { containers: [{ name: 'a' }, { name: 'b', ...FROM }], initContainers: [{ name: 'i', ...FROM }] },
      'b',
    ],
    [
      'that of a second volume, when the first is not mounted',
      {
        volumes: [VOLUME, { name: 'w', projected: { sources: [{ configMap: { name: 'conf' } }] } }],
        containers: [{ name: 'a' }, { name: 'b', volumeMounts: [{ name: 'w' }] }],
      },
      'b',
    ],
    [
      'that of the first volume, when both are mounted',
      {
        volumes: [VOLUME, { name: 'w', configMap: { name: 'conf' } }],
        containers: [
          { name: 'a', volumeMounts: [{ name: 'w' }] },
          { name: 'b', ...MOUNT },
        ],
      },
      'b',
    ],
  ])('%s', (_what, spec, container) => {
    expect(referencesIn(spec)).toMatchObject([{ ...CM, container }])
  })
})

describe('referencesOf', () => {
  const names = fc.constantFrom('conf', 'pass', 'other')
  const container = fc.record({
    name: fc.constant('app'),
    env: fc.array(
      fc.record({
        name: fc.constant('A'),
        valueFrom: fc.oneof(
          fc.record({ configMapKeyRef: fc.record({ name: names, key: fc.constantFrom('a', 'b', 'c') }) }),
          fc.record({ secretKeyRef: fc.record({ name: names, key: fc.constantFrom('a', 'b', 'c') }) }),
        ),
      }),
      { maxLength: 6 },
    ),
    envFrom: fc.array(fc.record({ configMapRef: fc.record({ name: names }) }), { maxLength: 2 }),
    volumeMounts: fc.array(
      fc.record({ name: fc.constantFrom('v', 'w'), subPath: fc.constantFrom('', 'a', 'b') }),
      { maxLength: 3 },
    ),
  })
  const volumes = fc.tuple(names, names).map(([a, b]): readonly Volume[] => [
    { name: 'v', configMap: { name: a } },
    { name: 'w', secret: { secretName: b } },
  ])

  it('finds the same configs and keys in whatever order things are listed', () => {
    fc.assert(
      fc.property(container, container, volumes, (app, side, vs) => {
        const turned = (one: Container): Container => ({
          ...one,
          env: [...(one.env ?? [])].reverse(),
          envFrom: [...(one.envFrom ?? [])].reverse(),
          volumeMounts: [...(one.volumeMounts ?? [])].reverse(),
        })
        const used = (spec: PodSpec) =>
          referencesIn(spec).map(({ type, name, keys }) => ({ type, name, keys }))
        const found = used({ volumes: vs, containers: [app], initContainers: [side] })
        expect(
          used({ volumes: [...vs].reverse(), containers: [turned(app)], initContainers: [turned(side)] }),
        ).toEqual(found)
        expect(used({ volumes: vs, containers: [side], initContainers: [app] })).toEqual(found)
      }),
    )
  })
})
