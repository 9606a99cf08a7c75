// What a roll changes among the stamps of a pod template, under either strategy (behaviour.md 4).
import { CONFIG_RESOURCES } from '../../types/config.ts'
import { compareResourceVersions, isNewer } from '../../types/object.ts'
import type { Follow, Observation, StampEntry } from '../../types/plan.ts'
import { type ConfigRecord, configIdOf, type WorkloadRecord } from '../../types/record.ts'
import type { ReloadStrategy } from '../../types/settings.ts'
import type { StampChange, StampVariable, Workload } from '../../types/workload.ts'
import { recordUid } from '../record.ts'
import { LAST_RELOADED_FROM } from '../settings/annotation-names.ts'
import { DELETE_MARKER_HASH } from './incumbent-hash.ts'
import {
  formatStamp,
  isStampVariableName,
  joinStamps,
  type ParsedStamp,
  parseStamp,
  stampTexts,
  stampVariableName,
} from './stamp.ts'

/** As many stamps an annotation may carry along; beyond, the record is to be written first, which makes old ones needless. */
export const MAX_SOURCES = 32

export interface StampChangeOptions {
  /** What the roll brings. */
  readonly stamps: readonly StampEntry[]
  readonly strategy: ReloadStrategy
  /** The record as the cluster holds it: stamps that it covers need not stay. */
  readonly written: WorkloadRecord | undefined
}

/** A stamp of a followed config. */
interface Stamp {
  readonly follow: Follow
  readonly text: string
}

interface Stamps {
  readonly brought: readonly Stamp[]
  /** In the template already, of followed configs that this roll does not bring. */
  readonly kept: readonly (Stamp & { readonly covered: boolean })[]
}

/**
 * The change that makes the template carry what the roll brings, and nothing of configs that are not followed or of the other
 * strategy. `undefined`: the template carries it already, so that the roll has happened.
 */
export function stampChangeOf(
  observation: Pick<Observation, 'workload' | 'record' | 'configs'>,
  options: StampChangeOptions,
): StampChange | undefined {
  const brought = options.stamps.map((entry) => ({ follow: entry.follow, text: formatStamp(entry) }))
  const stamps = { brought, kept: keptStamps(observation, options) }
  return options.strategy === 'annotations'
    ? annotationChange(observation.workload, stamps, options.stamps)
    : variableChange(observation.workload, stamps, observation.configs)
}

/** The newest stamp of each uid in the template that belongs to a followed config which the roll does not bring itself. */
function keptStamps(
  { workload, record, configs }: Pick<Observation, 'workload' | 'record' | 'configs'>,
  { stamps, written }: StampChangeOptions,
): Stamps['kept'] {
  const brought = new Set(stamps.map(({ follow }) => configIdOf(follow.config)))
  const followOfUid = new Map<string, Follow>()
  for (const { follow, observation } of configs) {
    const id = configIdOf(follow.config)
    if (brought.has(id)) continue
    for (const uid of [
      recordUid(record?.configs[id]),
      'config' in observation ? observation.config?.uid : undefined,
    ]) {
      if (uid !== undefined) followOfUid.set(uid, follow)
    }
  }
  const newest = new Map<string, { readonly text: string; readonly stamp: ParsedStamp }>()
  for (const text of stampTexts(workload.stamps)) {
    const stamp = parseStamp(text)
    if (stamp !== undefined && supersedes(stamp, newest.get(stamp.uid)?.stamp))
      newest.set(stamp.uid, { text, stamp })
  }
  return [...newest].flatMap(([uid, { text, stamp }]) => {
    const follow = followOfUid.get(uid)
    return follow === undefined
      ? []
      : [{ follow, text, covered: covers(written?.configs[configIdOf(follow.config)], stamp) }]
  })
}

function supersedes(stamp: ParsedStamp, known: ParsedStamp | undefined): boolean {
  if (known === undefined || stamp.deleted) return true
  return !known.deleted && isNewer(stamp.resourceVersion, known.resourceVersion)
}

/** Whether `record` knows all that `stamp` says; then the stamp counts for nothing any more. */
function covers(record: ConfigRecord | undefined, stamp: ParsedStamp): boolean {
  if (record === undefined || record.state === 'unread') return false
  if (stamp.deleted) return record.state !== 'present' || record.uid !== stamp.uid
  if (record.uid !== stamp.uid) return false
  return record.state === 'absent' || !isNewer(stamp.resourceVersion, record.resourceVersion)
}

