// How records are written down. Fixtures of every released version stay in the tests: neither upgrade nor downgrade rolls.
import * as v from 'valibot'
import { refKey } from '../../types/object.ts'
import type { ConfigId, ConfigRecord, WorkloadRecord } from '../../types/record.ts'
import type { WorkloadKind } from '../../types/workload.ts'

/** Raised when a program that reads only the older format would misunderstand the newer. */
export const RECORD_FORMAT = 1

/** The keyed-digest key, while it has no Secret of its own to live in. */
export interface StoredDigestKey {
  readonly id: string
  /** base64. */
  readonly key: string
}

/** The content of one ConfigMap of the record store. */
export interface Shard {
  /** Shard 0 only. */
  readonly watchedUntil?: string
  /** Shard 0 only. */
  readonly digestKey?: StoredDigestKey
  /** One line for each workload, by key. */
  readonly lines: ReadonlyMap<string, string>
}

const Uid = v.pipe(v.string(), v.nonEmpty())
const Version = v.pipe(v.string(), v.regex(/^\d+$/))
const Keys = v.union([v.literal('all'), v.array(v.string())])

const Entry = v.variant('s', [
  v.object({ s: v.literal('present'), uid: Uid, rv: Version, keys: Keys, digest: v.string() }),
  v.object({ s: v.literal('absent'), uid: v.optional(Uid) }),
  v.object({ s: v.literal('unread') }),
  v.object({ s: v.literal('unfollowed'), uid: Uid, rv: Version }),
])

// Kinds and types that only a newer version knows are kept as they stand: what it remembers of them survives a downgrade.
const Line = v.object({
  kind: v.pipe(v.string(), v.nonEmpty()),
  namespace: v.string(),
  name: v.string(),
  uid: Uid,
  since: v.string(),
  patterns: v.optional(v.string()),
  configs: v.record(v.pipe(v.string(), v.regex(/^\w+\/./)), Entry),
})

const StoredKey = v.object({ id: v.string(), key: v.string() })

/** One line of JSON, the same bytes for the same record. */
export function formatRecord(record: WorkloadRecord): string {
  const { workload, uid, since, patterns } = record
  const ids = (Object.keys(record.configs) as ConfigId[]).sort()
  const configs: Record<string, unknown> = {}
  for (const id of ids) {
    const entry = record.configs[id]
    if (entry !== undefined) configs[id] = formatEntry(entry)
  }
  const { kind, namespace, name } = workload
  return JSON.stringify({ kind, namespace, name, uid, since, patterns, configs })
}

/** The record that `formatRecord` wrote; throws a TypeError that quotes nothing of it for anything else. */
export function parseRecord(line: string): WorkloadRecord {
  const { kind, namespace, name, uid, since, patterns, configs } = parseAs(Line, line, 'a record')
  const entries = Object.entries(configs).map(([id, entry]) => [id, parseEntry(entry)])
  return {
    workload: { kind: kind as WorkloadKind, namespace, name },
    uid,
    since,
    ...(patterns === undefined ? {} : { patterns }),
    configs: Object.fromEntries(entries),
  }
}

/** The `data` of a shard's ConfigMap. */
export function formatShard({ watchedUntil, digestKey, lines }: Shard): Record<string, string> {
  return {
    format: String(RECORD_FORMAT),
    ...(watchedUntil === undefined ? {} : { watchedUntil }),
    ...(digestKey === undefined ? {} : { digestKey: JSON.stringify(digestKey) }),
    records: [...lines.values()].sort().join('\n'),
  }
}

/**
 * What a shard's ConfigMap holds. Throws an Error that says why for what this version must leave alone: a newer format, or
 * text that is not ours.
 */
export function parseShard(data: Readonly<Record<string, string>>): Shard {
  const format = Number(data.format)
  if (!Number.isInteger(format) || format < 1)
    throw new Error('Cannot read a shard of the record store: it names no format')
  if (format > RECORD_FORMAT)
    throw new Error(`Cannot read a shard of the record store: format ${format} is newer than ours`)
  const lines = new Map<string, string>()
  for (const line of (data.records ?? '').split('\n')) {
    if (line === '') continue
    lines.set(refKey(parseRecord(line).workload), line)
  }
  const { watchedUntil, digestKey } = data
  return {
    ...(watchedUntil === undefined ? {} : { watchedUntil }),
    ...(digestKey === undefined ? {} : { digestKey: parseAs(StoredKey, digestKey, 'the digest key') }),
    lines,
  }
}

/** `text` as the JSON that `schema` describes. Errors quote nothing of it: it may hold the digest key. */
function parseAs<T extends v.GenericSchema>(schema: T, text: string, what: string): v.InferOutput<T> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new TypeError(`Cannot read ${what}: it is not valid JSON`)
  }
  const parsed = v.safeParse(schema, json)
  if (parsed.success) return parsed.output
  throw new TypeError(`Cannot read ${what}: ${v.getDotPath(parsed.issues[0]) ?? 'it'} is invalid`)
}

function formatEntry(entry: ConfigRecord): v.InferOutput<typeof Entry> {
  switch (entry.state) {
    case 'present': {
      const keys = entry.keys === 'all' ? 'all' : [...entry.keys]
      return { s: 'present', uid: entry.uid, rv: entry.resourceVersion, keys, digest: entry.digest }
    }
    case 'absent':
      return entry.uid === undefined ? { s: 'absent' } : { s: 'absent', uid: entry.uid }
    case 'unread':
      return { s: 'unread' }
    case 'unfollowed':
      return { s: 'unfollowed', uid: entry.uid, rv: entry.resourceVersion }
  }
}

function parseEntry(entry: v.InferOutput<typeof Entry>): ConfigRecord {
  switch (entry.s) {
    case 'present':
      return {
        state: 'present',
        uid: entry.uid,
        resourceVersion: entry.rv,
        keys: entry.keys,
        digest: entry.digest,
      }
    case 'absent':
      return entry.uid === undefined ? { state: 'absent' } : { state: 'absent', uid: entry.uid }
    case 'unread':
      return { state: 'unread' }
    case 'unfollowed':
      return { state: 'unfollowed', uid: entry.uid, resourceVersion: entry.rv }
  }
}
