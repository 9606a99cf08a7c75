// Records in ConfigMaps of our own (behaviour.md 2, "Where records live"). Memory is its cache, the cluster its truth.
//
// Guarantees: `load` has read every shard before anything is decided; a shard that cannot be understood is never
// overwritten; a record that was put is written within about a second of the API answering, and before a graceful exit.
// Caveat: while RBAC forbids the store, records live in memory only, and a change made while we are down goes unnoticed. A store
// that could not even be read stays forbidden, because nobody knows what a write would destroy; else a write is tried every minute.

import { isForbidden, isInvalid } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { Alarm } from '../../net/alarm.ts'
import { delay } from '../../net/delay.ts'
import { CONFIG_RESOURCES } from '../../types/config.ts'
import { problemText } from '../../types/problem-text.ts'
import type { WorkloadRecord } from '../../types/record.ts'
import type { WorkloadRef } from '../../types/workload.ts'
import { createBackoff } from '../queue/backoff.ts'
import { unlessStarting } from './denial.ts'
import type { StoredDigestKey } from './record-format.ts'
import { createRecordMemory, type MemoryShard, type RecordMemory } from './record-memory.ts'
import { createRecordShards, type StoreHeader, type WriteShardOptions } from './record-shards.ts'

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
  /** Keeps a digest key in the store, unless another process was faster, or with undefined no longer; part of the next write. */
  keepDigestKey(key: StoredDigestKey | undefined): void
  /** Until when the processes before us watched (RFC 3339); undefined where there was none. */
  watchedUntil(): string | undefined
  /** False while RBAC forbids the store. */
  isPersistent(): boolean
  readonly size: number
  /** Makes `watchedUntil` part of the next write, though nothing else changed. */
  advanceWatchedUntil(): void
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
/** An API server that starts again denies for a moment what it will soon allow. */
const BELIEVED_DENIALS = 3

/** A record store at rest: `load` it, then `run` it. */
export function createRecordStore(options: RecordStoreOptions): RecordStore {
  const { onWrite, onProblem } = options
  const memory = createRecordMemory()
  const header: StoreHeader = { digestKey: undefined, keyState: 'read', watchedUntil: undefined }
  const shards = createRecordShards({
    ...options,
    memory,
    header,
    onForeign: (name, error) =>
      onProblem?.(`ConfigMap ${name} is left alone and its workloads are adopted anew: ${error.message}`),
  })
  const backoff = createBackoff({ baseMs: WRITE_INTERVAL_MS, maxMs: 30_000 })
  let startedWith: string | undefined
  /** The store was read, so that it may be written. */
  let readable = true
  /** RBAC lets us write it, as far as we know. */
  let writable = true
  /** Writes in a row that were answered 403. */
  let denials = 0
  let headerChanged = false
  let flushing = Promise.resolve()
  const alarm = new Alarm()

  const isPersistent = () => readable && writable && !options.dryRun

  function needsWrite(shard: MemoryShard): boolean {
    if (shard.foreign) return false
    return shard.changed.size > 0 || !shards.exists(shard) || (headerChanged && shard === memory.header())
  }

  /** One at a time: what another flush has on its way is not written yet. */
  function flush(signal: AbortSignal): Promise<void> {
    const flushed = flushing.then(() => writeAll(signal))
    flushing = flushed.catch(() => {})
    return flushed
  }

  async function writeAll(signal: AbortSignal): Promise<void> {
    if (!readable || options.dryRun) return
    // Asked before the first write: what is put meanwhile may go into a shard that is written already.
    const watched = options.watchedNow()
    const refusals: unknown[] = []
    try {
      for (const shard of headerLast(memory)) {
        if (!needsWrite(shard)) continue
        const refusal = await writeOne(shard, {
          watched: refusals.length === 0 ? watched : undefined,
          signal,
        })
        if (refusal !== undefined) refusals.push(refusal)
      }
    } catch (error) {
      if (!isForbidden(error)) throw error
      denials += 1
      if (writable && denials < BELIEVED_DENIALS) throw error
      loseStore(problemText(error))
      return
    }
    if (refusals.length > 0) throw refusals[0]
  }

  /** Returns why the API server does not take this shard, so that the others are written all the same. */
  async function writeOne(shard: MemoryShard, write: WriteShardOptions): Promise<unknown> {
    const headerWasChanged = headerChanged
    if (shard === memory.header()) headerChanged = false
    try {
      await shards.write(shard, write)
      onWrite?.('success')
      if (!writable) onProblem?.('Records are written again')
      writable = true
      denials = 0
      return undefined
    } catch (error) {
      headerChanged ||= headerWasChanged
      onWrite?.('error')
      if (isInvalid(error)) return error
      throw error
    }
  }

  function loseStore(problem: string): void {
    if (writable) {
      onProblem?.(
        `Records are kept in memory only, so a change made while Reloader is down goes unnoticed: ${problem}; ` +
          `grant get, list, watch, create and update on configmaps in namespace ${options.namespace}`,
      )
    }
    writable = false
  }

  async function write(signal: AbortSignal): Promise<number> {
    try {
      await flush(signal)
      backoff.forget('flush')
      return WRITE_INTERVAL_MS
    } catch (error) {
      if (signal.aborted) return 0
      const delayMs = backoff.when('flush')
      if (!isForbidden(error)) onProblem?.(`Cannot write records, trying again: ${problemText(error)}`)
      return delayMs
    }
  }

  async function noticeMissing(signal: AbortSignal): Promise<void> {
    if (!readable || options.dryRun) return
    try {
      await shards.noticeMissing(signal)
    } catch {
      // The write that follows meets the same API server, and reports.
    }
  }

  function hasWork(): boolean {
    return isPersistent() && memory.shards().some(needsWrite)
  }

  /** While the store is forbidden, nothing that changes makes a write more promising. */
  function changed(): void {
    if (isPersistent()) alarm.wake()
  }

  return {
    async load(signal) {
      try {
        const { client } = options
        await unlessStarting(() => shards.read(signal), {
          client,
          resource: CONFIG_RESOURCES.ConfigMap,
          signal,
        })
        readable = true
      } catch (error) {
        if (!isForbidden(error)) throw error
        readable = false
        loseStore(problemText(error))
      }
      startedWith = header.watchedUntil
    },
    get(workload, uid) {
      const record = memory.get(workload)
      return record?.uid === uid ? record : undefined
    },
    written: (workload) => (memory.isWritten(workload) || !isPersistent() ? memory.get(workload) : undefined),
    put(record, { quiet = false } = {}) {
      if (memory.put(record, { quiet })) changed()
    },
    remove(workloadKey) {
      if (memory.remove(workloadKey)) changed()
    },
    keys: () => memory.keys(),
    digestKey: () => header.digestKey,
    keepDigestKey(key) {
      header.digestKey = key
      header.keyState = key === undefined ? 'moved' : 'made'
      headerChanged = true
      alarm.wake()
    },
    watchedUntil: () => startedWith,
    isPersistent,
    get size() {
      return memory.size
    },
    advanceWatchedUntil() {
      headerChanged = true
    },
    flush,
    async run(signal) {
      // Until the first one is written, nobody after us can tell what was born unseen: so that one is not put off.
      let intervalMs = WRITE_INTERVAL_MS
      let dueAt = performance.now() + intervalMs
      while (!signal.aborted) {
        if (!hasWork()) await alarm.until(dueAt, signal)
        if (performance.now() >= dueAt) {
          if (options.watchedNow() !== undefined) {
            await noticeMissing(signal)
            headerChanged = true
            intervalMs = WATCHED_INTERVAL_MS
          }
          dueAt = performance.now() + intervalMs
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
