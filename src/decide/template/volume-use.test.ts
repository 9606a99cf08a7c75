import { describe, expect, it } from 'vitest'
import type { PodSpec } from '../../../test/builders.ts'
import type { KeySet } from '../../types/config.ts'
import type { Reference } from '../../types/workload.ts'
import type { Volume, VolumeMount } from './pod-template.ts'
import { referencesOf } from './references.ts'

function referencesIn(spec: PodSpec, imagePullSecrets = false): readonly Reference[] {
  return referencesOf({ spec: { containers: [{ name: 'app' }], ...spec } }, { imagePullSecrets })
}

/** The references of a pod whose first container mounts `volume`, called `v`, as `mounts` say. */
function mounted(
  volume: Omit<Volume, 'name'>,
  ...mounts: readonly Omit<VolumeMount, 'name'>[]
): readonly Reference[] {
  const volumeMounts = mounts.map((mount) => ({ name: 'v', ...mount }))
  return referencesIn({ volumes: [{ name: 'v', ...volume }], containers: [{ name: 'app', volumeMounts }] })
}

describe('keys', () => {
  const ITEMS = [
    { key: 'a', path: 'x/a.txt' },
    { key: 'b', path: 'x/b.txt' },
    { key: 'c', path: 'c.txt' },
  ]

  it.each<[string, Omit<Volume, 'name'>, readonly Omit<VolumeMount, 'name'>[], KeySet]>([
    ['whole mount', { configMap: { name: 'conf' } }, [{}], 'all'],
    ['subPath', { configMap: { name: 'conf' } }, [{ subPath: 'k' }], ['k']],
    ['subPath below a key', { configMap: { name: 'conf' } }, [{ subPath: 'k/more' }], ['k']],
    ['subPath written oddly', { configMap: { name: 'conf' } }, [{ subPath: './k/' }], ['k']],
    ['subPath of nothing', { configMap: { name: 'conf' } }, [{ subPath: '.' }], 'all'],
    [
      'subPath through the link of the kubelet',
      { configMap: { name: 'conf' } },
      [{ subPath: '..data/k' }],
      'all',
    ],
    ['two subPaths', { configMap: { name: 'conf' } }, [{ subPath: 'l' }, { subPath: 'k' }], ['k', 'l']],
    ['subPath and whole mount', { configMap: { name: 'conf' } }, [{ subPath: 'k' }, {}], 'all'],
    ['subPathExpr', { configMap: { name: 'conf' } }, [{ subPathExpr: '$(KEY)' }], 'all'],
    ['items', { configMap: { name: 'conf', items: ITEMS } }, [{}], ['a', 'b', 'c']],
    ['empty items', { configMap: { name: 'conf', items: [] } }, [{}], 'all'],
    ['items and a subPath', { configMap: { name: 'conf', items: ITEMS } }, [{ subPath: 'c.txt' }], ['c']],
    [
      'items and a subPath that is a folder',
      { configMap: { name: 'conf', items: ITEMS } },
      [{ subPath: 'x' }],
      ['a', 'b'],
    ],
    [
      'items and a subPath into a folder',
      { configMap: { name: 'conf', items: ITEMS } },
      [{ subPath: 'x/b.txt' }],
      ['b'],
    ],
    [
      'items and a subPath to nowhere',
      { configMap: { name: 'conf', items: ITEMS } },
      [{ subPath: 'z' }],
      ['a', 'b', 'c'],
    ],
    [
      'items and subPathExpr',
      { configMap: { name: 'conf', items: ITEMS } },
      [{ subPathExpr: '$(X)' }],
      ['a', 'b', 'c'],
    ],
    ['items of a Secret', { secret: { secretName: 'pass', items: ITEMS } }, [{}], ['a', 'b', 'c']],
    [
      'projected items',
      { projected: { sources: [{ secret: { name: 'pass', items: ITEMS } }] } },
      [{}],
      ['a', 'b', 'c'],
    ],
    [
      'projected subPath',
      { projected: { sources: [{ configMap: { name: 'conf' } }] } },
      [{ subPath: 'k' }],
      ['k'],
    ],
  ])('%s', (_what, volume, mounts, keys) => {
    expect(mounted(volume, ...mounts).map((reference) => reference.keys)).toEqual([keys])
  })

  it('of all places are taken together, sorted and each once', () => {
    const env = ['c', 'a', 'c'].map((key) => ({
      name: key,
      valueFrom: { configMapKeyRef: { name: 'conf', key } },
    }))
    const [reference] = referencesIn({
      volumes: [{ name: 'v', configMap: { name: 'conf' } }],
      containers: [{ name: 'app', env, volumeMounts: [{ name: 'v', subPath: 'b' }] }],
    })
    expect(reference).toMatchObject({ keys: ['a', 'b', 'c'], via: 'volumes[v]' })
  })

  it('are all keys as soon as one place reads all of them', () => {
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'conf', key: 'a' } } }]
    const [reference] = referencesIn({
      containers: [
        { name: 'app', env },
        { name: 'b', envFrom: [{ configMapRef: { name: 'conf' } }] },
      ],
    })
    expect(reference).toMatchObject({ keys: 'all', container: 'app' })
  })

  it('are kept apart for a ConfigMap and a Secret of one name', () => {
    const env = [
      { name: 'A', valueFrom: { configMapKeyRef: { name: 'x', key: 'a' } } },
      { name: 'B', valueFrom: { secretKeyRef: { name: 'x', key: 'b' } } },
    ]
    expect(
      referencesIn({ containers: [{ name: 'app', env }] }).map(({ type, keys }) => [type, keys]),
    ).toEqual([
      ['ConfigMap', ['a']],
      ['Secret', ['b']],
    ])
  })
})

describe('a CSI volume', () => {
  const csi = { volumeAttributes: { secretProviderClass: 'vault' } }

  it.each([[{}], [{ subPath: 'db' }]])('of a SecretProviderClass uses all of it, mounted as %j', (mount) => {
    expect(mounted({ csi }, mount)).toEqual([
      { type: 'SecretProviderClass', name: 'vault', keys: 'all', via: 'volumes[v]', container: 'app' },
    ])
  })

  it.each<[string, readonly Reference[]]>([
    ['that nothing mounts', mounted({ csi })],
    ['of another driver', mounted({ csi: { volumeAttributes: {} } }, {})],
    ['without attributes', mounted({ csi: {} }, {})],
    ['without a name', mounted({ csi: { volumeAttributes: { secretProviderClass: '' } } }, {})],
  ])('%s uses nothing', (_what, references) => {
    expect(references).toEqual([])
  })

  it('that only an init container mounts has its stamp in the first regular one', () => {
    const volumeMounts = [{ name: 'v' }]
    const [reference] = referencesIn({
      volumes: [{ name: 'v', csi }],
      initContainers: [{ name: 'setup', volumeMounts }],
    })
    expect(reference).toMatchObject({ name: 'vault', container: 'app' })
  })
})