function variableChange(
  { stamps }: Workload,
  { brought, kept }: Stamps,
  configs: Observation['configs'],
): StampChange | undefined {
  const standing = new Set(stampTexts({ variables: stamps.variables }))
  const moved = kept.filter(({ text, covered }) => !covered && !standing.has(text))
  const wanted = variablesFor([...brought, ...moved], kept)
  if (variablesFor(brought, kept).every((variable) => stands(variable, stamps.variables))) return undefined
  const followed = new Set(configs.map(({ follow }) => variableOf(follow)))
  const rewritten = new Map(wanted.map((variable) => [variable.name, variable]))
  return {
    set: wanted.filter((variable) => !stands(variable, stamps.variables)),
    remove: stamps.variables.filter((variable) => {
      const target = rewritten.get(variable.name)
      return target === undefined ? !followed.has(variable.name) : !inSamePlace(target, variable)
    }),
    annotations: stamps.annotation === undefined ? {} : { [LAST_RELOADED_FROM]: null },
    recordFirst: false,
  }
}

function variableOf({ config }: Follow): string {
  return stampVariableName(config.kind, config.name)
}

/** The variables of `changed`, each with the kept stamps of configs whose names sanitise alike. */
function variablesFor(changed: readonly Stamp[], kept: readonly Stamp[]): readonly StampVariable[] {
  const names = [...new Set(changed.map(({ follow }) => variableOf(follow)))].sort()
  return names.map((name) => {
    const sharing = [...changed, ...kept].filter(({ follow }) => variableOf(follow) === name)
    // Whichever of them rolls, the variable stays in one place.
    const [first] = sharing
      .map(({ follow }) => follow)
      .sort((a, b) => (configIdOf(a.config) < configIdOf(b.config) ? -1 : 1))
    return { container: first?.container ?? '', name, value: joinStamps(sharing.map(({ text }) => text)) }
  })
}

function inSamePlace(a: StampVariable, b: StampVariable): boolean {
  return a.container === b.container && a.name === b.name && a.init === b.init
}

function stands(variable: StampVariable, variables: readonly StampVariable[]): boolean {
  return variables.some((other) => inSamePlace(variable, other) && variable.value === other.value)
}

function annotationChange(
  { stamps }: Workload,
  { brought, kept }: Stamps,
  entries: readonly StampEntry[],
): StampChange | undefined {
  const { annotation } = stamps
  const standing = new Set(annotation === undefined ? [] : stampTexts({ variables: [], annotation }))
  if (brought.every(({ text }) => standing.has(text))) return undefined
  const carried = kept.filter(({ covered }) => !covered)
  const sources = [...new Set([...brought, ...carried].map(({ text }) => text))].sort()
  return {
    set: [],
    remove: stamps.variables.filter(({ name }) => isStampVariableName(name)),
    annotations: { [LAST_RELOADED_FROM]: annotationText(entries, sources) },
    recordFirst: carried.length > 0 && sources.length > MAX_SOURCES,
  }
}

/** The incumbent's fields, in its order, of the config with the highest resourceVersion; then our stamps. */
function annotationText(entries: readonly StampEntry[], sources: readonly string[]): string {
  const [latest] = [...entries].sort(byVersionDescending)
  if (latest === undefined) return JSON.stringify({ sources })
  const { follow, change } = latest
  const { kind, namespace, name } = follow.config
  return JSON.stringify({
    type: CONFIG_RESOURCES[kind].stampWord,
    name,
    namespace,
    hash: change.state === 'present' ? change.digest : DELETE_MARKER_HASH,
    containerRefs: [follow.container],
    // A deletion leaves no time behind, and our own clock is not asked.
    ...(change.state === 'present' ? { observedAt: Math.floor(Date.parse(change.dataTime) / 1_000) } : {}),
    sources,
  })
}

function byVersionDescending(a: StampEntry, b: StampEntry): number {
  const versions = compareResourceVersions(versionOf(b), versionOf(a))
  return versions === 0 ? (configIdOf(a.follow.config) < configIdOf(b.follow.config) ? -1 : 1) : versions
}

function versionOf({ change }: StampEntry): string {
  return change.state === 'present' ? change.resourceVersion : ''
}
