// What the record store holds in memory: every record as the line that is written down (a tenth of the memory of the parsed
// form), the shard it belongs to, and what of it is not written yet.
import { refKey } from '../../types/object.ts'
import type { WorkloadRecord } from '../../types/record.ts'
import type { WorkloadRef } from '../../types/workload.ts'
import { formatRecord, parseRecord } from './record-format.ts'
import { mergeRecords } from './record-merge.ts'

/** Lines per shard are kept under this many bytes, so that a ConfigMap stays small enough to write at once. */
const MAX_SHARD_BYTES = 64 * 1024

export interface MemoryShard {
  readonly index: number
  readonly lines: Map<string, string>
  bytes: number
  /** Keys that were put or removed since the shard was last read, or since the last write of it began. */
  readonly changed: Set<string>
  /** Keys that a write under way takes along. */
  readonly writing: Set<string>
  /** Keys of lines whose record moved to another shard; each stays until it is written there, so that no crash loses it. */
  readonly leftBehind: Set<string>
  /** What was read of it cannot be understood: it is left alone, and nothing is put into it. */
  readonly foreign: boolean
}

export interface RecordMemory {
  get(workload: WorkloadRef): WorkloadRecord | undefined
  /** Nothing of it changed since its shard was last read or written. */
  isWritten(workload: WorkloadRef): boolean
  /** Remembers a record. `quiet`: it need not be written for its own sake. Returns whether its shard now needs a write. */
  put(record: WorkloadRecord, options: { readonly quiet: boolean }): boolean
  /** Forgets a record. Returns whether its shard now needs a write. */
  remove(workloadKey: string): boolean
  /** Takes in what a shard was read to hold; what changed here since the last read is laid over it. */
  take(index: number, lines: ReadonlyMap<string, string>): void
  /** A shard of that index exists and cannot be understood. What we know to have been in it goes elsewhere. */
  takeForeign(index: number): void
  /** The lines of the shard are being written as they are now. */
  beginWrite(shard: MemoryShard): void
  /** That write is over. */
  endWrite(shard: MemoryShard, outcome: { readonly written: boolean }): void
  keys(): IterableIterator<string>
  shards(): readonly MemoryShard[]
  /** The shard that also holds what concerns the whole store: the first that is ours, made if there is none. */
  header(): MemoryShard
  readonly size: number
}

export interface RecordMemoryOptions {
  /** Default: MAX_SHARD_BYTES. */
  readonly maxShardBytes?: number
}

