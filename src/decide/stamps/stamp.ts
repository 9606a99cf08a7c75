// What a roll leaves in a pod template to say which version of which config it brought: our stamp entries and where they stand.
import { CONFIG_RESOURCES, type ConfigType, type Digest } from '../../types/config.ts'
import type { StampEntry } from '../../types/plan.ts'
import type { TemplateStamps } from '../../types/workload.ts'

/** A stamp entry read back. `keys`: `k` the used keys of the template that carries it, `a` all keys. */
export type ParsedStamp =
  | {
      readonly deleted: false
      readonly uid: string
      readonly resourceVersion: string
      readonly keys: 'k' | 'a'
      readonly digest: Digest
    }
  | { readonly deleted: true; readonly uid: string }

/** Between the entries that share a variable. */
const SEPARATOR = ','
const PRESENT = /^([0-9A-Za-z-]+)\.([1-9]\d*)\.([ka])\.([0-9a-f]+-[\w-]+)$/
const DELETED = /^([0-9A-Za-z-]+)\.deleted$/

/** `<config uid>.<resourceVersion>.<k|a>.<digest>`, or `<config uid>.deleted`. */
export function formatStamp({ follow, uid, change }: StampEntry): string {
  if (change.state === 'deleted') return `${uid}.deleted`
  return `${uid}.${change.resourceVersion}.${follow.keys === 'all' ? 'a' : 'k'}.${change.digest}`
}

/** The stamp that `text` is, if it is one of ours. */
export function parseStamp(text: string): ParsedStamp | undefined {
  const [, gone] = DELETED.exec(text) ?? []
  if (gone !== undefined) return { deleted: true, uid: gone }
  const [, uid, resourceVersion, keys, digest] = PRESENT.exec(text) ?? []
  if (uid === undefined || resourceVersion === undefined || digest === undefined) return undefined
  return { deleted: false, uid, resourceVersion, keys: keys === 'k' ? 'k' : 'a', digest }
}

/** Whether a variable with this value was written by a roll of ours. */
export function holdsStamp(value: string): boolean {
  return value.split(SEPARATOR).some((text) => parseStamp(text) !== undefined)
}

/** Several stamps as the value of one variable: sorted, so that the same stamps are the same text. */
export function joinStamps(texts: readonly string[]): string {
  return [...new Set(texts)].sort().join(SEPARATOR)
}

/** The texts of a pod template that are stamps of ours, each once, sorted. What is none is passed over. */
export function stampTexts({ variables, annotation }: TemplateStamps): readonly string[] {
  const texts = [...variables.flatMap(({ value }) => value.split(SEPARATOR)), ...sourcesOf(annotation)]
  return [...new Set(texts)].filter((text) => parseStamp(text) !== undefined).sort()
}

/** Every stamp of ours in a pod template, wherever it stands and under whichever strategy it was written. */
export function parseStamps(stamps: TemplateStamps): readonly ParsedStamp[] {
  return stampTexts(stamps).flatMap((text) => parseStamp(text) ?? [])
}

function sourcesOf(annotation: string | undefined): readonly string[] {
  if (annotation === undefined) return []
  try {
    const parsed: unknown = JSON.parse(annotation)
    const sources =
      typeof parsed === 'object' && parsed !== null && 'sources' in parsed ? parsed.sources : undefined
    return Array.isArray(sources) ? sources.filter((source) => typeof source === 'string') : []
  } catch {
    return []
  }
}

/** The variable that carries the stamps of a config under the env-vars strategy (spec 4.3). Several names can share one. */
export function stampVariableName(type: ConfigType, name: string): string {
  const sanitised = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')
  return `STAKATER_${sanitised.replace(/^_/, '')}_${CONFIG_RESOURCES[type].stampWord}`
}

/** Whether `name` is one that `stampVariableName` could have made. */
export function isStampVariableName(name: string): boolean {
  return /^STAKATER_[A-Z0-9_]+_(?:CONFIGMAP|SECRET|SECRETPROVIDERCLASS)$/.test(name)
}
