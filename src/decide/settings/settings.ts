// What a workload's annotations ask for. Never throws: an entry that means nothing is left out and reported, the rest works.
import { CONFIG_TYPES, type ConfigType } from '../../types/config.ts'
import { problemText } from '../../types/problem-text.ts'
import type {
  AnnotationSources,
  Annotations,
  InvalidAnnotation,
  NamePattern,
  ReloadStrategy,
  Settings,
  TypeSettings,
} from '../../types/settings.ts'
import {
  type AnnotationNames,
  EXCLUDE_ANNOTATIONS,
  KEY_LEVEL_ANNOTATION,
  RELOAD_STRATEGY_ANNOTATION,
  ROLLOUT_STRATEGY_ANNOTATION,
  reloadName,
  SETTLE_ANNOTATION,
  typedAutoName,
} from './annotation-names.ts'
import { parseGoDuration } from './go-duration.ts'
import { readPattern } from './name-pattern.ts'
import { isObjectName } from './object-name.ts'

export interface SettingsOptions {
  readonly names: AnnotationNames
  readonly autoReloadAll: boolean
  /** It is of a kind that can be paused; default true. */
  readonly pausable?: boolean
  /** It is of a kind that can be restarted in place of changing its pod template; default false. */
  readonly restartable?: boolean
}

/** The longest settle window that a workload may ask for. */
const MAX_SETTLE_MS = 3_600_000

const NOTHING: readonly never[] = Object.freeze([])
const NO_ANNOTATIONS: Annotations = Object.freeze({})
const FOLLOWS_NOTHING: TypeSettings = Object.freeze({
  named: NOTHING,
  excluded: NOTHING,
  search: false,
  auto: false,
  autoReloadAll: false,
})
/** The settings of every workload that asks for nothing: one object, because there can be many of them. */
export const NOT_OPTED_IN: Settings = Object.freeze({
  types: Object.freeze({
    ConfigMap: FOLLOWS_NOTHING,
    Secret: FOLLOWS_NOTHING,
    SecretProviderClass: FOLLOWS_NOTHING,
  }),
  optedIn: false,
  invalid: NOTHING,
})

/** How much of a bad entry is kept to be shown; an annotation can be 256 KiB long. */
const MAX_ENTRY_SHOWN = 128

type Report = (annotation: string, entry: string, problem: string) => void

/** What one value of an auto annotation says. */
type Auto =
  | { readonly state: 'unset' | 'on' | 'off' }
  | { readonly state: 'list'; readonly named: readonly NamePattern[] }

const GO_TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const GO_FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])
/** In lower case: meant as true or false, so that it is no list of names, yet not a word that Go reads so. */
const BOOLEAN_LIKE: ReadonlySet<string> = new Set(
  'true false t f 1 0 yes no y n on off enable enabled disable disabled none null'.split(' '),
)
const WRITE_A_BOOLEAN = 'neither true nor false, write "true" or "false"'

/**
 * Reads the annotations by spec 2.1 to 2.4, with the two further forms of behaviour.md 3: `match: "true"` on a workload, and a
 * list of names as the value of `auto`.
 */
export function settingsOf(sources: AnnotationSources, options: SettingsOptions): Settings {
  const metadata = sources.metadata ?? NO_ANNOTATIONS
  const template = sources.template ?? NO_ANNOTATIONS
  const invalid = new Map<string, InvalidAnnotation>()
  const report: Report = (annotation, entry, problem) => {
    const shown = entry.length > MAX_ENTRY_SHOWN ? `${entry.slice(0, MAX_ENTRY_SHOWN)}...` : entry
    invalid.set(JSON.stringify([annotation, shown]), { annotation, entry: shown, problem })
  }
  const typeSettings = (type: ConfigType): TypeSettings => {
    const used = speaksFor(metadata, type, options.names) ? metadata : template
    return typeSettingsOf(type, { used, excluded: excludedOf(metadata, type, report), options, report })
  }
  const types = {
    ConfigMap: typeSettings('ConfigMap'),
    Secret: typeSettings('Secret'),
    SecretProviderClass: typeSettings('SecretProviderClass'),
  }
  const pausePeriodMs = pausePeriodOf(metadata[options.names.pausePeriod], options, report)
  if (options.restartable === true) checkRolloutStrategy(metadata[ROLLOUT_STRATEGY_ANNOTATION], report)
  const optedIn = CONFIG_TYPES.some((type) => canFollow(types[type]))
  if (!optedIn && invalid.size === 0) return NOT_OPTED_IN
  return {
    types,
    optedIn,
    ...ownSettings((name) => metadata[name] ?? template[name], report),
    ...(pausePeriodMs === undefined ? {} : { pausePeriodMs }),
    invalid: invalid.size === 0 ? NOTHING : [...invalid.values()],
  }
}