/** Guarantees: a record stays in the shard it was read from unless it outgrows it; a new one goes to the first with room. */
export function createRecordMemory({
  maxShardBytes = MAX_SHARD_BYTES,
}: RecordMemoryOptions = {}): RecordMemory {
  const shards: MemoryShard[] = []
  const shardOf = new Map<string, MemoryShard>()

  function shardAt(index: number, foreign = false): MemoryShard {
    const present = shards.find((shard) => shard.index === index)
    if (present !== undefined && present.foreign === foreign) return present
    const shard = emptyShard(index, foreign)
    if (present === undefined) shards.push(shard)
    else shards.splice(shards.indexOf(present), 1, shard)
    shards.sort((a, b) => a.index - b.index)
    return shard
  }

  function shardWithRoom(bytes: number): MemoryShard {
    const room = shards.find((shard) => !shard.foreign && shard.bytes + bytes <= maxShardBytes)
    return room ?? shardAt((shards.at(-1)?.index ?? -1) + 1)
  }

  /** Makes `shard` the one that the record lives in. */
  function settleIn(shard: MemoryShard, key: string, line: string): void {
    setLine(shard, key, line)
    shard.leftBehind.delete(key)
    shardOf.set(key, shard)
  }

  function drop(shard: MemoryShard, key: string): void {
    setLine(shard, key, undefined)
    shard.leftBehind.delete(key)
    if (shardOf.get(key) === shard) shardOf.delete(key)
  }

  /** The shard for a line: where its record is, unless it outgrew that. */
  function place(key: string, line: string): MemoryShard {
    const present = shardOf.get(key)
    if (present === undefined) return shardWithRoom(bytesOf(line))
    const grown = present.bytes - bytesOf(present.lines.get(key)) + bytesOf(line)
    if (grown <= maxShardBytes || present.lines.size === 1) return present
    present.leftBehind.add(key)
    const next = shardWithRoom(bytesOf(line))
    next.changed.add(key)
    return next
  }

  function takeLine(shard: MemoryShard, key: string, line: string): void {
    const holder = shardOf.get(key)
    const known = holder?.lines.get(key)
    if (holder === undefined || known === undefined || (holder === shard && !shard.changed.has(key))) {
      settleIn(shard, key, line)
      return
    }
    settleIn(holder, key, formatRecord(mergeRecords(parseRecord(line), parseRecord(known))))
    holder.changed.add(key)
    if (holder === shard) return
    setLine(shard, key, line)
    shard.leftBehind.add(key)
  }

  return {
    get(workload) {
      const key = refKey(workload)
      const line = shardOf.get(key)?.lines.get(key)
      return line === undefined ? undefined : parseRecord(line)
    },
    isWritten(workload) {
      const key = refKey(workload)
      const shard = shardOf.get(key)
      return shard !== undefined && !shard.changed.has(key) && !shard.writing.has(key)
    },
    put(record, { quiet }) {
      const key = refKey(record.workload)
      const line = formatRecord(record)
      if (shardOf.get(key)?.lines.get(key) === line) return false
      const shard = place(key, line)
      settleIn(shard, key, line)
      if (!quiet) shard.changed.add(key)
      return !quiet
    },
    remove(key) {
      if (!shardOf.has(key)) return false
      for (const shard of shards) {
        if (!shard.lines.has(key)) continue
        drop(shard, key)
        shard.changed.add(key)
      }
      return true
    },
    take(index, lines) {
      const shard = shardAt(index)
      const gone = [...shard.lines.keys()].filter((key) => !lines.has(key) && !shard.changed.has(key))
      for (const key of gone) drop(shard, key)
      for (const [key, line] of lines) {
        const removedHere = shard.changed.has(key) && !shardOf.has(key)
        if (!removedHere) takeLine(shard, key, line)
      }
    },
    takeForeign(index) {
      const lost = shards.find((shard) => shard.index === index)
      shardAt(index, true)
      for (const [key, line] of lost?.lines ?? []) {
        if (shardOf.get(key) !== lost) continue
        const shard = shardWithRoom(bytesOf(line))
        settleIn(shard, key, line)
        shard.changed.add(key)
      }
    },
    beginWrite(shard) {
      for (const key of shard.changed) shard.writing.add(key)
      shard.changed.clear()
    },
    endWrite(shard, { written }) {
      if (!written) for (const key of shard.writing) shard.changed.add(key)
      shard.writing.clear()
      for (const other of written ? shards : []) {
        for (const key of other.leftBehind) {
          if (shardOf.get(key) !== shard || shard.changed.has(key)) continue
          drop(other, key)
          other.changed.add(key)
        }
      }
    },
    keys: () => shardOf.keys(),
    header: () => shardWithRoom(-Infinity),
    shards: () => shards,
    get size() {
      return shardOf.size
    },
  }
}

function emptyShard(index: number, foreign: boolean): MemoryShard {
  return {
    index,
    lines: new Map(),
    bytes: 0,
    changed: new Set(),
    writing: new Set(),
    leftBehind: new Set(),
    foreign,
  }
}

function setLine(shard: MemoryShard, key: string, line: string | undefined): void {
  shard.bytes += bytesOf(line) - bytesOf(shard.lines.get(key))
  if (line === undefined) shard.lines.delete(key)
  else shard.lines.set(key, line)
}

function bytesOf(line: string | undefined): number {
  return line === undefined ? 0 : Buffer.byteLength(line) + 1
}
