// Reads the content of configs: one GET however many followers ask, digested at once, the bytes dropped.

import { changedKeys } from '../decide/content/digest.ts'
import { isNotFound } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import type { RawObject } from '../kube/raw-object.ts'
import { CONFIG_RESOURCES, type Config, type ConfigRef, type ContentDigest } from '../types/config.ts'
import { refKey } from '../types/object.ts'
import type { ConfigObservation } from '../types/plan.ts'
import { problemText } from '../types/problem-text.ts'
import type { ConfigRecord } from '../types/record.ts'

/** What a read answers; never `absent` without having asked. */
export type ReadResult = Extract<
  ConfigObservation,
  { state: 'present' | 'absent' | 'outOfScope' | 'unreadable' }
>

export interface ConfigReader {
  /**
   * The digested content of a config that the store shows as `config`. A content read before is used again as long as the
   * store shows what it showed then. No request is made for what the store shows whole.
   */
  read(
    config: Config,
    options: { readonly incumbentHash: boolean; readonly signal: AbortSignal },
  ): Promise<ReadResult>
  /**
   * The digested content of a config as it was in `version`; undefined where it was not there, and where that cannot be found out
   * any more. Rejects only with the reason of `signal`.
   */
  readAt(
    config: Config,
    options: { readonly version: string; readonly signal: AbortSignal },
  ): Promise<ContentDigest | undefined>
  /**
   * Whether a config that is not in the store exists: `outOfScope` if it does. Remembered until `forget`. A SecretProviderClass is
   * never absent: that no pod mounts it says nothing.
   */
  exists(ref: ConfigRef, options: { readonly signal: AbortSignal }): Promise<ReadResult>
  /** The store showed a change of this config: that it was absent, or out of scope, is no longer known. */
  forget(ref: ConfigRef): void
  /** The names of the keys that changed between the version that `record` is of and the last read; [] where not known. */
  changedKeys(ref: ConfigRef, record: ConfigRecord | undefined): readonly string[]
}

export interface ConfigReaderOptions {
  readonly client: KubeClient
  readonly digest: (
    object: RawObject,
    options: { readonly ref: ConfigRef; readonly incumbentHash: boolean },
  ) => ContentDigest
  /** What the store shows of a SecretProviderClass is all there is to read. */
  readonly digestVersions: (config: Config, options: { readonly incumbentHash: boolean }) => ContentDigest
  readonly reduce: (object: RawObject, previous: Config) => Config
  /** Answers remembered; the least recently used goes first. */
  readonly maxEntries?: number
  readonly patienceMs?: number
  /** A GET of content was answered. */
  readonly onRead?: (ref: ConfigRef, state: ReadResult['state']) => void
}

interface Entry {
  /** What the store showed when the read began: `<uid>.<resourceVersion>`, or empty where it showed nothing. */
  readonly shown: string
  readonly incumbentHash: boolean
  readonly result: Promise<ReadResult>
  /** Fulfilled once the answer has taken so long that nobody waits for it any more. */
  readonly late: Promise<ReadResult>
  /** What the last two reads of content found: the one before, and this one. */
  before?: ContentDigest
  after?: ContentDigest
}

const DEFAULT_MAX_ENTRIES = 4096
/** How long those who ask wait for an answer. A GET that hangs goes on, and is shared by whoever asks again. */
const DEFAULT_PATIENCE_MS = 1_000

/**
 * Guarantees: concurrent reads of one version share one GET; an answer is no older than the version asked for, because every
 * GET is a quorum read begun after the store showed that version; failures are not remembered; nobody waits for one GET longer
 * than `patienceMs` after it began, so that a read which hangs does not hold up workers that others need.
 */
