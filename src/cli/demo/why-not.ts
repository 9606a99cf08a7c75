// Why a change of a config is none of a workload's business, from the objects alone and by the rules of the controller.
import { DEFAULT_ANNOTATION_NAMES } from '../../decide/settings/annotation-names.ts'
import { settingsOf } from '../../decide/settings/settings.ts'
import { podTemplateOf } from '../../decide/template/pod-template.ts'
import { referencesOf } from '../../decide/template/references.ts'
import type { JsonObject } from '../../embedded/object/json.ts'
import { parseObject } from '../../kube/raw-object.ts'
import type { ConfigType } from '../../types/config.ts'
import type { Place } from './cluster-client.ts'

/** A config that changed. */
export interface ChangedConfig extends Place {
  readonly kind: ConfigType
}

/** Where the pod template of `workload` uses a config, as the controller names it; undefined: nowhere. */
export function referenceTo(workload: JsonObject, { kind, name }: ChangedConfig): string | undefined {
  const template = podTemplateOf(parseObject(workload), ['spec', 'template'])
  const references = referencesOf(template, { imagePullSecrets: false })
  return references.find((each) => each.type === kind && each.name === name)?.via
}

/** One phrase; undefined where the workload does follow it. */
export function whyNot(workload: JsonObject, config: ChangedConfig): string | undefined {
  const object = parseObject(workload)
  const { annotations, namespace } = object.metadata
  if (namespace !== config.namespace) return 'in another namespace'
  const template = podTemplateOf(object, ['spec', 'template']).metadata?.annotations
  const settings = settingsOf(
    { metadata: annotations, template },
    { names: DEFAULT_ANNOTATION_NAMES, autoReloadAll: false },
  )
  const { named, auto } = settings.types[config.kind]
  if (named.some((pattern) => pattern.matches(config.name))) return undefined
  if (referenceTo(workload, config) === undefined) return 'not used there'
  if (annotations?.[DEFAULT_ANNOTATION_NAMES.auto] === 'false') return 'used, but it is opted out'
  if (!settings.optedIn) return 'used, but nothing asks for a roll'
  return auto ? undefined : `used, but a ${config.kind} is not asked for`
}