/** Whether the workload's own metadata holds one of the four keys that decide for `type`, whatever its value (spec 2.3). */
function speaksFor(metadata: Annotations, type: ConfigType, names: AnnotationNames): boolean {
  return (
    reloadName(names, type) in metadata ||
    names.search in metadata ||
    names.auto in metadata ||
    typedAutoName(names, type) in metadata ||
    (type === 'ConfigMap' && metadata[names.match] === 'true')
  )
}

function canFollow({ named, search, auto, autoReloadAll }: TypeSettings): boolean {
  return named.length > 0 || search || auto || autoReloadAll
}

interface TypeSources {
  readonly used: Annotations
  readonly excluded: readonly string[]
  readonly options: SettingsOptions
  readonly report: Report
}

function typeSettingsOf(type: ConfigType, { used, excluded, options, report }: TypeSources): TypeSettings {
  const { names, autoReloadAll } = options
  const general = autoOf(used[names.auto], names.auto, report)
  const typed = typedAutoOf(type, used, { names, report })
  // A list as the value of `auto` names ConfigMaps and Secrets.
  const listed = general.state === 'list' && type !== 'SecretProviderClass' ? general.named : NOTHING
  const named = patternsIn(used[reloadName(names, type)], reloadName(names, type), report)
  return {
    named: listed.length === 0 ? named : [...named, ...listed],
    excluded,
    search: isTrue(used[names.search], names.search, report),
    auto: general.state === 'on' || typed === 'on',
    autoReloadAll: autoReloadAll && general.state === 'unset' && typed === 'unset',
  }
}

function typedAutoOf(
  type: ConfigType,
  used: Annotations,
  { names, report }: { readonly names: AnnotationNames; readonly report: Report },
): 'unset' | 'on' | 'off' {
  const name = typedAutoName(names, type)
  const value = used[name]
  if (value === undefined && type === 'ConfigMap' && used[names.match] === 'true') return 'on'
  if (value === undefined || value === '') return 'unset'
  if (GO_TRUE.has(value)) return 'on'
  if (!GO_FALSE.has(value)) report(name, value, WRITE_A_BOOLEAN)
  return 'off'
}

function autoOf(value: string | undefined, name: string, report: Report): Auto {
  if (value === undefined || value === '') return { state: 'unset' }
  if (GO_TRUE.has(value)) return { state: 'on' }
  if (GO_FALSE.has(value)) return { state: 'off' }
  const pieces = piecesOf(value)
  const names = pieces.filter((piece) => !BOOLEAN_LIKE.has(piece.toLowerCase()))
  for (const piece of pieces) if (!names.includes(piece)) report(name, piece, WRITE_A_BOOLEAN)
  if (pieces.length === 0) report(name, value, WRITE_A_BOOLEAN)
  return names.length === 0 ? { state: 'off' } : { state: 'list', named: readPatterns(names, name, report) }
}

/** `search` counts only as exactly `true`; what looks like something else is reported. */
function isTrue(value: string | undefined, name: string, report: Report): boolean {
  if (value !== undefined && value !== 'true' && value !== 'false' && value !== '') {
    report(name, value, 'only exactly "true" counts')
  }
  return value === 'true'
}

function piecesOf(value: string): readonly string[] {
  return value
    .split(',')
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
}

