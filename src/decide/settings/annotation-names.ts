// Every annotation that is read or written, by name: those that flags may rename as an object, the others as constants.
import type { ConfigType } from '../../types/config.ts'
import { META_INFO_LABEL, RECORDS_LABEL } from '../../types/own-objects.ts'

/** The annotations that flags may rename (spec 1.1). */
export interface AnnotationNames {
  readonly auto: string
  readonly configMapAuto: string
  readonly secretAuto: string
  readonly configMapReload: string
  readonly secretReload: string
  readonly search: string
  /** On configs for `search`; on workloads another word for `configMapAuto`. */
  readonly match: string
  /** On configs. */
  readonly ignore: string
  readonly pausePeriod: string
  readonly pausedAt: string
}

/** The names without any flag. */
export const DEFAULT_ANNOTATION_NAMES: AnnotationNames = Object.freeze({
  auto: 'reloader.stakater.com/auto',
  configMapAuto: 'configmap.reloader.stakater.com/auto',
  secretAuto: 'secret.reloader.stakater.com/auto',
  configMapReload: 'configmap.reloader.stakater.com/reload',
  secretReload: 'secret.reloader.stakater.com/reload',
  search: 'reloader.stakater.com/search',
  match: 'reloader.stakater.com/match',
  ignore: 'reloader.stakater.com/ignore',
  pausePeriod: 'deployment.reloader.stakater.com/pause-period',
  pausedAt: 'deployment.reloader.stakater.com/paused-at',
})

/** Lists of exact names that a workload never follows. */
export const EXCLUDE_ANNOTATIONS: Readonly<Record<ConfigType, string>> = {
  ConfigMap: 'configmaps.exclude.reloader.stakater.com/reload',
  Secret: 'secrets.exclude.reloader.stakater.com/reload',
  SecretProviderClass: 'secretproviderclasses.exclude.reloader.stakater.com/reload',
}

/** The annotations about SecretProviderClasses. No flag renames them. */
export const CLASS_RELOAD_ANNOTATION = 'secretproviderclass.reloader.stakater.com/reload'
export const CLASS_AUTO_ANNOTATION = 'secretproviderclass.reloader.stakater.com/auto'

/** On a pod template: what the last roll under the `annotations` strategy wrote. */
export const LAST_RELOADED_FROM = 'reloader.stakater.com/last-reloaded-from'

/** Per workload, instead of `--key-level`. */
export const KEY_LEVEL_ANNOTATION = 'reloader.stakater.com/key-level'
/** Per workload, instead of `--settle`. */
export const SETTLE_ANNOTATION = 'reloader.stakater.com/settle'
/** Per workload, instead of `--reload-strategy`. */
export const RELOAD_STRATEGY_ANNOTATION = 'reloader.stakater.com/reload-strategy'

/** On a Rollout: `restart` has a roll restart it instead of changing its pod template. No flag renames it. */
export const ROLLOUT_STRATEGY_ANNOTATION = 'reloader.stakater.com/rollout-strategy'

/** Labels on the ConfigMaps that we write ourselves; nothing ever follows those. */
export const OWN_LABELS: readonly string[] = [RECORDS_LABEL, META_INFO_LABEL]

/** The name of the named-list annotation of `type`. */
export function reloadName(names: AnnotationNames, type: ConfigType): string {
  const { configMapReload: ConfigMap, secretReload: Secret } = names
  return { ConfigMap, Secret, SecretProviderClass: CLASS_RELOAD_ANNOTATION }[type]
}

/** The name of the auto annotation of `type`. */
export function typedAutoName(names: AnnotationNames, type: ConfigType): string {
  const { configMapAuto: ConfigMap, secretAuto: Secret } = names
  return { ConfigMap, Secret, SecretProviderClass: CLASS_AUTO_ANNOTATION }[type]
}
