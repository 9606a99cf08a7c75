// What is kept of a ConfigMap or Secret that the metadata watch shows.
import type { Config, ConfigType } from '../types/config.ts'
import type { KubeObject } from '../types/object.ts'
import { dataWritesOf } from './content/data-writes.ts'
import { releasesOf } from './release.ts'
import { type AnnotationNames, OWN_LABELS } from './settings/annotation-names.ts'

export interface ReduceConfigOptions {
  readonly type: ConfigType
  readonly names: Pick<AnnotationNames, 'ignore' | 'match'>
  /** What was kept of the object that had this name before; its uid may differ. */
  readonly previous?: Config | undefined
}

/** Reduces the metadata of a config. ConfigMaps that we write ourselves come out as ignored. Never throws. */
export function reduceConfig(
  { metadata }: KubeObject,
  { type, names, previous }: ReduceConfigOptions,
): Config {
  const { name, namespace = '', uid, resourceVersion, creationTimestamp = '', annotations, labels } = metadata
  const ignored =
    annotations?.[names.ignore] === 'true' || OWN_LABELS.some((label) => labels?.[label] !== undefined)
  const matchable = annotations?.[names.match] === 'true'
  const before = previous?.uid === uid ? previous : undefined
  const sameFlags = before?.ignored === ignored && before.matchable === matchable
  return {
    ref: { kind: type, namespace, name },
    uid,
    resourceVersion,
    creationTimestamp,
    firstSeen: before?.firstSeen ?? resourceVersion,
    ...dataWritesOf(metadata.managedFields),
    ignored,
    matchable,
    flagsSince: sameFlags ? before.flagsSince : resourceVersion,
    releases: releasesOf(metadata),
  }
}
