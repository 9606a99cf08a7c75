// Makes the answers of two servers comparable: what differs from server to server and run to run becomes an ordinal.
import type { Answer, Json } from './exchange.ts'

/** What a case does not compare: members of these names, wherever they stand. */
export interface Ignored {
  readonly keys?: readonly string[]
  /** Times become ordinals instead of a word. */
  readonly timed?: boolean
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** The answers with uids, versions, times and the namespace replaced, equal where the servers agree. */
export function normalise(answers: readonly Answer[], namespace: string, ignored: Ignored = {}): Json {
  const uids = new Map<string, string>()
  const kept = pruned(JSON.parse(JSON.stringify(answers)), new Set(ignored.keys))
  const all = versionOrdinals(kept)
  const text = JSON.stringify(kept).replaceAll(namespace, '{ns}')
  const times = ignored.timed === true ? timeOrdinals(text) : new Map()
  const withUids = text.replace(UID, (uid) => ordinal(uids, uid, 'uid'))
  return replaceValues(JSON.parse(withUids), { all, versions: NO_VERSIONS, times })
}

/** Without what is not compared. */
function pruned(value: Json, ignored: ReadonlySet<string>): Json {
  if (Array.isArray(value)) {
    return value.filter((each) => isOurs(each) && !isIncidental(each)).map((each) => pruned(each, ignored))
  }
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([key]) => !ignored.has(key))
  return Object.fromEntries(members.map(([key, each]) => [key, pruned(each, ignored)]))
}

function timeOrdinals(text: string): ReadonlyMap<string, string> {
  const times = new Set(text.match(/(?<=")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?=")/g))
  return new Map([...times].toSorted().map((each, i) => [each, `time-${i + 1}`]))
}

function ordinal(known: Map<string, string>, value: string, word: string): string {
  const found = known.get(value) ?? `${word}-${known.size + 1}`
  known.set(value, found)
  return found
}

/** The versions of objects by size, so that their order is compared. */
function versionOrdinals(answers: Json): ReadonlyMap<string, string> {
  const found = new Set<string>()
  const visit = (value: Json) => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (typeof value !== 'object' || value === null) return
    const { metadata } = value as { metadata?: { resourceVersion?: string; uid?: string } }
    if (metadata?.uid !== undefined && metadata.resourceVersion !== undefined)
      found.add(metadata.resourceVersion)
    for (const each of Object.values(value)) visit(each)
  }
  visit(answers)
  const sorted = [...found].sort((a, b) => Number(a) - Number(b))
  return new Map(sorted.map((each, i) => [each, `version-${i + 1}`]))
}

interface Replacement {
  readonly times: ReadonlyMap<string, string>
  readonly all: ReadonlyMap<string, string>
  /** Those that count where the walk is now: a list or a bookmark may happen to carry the version of an object. */
  readonly versions: ReadonlyMap<string, string>
}

function replaceValues(value: Json, replacement: Replacement): Json {
  if (Array.isArray(value)) return value.map((each) => replaceValues(each, replacement))
  if (typeof value === 'string') return replacement.times.get(value) ?? replaceText(value)
  if (typeof value !== 'object' || value === null) return value
  const versions = 'uid' in value ? replacement.all : NO_VERSIONS
  const members = Object.entries(value).map(([key, each]) => [
    key,
    replaceMember(key, each, { ...replacement, versions }),
  ])
  return Object.fromEntries(members)
}

const NO_VERSIONS: ReadonlyMap<string, string> = new Map()

function replaceMember(key: string, value: Json, replacement: Replacement): Json {
  if (key === 'resourceVersion' && typeof value === 'string')
    return replacement.versions.get(value) ?? 'version'
  if (key === 'continue') return 'token'
  if (key === 'cells' && Array.isArray(value)) return value.map(withoutAge)
  return replaceValues(value, replacement)
}

/** The cell of a table without what depends on the moment. */
function withoutAge(cell: Json): Json {
  return typeof cell === 'string' && /^(\d+[smhdy]){1,2}$/.test(cell) ? 'age' : cell
}

/** A refused patch quotes the patched document, whose members stand in any order. */
const PATCHED_DOCUMENT = /((?:^|patch: )Invalid value: )"(?:\{|map\[).*"(?=: )/

function replaceText(text: string): string {
  if (TIME.test(text)) return text.includes('.') ? 'micro-time' : 'time'
  return text
    .replace(/resource version: \d+(, current: \d+| \(\d+\))?/g, 'resource version: N')
    .replace(/(ResourceVersion in (?:the precondition|record)) \(\d+\)/g, '$1 (N)')
    .replace(PATCHED_DOCUMENT, '$1')
}

/** Bookmarks come when they come; only the one that ends the initial events has its place. */
function isIncidental(value: Json): boolean {
  const { type, object } = (value ?? {}) as { type?: Json; object?: { metadata?: { annotations?: object } } }
  return type === 'BOOKMARK' && !('k8s.io/initial-events-end' in (object?.metadata?.annotations ?? {}))
}

/** The real cluster's controllers write status and own some entries, at moments of their own. */
function isOurs(value: Json): boolean {
  const manager = (value as { manager?: Json } | null)?.manager
  return manager !== 'kube-controller-manager'
}
