// Which configs a workload follows: ordered rules, the first that speaks decides (spec 2.4).
import { CONFIG_TYPES, type Config, type ConfigRef, type ConfigType, type KeySet } from '../types/config.ts'
import type { Follow, FollowReason } from '../types/plan.ts'
import { type ConfigId, configId, configIdOf, parseConfigId } from '../types/record.ts'
import type { NamePattern, TypeSettings } from '../types/settings.ts'
import type { Reference, Workload } from '../types/workload.ts'
import { matchesOnlyItself } from './settings/name-pattern.ts'

/** The configs in sight. */
export interface ConfigLookup {
  get(ref: ConfigRef): Config | undefined
  list(type: ConfigType, namespace: string): Iterable<Config>
}

export interface FollowOptions {
  readonly configs: ConfigLookup
  /** The types that are looked at: without those of `--resources-to-ignore`. */
  readonly types: readonly ConfigType[]
  /** Only the used keys count; `--key-level`, unless the workload says otherwise. */
  readonly keyLevel: boolean
  /** Configs of ours by name: never followed. */
  readonly isOwn?: (ref: ConfigRef) => boolean
  /** What the workload has a record of: an expression goes on matching a config that was deleted. */
  readonly recorded?: readonly ConfigId[]
}

/** A config that might be followed, with what each rule looks at. */
interface Candidate {
  readonly name: string
  readonly config: Config | undefined
  readonly settings: TypeSettings
  readonly reference: Reference | undefined
}

/** `undefined`: the rule says nothing and the next one is asked; `no`: not followed, whatever the others say. */
type Rule = (candidate: Candidate) => FollowReason | 'no' | undefined

const RULES: readonly Rule[] = [
  ({ config }) => (config?.ignored ? 'no' : undefined),
  ({ name, settings }) => (settings.excluded.includes(name) ? 'no' : undefined),
  ({ name, settings }) => (settings.named.some((pattern) => pattern.matches(name)) ? 'Named' : undefined),
  // From here on, only what the pod template uses.
  ({ reference }) => (reference === undefined ? 'no' : undefined),
  // A missing one is waited for: only when it is there can it say that it does not match.
  ({ config, settings }) => (settings.search && config?.matchable !== false ? 'SearchMatch' : undefined),
  ({ settings }) => (settings.auto ? 'Auto' : undefined),
  ({ settings }) => (settings.autoReloadAll ? 'AutoReloadAll' : undefined),
]

/** Every config that `workload` follows, present or missing, sorted by id. */
export function followsOf(workload: Workload, options: FollowOptions): readonly Follow[] {
  if (!workload.settings.optedIn) return []
  const follows = options.types.flatMap((type) => followsOfType(workload, type, options))
  return follows.sort((a, b) => (configIdOf(a.config) < configIdOf(b.config) ? -1 : 1))
}

function followsOfType(workload: Workload, type: ConfigType, options: FollowOptions): readonly Follow[] {
  const { namespace } = workload.ref
  const settings = workload.settings.types[type]
  const references = new Map(
    workload.references.flatMap((each) => (each.type === type ? [[each.name, each]] : [])),
  )
  const follows: Follow[] = []
  const known = [...references.keys(), ...recordedNames(options.recorded, type)]
  for (const name of candidateNames(settings, known, () => options.configs.list(type, namespace))) {
    const ref = { kind: type, namespace, name }
    if (options.isOwn?.(ref)) continue
    const reference = references.get(name)
    const reason = decide({ name, config: options.configs.get(ref), settings, reference })
    if (reason !== undefined)
      follows.push(followOf(workload, ref, { reason, reference, keyLevel: options.keyLevel }))
  }
  return follows
}

function recordedNames(recorded: readonly ConfigId[] = [], type: ConfigType): readonly string[] {
  return recorded.map(parseConfigId).flatMap((id) => (id.type === type ? [id.name] : []))
}

/** Names that could be followed: referenced, recorded, listed, or present where an expression might match them. */
function candidateNames(
  { named }: TypeSettings,
  known: Iterable<string>,
  present: () => Iterable<Config>,
): ReadonlySet<string> {
  const names = new Set(known)
  for (const { text, literal } of named) if (literal) names.add(text)
  if (!named.every(matchesOnlyItself)) for (const { ref } of present()) names.add(ref.name)
  return names
}

function decide(candidate: Candidate): FollowReason | undefined {
  for (const rule of RULES) {
    const answer = rule(candidate)
    if (answer !== undefined) return answer === 'no' ? undefined : answer
  }
  return undefined
}

function followOf(
  { settings, firstContainer }: Workload,
  config: ConfigRef,
  found: {
    readonly reason: FollowReason
    readonly reference: Reference | undefined
    readonly keyLevel: boolean
  },
): Follow {
  const { reason, reference } = found
  const keyLevel = settings.keyLevel ?? found.keyLevel
  // A name listed explicitly counts all keys, as the incumbent does.
  const keys: KeySet = keyLevel && reason !== 'Named' && reference !== undefined ? reference.keys : 'all'
  const listed = settings.types[config.kind].named.some(
    ({ text, literal }) => literal && text === config.name,
  )
  const container = reference?.container ?? firstContainer
  const follow = { config, reason, keys, literal: listed || reference !== undefined, container }
  return reference === undefined ? follow : { ...follow, via: reference.via }
}

/** What an index must hold of a workload to find it again by any config that it could follow. */
export interface Interests {
  readonly exact: readonly ConfigId[]
  readonly patterns: readonly { readonly type: ConfigType; readonly pattern: NamePattern }[]
}

/**
 * Guarantees: whatever configs there are and whatever their annotations, each that `followsOf` would name is among `exact` or
 * matched by one of `patterns`.
 */
export function interestsOf({ settings, references }: Workload): Interests {
  const exact = new Set<ConfigId>()
  const patterns: { readonly type: ConfigType; readonly pattern: NamePattern }[] = []
  for (const type of CONFIG_TYPES) {
    const { named, excluded, search, auto, autoReloadAll } = settings.types[type]
    const add = (name: string) => excluded.includes(name) || exact.add(configId(type, name))
    for (const pattern of named) {
      if (pattern.literal) add(pattern.text)
      if (!matchesOnlyItself(pattern)) patterns.push({ type, pattern })
    }
    if (search || auto || autoReloadAll) for (const each of references) if (each.type === type) add(each.name)
  }
  return { exact: [...exact].sort(), patterns }
}
