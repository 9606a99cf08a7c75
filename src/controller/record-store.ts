// Records in ConfigMaps of our own (behaviour.md 2, "Where records live"). Memory is its cache, the cluster its truth.
//
// Guarantees: `load` has read every shard before anything is decided; a shard that cannot be understood is never
// overwritten; a record that was put is written within about a second of the API answering, and before a graceful exit.
// Caveat: where RBAC forbids the store, records live in memory only, and a change made while we are down goes unnoticed.
import { isForbidden, problemText } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import type { WorkloadRecord } from '../types/record.ts'
import type { WorkloadRef } from '../types/workload.ts'
import { createBackoff } from './backoff.ts'
import { delay } from './delay.ts'
import type { StoredDigestKey } from './record-format.ts'
import { createRecordMemory, type MemoryShard, type RecordMemory } from './record-memory.ts'
import { createRecordShards, type StoreHeader } from './record-shards.ts'

export interface RecordStore {
  /** Reads every shard. Throws what the API answered, except that a 403 means "no store": see `persistent`. */
  load(signal: AbortSignal): Promise<void>
  /** The record of the workload with that uid. */
  get(workload: WorkloadRef, uid: string): WorkloadRecord | undefined
  /** The record as the cluster holds it; undefined while the latest is not written yet. */
  written(workload: WorkloadRef): WorkloadRecord | undefined
  /** Remembers a record, to be written soon. `quiet`: only newer resourceVersions, written when something else is. */
  put(record: WorkloadRecord, options?: { readonly quiet?: boolean }): void
  remove(workloadKey: string): void
  /** Keys of all workloads that have a record. */
  keys(): IterableIterator<string>
  /** The digest key that the store keeps, as long as it has no Secret of its own. */
  digestKey(): StoredDigestKey | undefined
  /** Keeps a digest key in the store, or with undefined no longer; part of the next write. */
  keepDigestKey(key: StoredDigestKey | undefined): void
  /** Until when the processes before us watched (RFC 3339); undefined where there was none. */
  watchedUntil(): string | undefined
  /** False where RBAC forbids the store. */
  isPersistent(): boolean
  readonly size: number
  /** Writes whatever is not written yet; rejects when that fails. */
  flush(signal: AbortSignal): Promise<void>
  /** Writes what changes, at once and then at most once a second; ends, without a last flush, when `signal` aborts. */
  run(signal: AbortSignal): Promise<void>
}

export interface RecordStoreOptions {
  readonly client: KubeClient
  readonly namespace: string
  /** Shards are called `<name>-records-<n>`. */
  readonly name: string
  /** API server time up to which everything was watched and decided; undefined: not yet. */
  readonly watchedNow: () => string | undefined
  /** Nothing is ever written. */
  readonly dryRun: boolean
  readonly onWrite?: (outcome: 'success' | 'error') => void
  /** One line for people; the store goes on. */
  readonly onProblem?: (message: string) => void
}

const WRITE_INTERVAL_MS = 1_000
/** How far `watchedUntil` may lag behind. */
const WATCHED_INTERVAL_MS = 60_000

/** A record store at rest: `load` it, then `run` it. */
export function createRecordStore(options: RecordStoreOptions): RecordStore {
  const { onWrite, onProblem } = options
  const memory = createRecordMemory()
  const header: StoreHeader = { digestKey: undefined, watchedUntil: undefined }
  const shards = createRecordShards({
    ...options,
    memory,
    header,
    onForeign: (name, error) =>
      onProblem?.(`ConfigMap ${name} is left alone and its workloads are adopted anew: ${error.message}`),
  })
  const backoff = createBackoff({ baseMs: WRITE_INTERVAL_MS, maxMs: 30_000 })
  let startedWith: string | undefined
  let persistent = !options.dryRun
  let headerChanged = false
  let wake = () => {}

  function needsWrite(shard: MemoryShard): boolean {
    if (shard.foreign) return false
    return shard.changed.size > 0 || !shards.exists(shard) || (headerChanged && shard === memory.header())
  }

  async function flush(signal: AbortSignal): Promise<void> {
    if (!persistent) return
    for (const shard of headerLast(memory)) {
      if (!needsWrite(shard)) continue
      const headerWasChanged = headerChanged
      if (shard === memory.header()) headerChanged = false
      try {
        await shards.write(shard, signal)
        onWrite?.('success')
      } catch (error) {
        headerChanged ||= headerWasChanged
        onWrite?.('error')
        if (!isForbidden(error)) throw error
        loseStore(problemText(error))
        return
      }
    }
  }

  function loseStore(problem: string): void {
    persistent = false
    onProblem?.(
      `Records are kept in memory only, so a change made while Reloader is down goes unnoticed: ${problem}; ` +
        `grant get, list, watch, create and update on configmaps in namespace ${options.namespace}`,
    )
  }

  async function write(signal: AbortSignal): Promise<number> {
    try {
      await flush(signal)
      backoff.forget('flush')
      return WRITE_INTERVAL_MS
    } catch (error) {
      if (signal.aborted) return 0
      const delayMs = backoff.when('flush')
      onProblem?.(`Cannot write records, trying again: ${problemText(error)}`)
      return delayMs
    }
  }

  async function advanceWatchedUntil(signal: AbortSignal): Promise<void> {
    if (!persistent) return
    try {
      await shards.noticeMissing(signal)
    } catch {
      // The write that follows meets the same API server, and reports.
    }
    headerChanged = true
  }

  function hasWork(): boolean {
    return persistent && memory.shards().some(needsWrite)
  }

  /** Resolves when there is something to write, when `watchedUntil` is due, or on abort. */
  function work(signal: AbortSignal): Promise<void> {
    if (hasWork()) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        wake = () => {}
        resolve()
      }
      const timer = setTimeout(done, WATCHED_INTERVAL_MS)
      signal.addEventListener('abort', done)
      wake = done
    })
  }

  return {
    async load(signal) {
      try {
        await shards.read(signal)
      } catch (error) {
        if (!isForbidden(error)) throw error
        loseStore(problemText(error))
      }
      startedWith = header.watchedUntil
    },
    get(workload, uid) {
      const record = memory.get(workload)
      return record?.uid === uid ? record : undefined
    },
    written: (workload) => (memory.isWritten(workload) || !persistent ? memory.get(workload) : undefined),
    put(record, { quiet = false } = {}) {
      if (memory.put(record, { quiet })) wake()
    },
    remove(workloadKey) {
      if (memory.remove(workloadKey)) wake()
    },
    keys: () => memory.keys(),
    digestKey: () => header.digestKey,
    keepDigestKey(key) {
      header.digestKey = key
      headerChanged = true
      wake()
    },
    watchedUntil: () => startedWith,
    isPersistent: () => persistent,
    get size() {
      return memory.size
    },
    flush,
    async run(signal) {
      let watchedAtMs = Number.NEGATIVE_INFINITY
      while (!signal.aborted) {
        await work(signal)
        if (performance.now() - watchedAtMs >= WATCHED_INTERVAL_MS) {
          await advanceWatchedUntil(signal)
          watchedAtMs = performance.now()
        }
        await delay(await write(signal), signal)
      }
    },
  }
}

/** The header says until when everything is remembered, so what it speaks of is written before it. */
function headerLast(memory: RecordMemory): readonly MemoryShard[] {
  const header = memory.header()
  return [...memory.shards().filter((shard) => shard !== header), header]
}
