// Opt-in annotations of other controllers, read as ours: who moves from them need not touch a workload (--compat).
import type { Annotations } from '../../types/settings.ts'
import type { AnnotationNames } from './annotation-names.ts'

/** The controllers whose annotations can be read. */
export const COMPAT_WORDS = ['wave', 'fabric8'] as const
export type Compat = (typeof COMPAT_WORDS)[number]

/** Wave: follow every config in use, where it is exactly `true`. */
export const WAVE_ANNOTATION = 'wave.pusher.com/update-on-config-change'
/** fabric8's configmapcontroller: names of ConfigMaps, with commas between; a fork knows Secrets, too. */
export const FABRIC8_CONFIG_MAPS = 'configmap.fabric8.io/update-on-change'
export const FABRIC8_SECRETS = 'secret.fabric8.io/update-on-change'

/** The annotations of a workload with those of other controllers translated. What ours say already stays as it is. */
export function withCompat(
  annotations: Annotations | undefined,
  names: AnnotationNames,
  compat: readonly Compat[],
): Annotations | undefined {
  if (annotations === undefined || compat.length === 0) return annotations
  const added = { ...waveOf(annotations, names, compat), ...fabric8Of(annotations, names, compat) }
  return Object.keys(added).length === 0 ? annotations : { ...annotations, ...added }
}

function waveOf(annotations: Annotations, { auto }: AnnotationNames, compat: readonly Compat[]): Annotations {
  const asked = compat.includes('wave') && annotations[WAVE_ANNOTATION] === 'true'
  return asked && !(auto in annotations) ? { [auto]: 'true' } : {}
}

function fabric8Of(
  annotations: Annotations,
  { configMapReload, secretReload }: AnnotationNames,
  compat: readonly Compat[],
): Annotations {
  if (!compat.includes('fabric8')) return {}
  return {
    ...joined(annotations, configMapReload, FABRIC8_CONFIG_MAPS),
    ...joined(annotations, secretReload, FABRIC8_SECRETS),
  }
}

function joined(annotations: Annotations, ours: string, theirs: string): Annotations {
  const names = annotations[theirs]
  if (names === undefined || names.trim() === '') return {}
  return { [ours]: [annotations[ours], names].filter((list) => list !== undefined && list !== '').join(',') }
}