function patternsIn(value: string | undefined, name: string, report: Report): readonly NamePattern[] {
  return value === undefined || value === '' ? NOTHING : readPatterns(piecesOf(value), name, report)
}

function readPatterns(pieces: readonly string[], name: string, report: Report): readonly NamePattern[] {
  return [...new Set(pieces)].flatMap((piece) => {
    const read = readPattern(piece)
    if ('pattern' in read) return [read.pattern]
    report(name, piece, read.problem)
    return []
  })
}

/** Exact names, always from the workload's own metadata. */
function excludedOf(metadata: Annotations, type: ConfigType, report: Report): readonly string[] {
  const name = EXCLUDE_ANNOTATIONS[type]
  const value = metadata[name]
  if (value === undefined || value === '') return NOTHING
  const [excluded, others] = split(piecesOf(value), isObjectName)
  for (const other of others)
    report(name, other, 'no object can have this name: excludes are exact names, not expressions')
  return excluded
}

function split<T>(values: readonly T[], test: (value: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [values.filter(test), values.filter((value) => !test(value))]
}

type OwnSettings = Pick<Settings, 'keyLevel' | 'settleMs' | 'reloadStrategy'>

/** The three settings of our own; the pod template's annotations count where the workload's own say nothing. */
function ownSettings(read: (name: string) => string | undefined, report: Report): OwnSettings {
  const keyLevel = booleanOf(read(KEY_LEVEL_ANNOTATION), KEY_LEVEL_ANNOTATION, report)
  const settleMs = settleOf(read(SETTLE_ANNOTATION), report)
  const reloadStrategy = strategyOf(read(RELOAD_STRATEGY_ANNOTATION), report)
  return {
    ...(keyLevel === undefined ? {} : { keyLevel }),
    ...(settleMs === undefined ? {} : { settleMs }),
    ...(reloadStrategy === undefined ? {} : { reloadStrategy }),
  }
}

function booleanOf(value: string | undefined, name: string, report: Report): boolean | undefined {
  if (value === undefined || value === '') return undefined
  if (GO_TRUE.has(value)) return true
  if (GO_FALSE.has(value)) return false
  report(name, value, WRITE_A_BOOLEAN)
  return undefined
}

function settleOf(value: string | undefined, report: Report): number | undefined {
  if (value === undefined || value === '') return undefined
  try {
    const settleMs = parseGoDuration(value)
    if (settleMs >= 0 && settleMs <= MAX_SETTLE_MS) return settleMs
    report(SETTLE_ANNOTATION, value, 'out of range, write a duration from 0 to 1h')
  } catch (error) {
    report(SETTLE_ANNOTATION, value, problemText(error))
  }
  return undefined
}

function strategyOf(value: string | undefined, report: Report): ReloadStrategy | undefined {
  if (value === undefined || value === '') return undefined
  if (value === 'env-vars' || value === 'annotations') return value
  report(RELOAD_STRATEGY_ANNOTATION, value, 'no such strategy, write env-vars or annotations')
  return undefined
}

/** Only `restart` is not the default (spec 2.1), so a misspelt one would change pod templates without a word. */
function checkRolloutStrategy(value: string | undefined, report: Report): void {
  if (value === undefined || value === '' || value === 'rollout' || value === 'restart') return
  report(
    ROLLOUT_STRATEGY_ANNOTATION,
    value,
    'no such strategy, write restart or rollout; until then it is rollout',
  )
}

/** Zero is no pause, and so is what cannot be read. */
function pausePeriodOf(
  value: string | undefined,
  { names: { pausePeriod }, pausable = true }: SettingsOptions,
  report: Report,
): number | undefined {
  if (value === undefined || value === '') return undefined
  if (!pausable) {
    report(pausePeriod, value, 'only Deployments can be paused')
    return undefined
  }
  try {
    const ms = parseGoDuration(value)
    if (ms < 0) report(pausePeriod, value, 'a pause cannot be negative, write one like 5m')
    return ms > 0 ? ms : undefined
  } catch (error) {
    report(pausePeriod, value, problemText(error))
    return undefined
  }
}
