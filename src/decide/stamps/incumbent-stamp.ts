// The stamps that the incumbent left in a pod template (spec 4.3, 4.4), read but never written.
import { CONFIG_RESOURCES, type ConfigType } from '../../types/config.ts'
import type { Follow } from '../../types/plan.ts'
import type { ReloadStrategy } from '../../types/settings.ts'
import type { TemplateStamps, Workload } from '../../types/workload.ts'
import { stampVariableName } from './stamp.ts'

/** A SHA-1 in lower-case hexadecimal. */
const HASH = /^[0-9a-f]{40}$/

/** Whether a stamp variable with this value is the incumbent's. */
export function isIncumbentHash(value: string): boolean {
  return HASH.test(value)
}

/** Where to look: the incumbent writes by one strategy only. */
export interface IncumbentStampOf {
  readonly strategy: ReloadStrategy
  readonly type: ConfigType
  readonly namespace: string
  readonly name: string
}

/**
 * The hashes that the incumbent left for a config, each once. A variable can be that of another config too, whose name
 * sanitises alike.
 */
export function incumbentHashesFor(stamps: TemplateStamps, config: IncumbentStampOf): readonly string[] {
  if (config.strategy === 'annotations') return hashesInAnnotation(stamps.annotation, config)
  const variable = stampVariableName(config.type, config.name)
  const values = stamps.variables.filter(({ name }) => name === variable).map(({ value }) => value)
  return [...new Set(values)].filter(isIncumbentHash)
}

/** Whether the incumbent left a hash for this config, so that the hash of its present content is worth making. */
export function incumbentHashNeeded(
  workload: Workload,
  { config }: Follow,
  strategy: ReloadStrategy,
): boolean {
  const { kind: type, namespace, name } = config
  return incumbentHashesFor(workload.stamps, { strategy, type, namespace, name }).length > 0
}

function hashesInAnnotation(annotation: string | undefined, config: IncumbentStampOf): readonly string[] {
  const { type, name, namespace, hash, sources } = fieldsOf(annotation)
  const same =
    type === CONFIG_RESOURCES[config.type].stampWord && name === config.name && namespace === config.namespace
  // With `sources` it is ours.
  return same && sources === undefined && typeof hash === 'string' && isIncumbentHash(hash) ? [hash] : []
}

function fieldsOf(annotation: string | undefined): Readonly<Record<string, unknown>> {
  if (annotation === undefined) return {}
  try {
    const parsed: unknown = JSON.parse(annotation)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}
