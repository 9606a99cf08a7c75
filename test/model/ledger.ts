// What a workload has taken into account, as the contents themselves, and what the stamps in its template say about that.
import type { ConfigName, Data, Template } from './world.ts'

export type Keys = 'all' | 'a'

export interface Content {
  readonly state: 'content'
  readonly uid: string
  readonly version: number
  readonly data: Data
  readonly keys: Keys | 'unknown'
}

export type Taken =
  | Content
  | { readonly state: 'absent'; readonly uid?: string }
  | { readonly state: 'unfollowed'; readonly uid: string; readonly version: number }

/** What is written of it outlives the process. */
export interface Ledger {
  readonly workload: string
  readonly taken: Map<ConfigName, Taken>
  /** Followed when the ledger was begun, and not seen since: judged as if there were no ledger. */
  readonly unseen: Set<ConfigName>
  /** The workload asks by expressions, and since when. */
  readonly expressions: boolean
  readonly expressionsSince: number
}

export function copyOf(ledger: Ledger): Ledger {
  return { ...ledger, taken: new Map(ledger.taken), unseen: new Set(ledger.unseen) }
}

/** Whether these keys hold the same; undefined: the config is not there. */
export function sameData(a: Data | undefined, b: Data | undefined, keys: Keys): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.a === b.a && (keys === 'a' || a.b === b.b)
}

export interface StampContext {
  readonly name: ConfigName
  /** The config's present uid, if it is in sight. */
  readonly presentUid: string | undefined
  readonly contentAt: (uid: string, version: number) => Data
}

/** Stamp first, record second: what `template` says that a roll brought, where that is newer than `taken`. */
export function withStamps(
  taken: Taken | undefined,
  template: Template,
  { name, presentUid, contentAt }: StampContext,
): Taken | undefined {
  let newest = taken
  for (const { uid, version, letter } of stampsOf(template)) {
    if (version === undefined) {
      if (newest?.state === 'content' && newest.uid === uid) newest = { state: 'absent', uid }
      continue
    }
    if ((uid !== presentUid && uid !== newest?.uid) || isPast(newest, uid, version)) continue
    const keys = letter === 'a' ? 'all' : template.uses[name] === 'a' ? 'a' : 'unknown'
    newest = { state: 'content', uid, version, data: contentAt(uid, version), keys }
  }
  return newest
}

/** Whether a stamp says nothing that `taken` does not know. */
function isPast(taken: Taken | undefined, uid: string, version: number): boolean {
  if (taken === undefined) return false
  return taken.state === 'absent' ? taken.uid === uid : taken.version >= version
}

interface Stamp {
  readonly uid: string
  /** Undefined: of a deletion. */
  readonly version?: number
  readonly letter?: string
}

/** Whatever looks like one, wherever it stands: the uids of the world are easily found. */
function stampsOf({ variables, annotations }: Template): readonly Stamp[] {
  const text = [...Object.values(variables), ...Object.values(annotations)].join(' ')
  const stamps = [...text.matchAll(/((?:conf|cred)-\d+)\.(?:deleted|(\d+)\.([ak])\.)/g)]
  return stamps.map(([, uid = '', version, letter]) =>
    version === undefined || letter === undefined ? { uid } : { uid, version: Number(version), letter },
  )
}
