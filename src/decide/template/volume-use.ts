// Configs that a pod template mounts as files, and the keys that its mounts can see.
import type { ConfigType, KeySet } from '../../types/config.ts'
import type { Reference } from '../../types/workload.ts'
import { unionOfKeys } from './key-set.ts'
import type { ConfigFiles, Container, KeyToPath, PodTemplate, Volume, VolumeMount } from './pod-template.ts'

interface VolumeSource {
  readonly type: ConfigType
  readonly name: string
  /** Missing where nothing says in which file a key is. */
  readonly files?: ConfigFiles
}

/** One reference for each config in each volume that a container mounts, in the order of the volumes. */
export function* volumeUses(template: PodTemplate): Generator<Reference> {
  const { containers = [], initContainers = [], volumes = [] } = template.spec ?? {}
  for (const volume of volumes) {
    const sources = [...sourcesOf(volume)]
    if (sources.length === 0) continue
    const mounts = [...containers, ...initContainers].flatMap((container) => mountsOf(container, volume))
    if (mounts.length === 0) continue
    // Mounted by init containers only: the first regular container carries the stamp.
    const carrier = containers.find((container) => mountsOf(container, volume).length > 0) ?? containers[0]
    for (const { type, name, files } of sources) {
      const keys = files ? mounts.map((mount) => keysSeen(mount, files)).reduce(unionOfKeys) : 'all'
      yield { type, name, keys, via: `volumes[${volume.name}]`, container: carrier?.name ?? '' }
    }
  }
}

function* sourcesOf({ configMap, secret, projected, csi }: Volume): Generator<VolumeSource> {
  if (configMap !== undefined) yield { type: 'ConfigMap', name: configMap.name ?? '', files: configMap }
  if (secret !== undefined) yield { type: 'Secret', name: secret.secretName ?? '', files: secret }
  for (const source of projected?.sources ?? []) {
    if (source.configMap !== undefined) {
      yield { type: 'ConfigMap', name: source.configMap.name ?? '', files: source.configMap }
    }
    if (source.secret !== undefined)
      yield { type: 'Secret', name: source.secret.name ?? '', files: source.secret }
  }
  // Whichever driver it names.
  const name = csi?.volumeAttributes?.secretProviderClass
  if (name !== undefined) yield { type: 'SecretProviderClass', name }
}

function mountsOf(container: Container, volume: Volume): readonly VolumeMount[] {
  return (container.volumeMounts ?? []).filter(({ name }) => name === volume.name)
}

/** The keys of a config with `files` that `mount` shows. */
function keysSeen({ subPath, subPathExpr }: VolumeMount, { items }: ConfigFiles): KeySet {
  const segments = subPathExpr === undefined || subPathExpr === '' ? segmentsOf(subPath ?? '') : []
  if (items !== undefined && items.length > 0) return keysOfItems(items, segments)
  const [key] = segments
  // Keys never begin with two dots; `..data` is the kubelet's link to all of them.
  return key === undefined || key.startsWith('..') ? 'all' : [key]
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '' && segment !== '.')
}

function keysOfItems(items: readonly KeyToPath[], segments: readonly string[]): KeySet {
  const seen = items.filter(({ path }) => startsWith(segmentsOf(path), segments))
  return sortedKeys(seen.length > 0 ? seen : items)
}

function startsWith(path: readonly string[], segments: readonly string[]): boolean {
  return segments.every((segment, index) => segment === path[index])
}

function sortedKeys(items: readonly KeyToPath[]): readonly string[] {
  return [...new Set(items.map(({ key }) => key))].sort()
}