export function createConfigReader(options: ConfigReaderOptions): ConfigReader {
  const { client, digest, reduce, maxEntries = DEFAULT_MAX_ENTRIES } = options
  const { patienceMs = DEFAULT_PATIENCE_MS } = options
  /** In order of use, the least recent first. */
  const entries = new Map<string, Entry>()

  function remember(key: string, entry: Entry): Entry {
    entries.delete(key)
    entries.set(key, entry)
    for (const oldest of entries.keys()) {
      if (entries.size <= maxEntries) break
      entries.delete(oldest)
    }
    return entry
  }

  /** Failures are not remembered; whoever asked anew meanwhile is not disturbed. */
  function forgetFailure(key: string, entry: Entry, { state }: ReadResult): void {
    if (state === 'unreadable' && entries.get(key) === entry) entries.delete(key)
  }

  async function get(config: Config, incumbentHash: boolean, signal: AbortSignal): Promise<ReadResult> {
    const { ref } = config
    if (config.mounted !== undefined)
      return { state: 'present', config, content: options.digestVersions(config, { incumbentHash }) }
    const object = await client.get(CONFIG_RESOURCES[ref.kind], ref, { signal })
    return {
      state: 'present',
      config: reduce(object, config),
      content: digest(object, { ref, incumbentHash }),
    }
  }

  /** Begins a read and remembers it at once, so that whoever asks meanwhile shares it. */
  function begin(config: Config, incumbentHash: boolean, signal: AbortSignal): Entry {
    const key = refKey(config.ref)
    const before = entries.get(key)?.after
    const result = ask(() => get(config, incumbentHash, signal)).then((answer) => {
      if (config.mounted === undefined) options.onRead?.(config.ref, answer.state)
      if (answer.state === 'present' && answer.content !== undefined) entry.after = answer.content
      forgetFailure(key, entry, answer)
      return answer.state === 'unreadable' ? { ...answer, config } : answer
    })
    const entry: Entry = {
      shown: shownBy(config),
      incumbentHash,
      result,
      late: lateness(result, { patienceMs, config }),
      ...(before === undefined ? {} : { before }),
    }
    return remember(key, entry)
  }

  return {
    read(config, { incumbentHash, signal }) {
      const key = refKey(config.ref)
      const known = entries.get(key)
      const usable =
        known !== undefined && known.shown === shownBy(config) && (known.incumbentHash || !incumbentHash)
      return answerOf(usable ? remember(key, known) : begin(config, incumbentHash, signal))
    },
    async readAt({ ref }, { version, signal }) {
      try {
        const { items } = await client.list(CONFIG_RESOURCES[ref.kind], {
          namespace: ref.namespace,
          name: ref.name,
          exactVersion: version,
          reduce: (object) => digest(object, { ref, incumbentHash: false }),
          timeoutMs: patienceMs,
          signal,
        })
        return items[0]
      } catch {
        signal.throwIfAborted()
        return undefined
      }
    },
    exists(ref, { signal }) {
      if (ref.kind === 'SecretProviderClass') return Promise.resolve({ state: 'outOfScope' })
      const key = refKey(ref)
      const known = entries.get(key)
      if (known?.shown === '') return answerOf(remember(key, known))
      const result = ask(async () => {
        await client.getMetadata(CONFIG_RESOURCES[ref.kind], ref, { signal })
        return { state: 'outOfScope' }
      }).then((answer) => {
        forgetFailure(key, entry, answer)
        return answer
      })
      const entry: Entry = { shown: '', incumbentHash: false, result, late: lateness(result, { patienceMs }) }
      return answerOf(remember(key, entry))
    },
    forget(ref) {
      const key = refKey(ref)
      if (entries.get(key)?.shown === '') entries.delete(key)
    },
    changedKeys(ref, record) {
      const { before, after } = entries.get(refKey(ref)) ?? {}
      if (before === undefined || after === undefined || record?.state !== 'present') return []
      const sameVersion = before.uid === record.uid && before.resourceVersion === record.resourceVersion
      return sameVersion ? changedKeys(before, after) : []
    },
  }
}

/** What an answer that is long in coming is taken for meanwhile: fulfilled `patienceMs` from now, unless it came. */
function lateness(
  result: Promise<ReadResult>,
  { patienceMs, config }: { readonly patienceMs: number; readonly config?: Config },
): Promise<ReadResult> {
  const problem = `the API server has not answered for ${patienceMs} ms`
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve({ state: 'unreadable', problem, ...(config === undefined ? {} : { config }) })
    }, patienceMs)
    void result.finally(() => clearTimeout(timer))
  })
}

/** The answer where it is there, however late it came. */
function answerOf({ result, late }: Entry): Promise<ReadResult> {
  return Promise.race([result, late])
}

async function ask(get: () => Promise<ReadResult>): Promise<ReadResult> {
  try {
    return await get()
  } catch (error) {
    if (isNotFound(error)) return { state: 'absent', verified: true }
    return { state: 'unreadable', problem: problemText(error) }
  }
}

function shownBy({ uid, resourceVersion }: Config): string {
  return `${uid}.${resourceVersion}`
}
