// The ConfigMaps of the record store: reading them into memory and writing one, with its resourceVersion as the lock.
import { isAlreadyExists, isConflict, isNotFound } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { isRecord, type RawObject } from '../../kube/raw-object.ts'
import { CONFIG_RESOURCES } from '../../types/config.ts'
import { RECORDS_LABEL, shardIndexOf, shardName } from '../../types/own-objects.ts'
import { formatShard, parseShard, type Shard, type StoredDigestKey } from './record-format.ts'
import type { MemoryShard, RecordMemory } from './record-memory.ts'

const CONFIG_MAPS = CONFIG_RESOURCES.ConfigMap

/** What concerns the whole store; kept in its first shard. */
export interface StoreHeader {
  digestKey: StoredDigestKey | undefined
  /** `made`: ours, and one that is written already is the key instead. `moved`: it lives elsewhere, and is not taken back. */
  keyState: 'read' | 'made' | 'moved'
  watchedUntil: string | undefined
}

export interface RecordShardsOptions {
  readonly client: KubeClient
  readonly namespace: string
  readonly name: string
  readonly memory: RecordMemory
  readonly header: StoreHeader
  readonly onForeign: (shardName: string, error: Error) => void
}

export interface RecordShards {
  /** Reads every shard into memory. Throws what the API answered. */
  read(signal: AbortSignal): Promise<void>
  /** Marks shards that somebody deleted, so that they are written whole again. */
  noticeMissing(signal: AbortSignal): Promise<void>
  /**
   * Writes one shard, and with the header that everything was watched until `watched`; a lost race is merged and tried again.
   * Throws what the API answered otherwise, with everything still to be written.
   */
  write(shard: MemoryShard, options: WriteShardOptions): Promise<void>
  /** Whether the shard exists in the cluster, as far as we know. */
  exists(shard: MemoryShard): boolean
}

export interface WriteShardOptions {
  /** API server time up to which all that the store holds was watched and decided; undefined: nothing to say. */
  readonly watched: string | undefined
  readonly signal: AbortSignal
}

/** A write that loses this many races in a row waits for the next round. */
const MAX_RACES = 5

/** Guarantees: what cannot be understood is never overwritten; nothing that was put into memory is lost by a merge. */
export function createRecordShards(options: RecordShardsOptions): RecordShards {
  const { client, namespace, name, memory, header } = options
  /** The resourceVersion of each shard that exists, as we last read or wrote it. */
  const versions = new Map<number, string>()

  const nameOf = (index: number) => shardName(name, index)
  const indexOf = ({ metadata }: RawObject) => shardIndexOf(name, metadata.name)
  const labelSelector = `${RECORDS_LABEL}=${name}`

  function take(object: RawObject): void {
    const index = indexOf(object)
    if (index === undefined) return
    versions.set(index, object.metadata.resourceVersion)
    try {
      const shard = parseShard(dataOf(object))
      memory.take(index, shard.lines)
      takeKey(shard.digestKey)
      header.watchedUntil = later(header.watchedUntil, shard.watchedUntil)
    } catch (error) {
      memory.takeForeign(index)
      options.onForeign(object.metadata.name, error instanceof Error ? error : new Error(String(error)))
    }
  }

  function takeKey(key: StoredDigestKey | undefined): void {
    const wanted =
      header.keyState === 'made' || (header.keyState === 'read' && header.digestKey === undefined)
    if (key === undefined || !wanted) return
    header.digestKey = key
    header.keyState = 'read'
  }

  /** What a write of the header told the cluster. */
  function headerWritten(watched: string | undefined): void {
    header.watchedUntil = later(header.watchedUntil, watched)
    if (header.keyState === 'made') header.keyState = 'read'
  }

  function contentOf(shard: MemoryShard, watched: string | undefined): Shard {
    if (shard !== memory.header()) return { lines: shard.lines }
    const { digestKey } = header
    const watchedUntil = later(header.watchedUntil, watched)
    return {
      ...(watchedUntil === undefined ? {} : { watchedUntil }),
      ...(digestKey === undefined ? {} : { digestKey }),
      lines: shard.lines,
    }
  }

  async function send(shard: MemoryShard, watched: string | undefined, signal: AbortSignal): Promise<void> {
    const resourceVersion = versions.get(shard.index)
    const metadata = { name: nameOf(shard.index), namespace, labels: { [RECORDS_LABEL]: name } }
    const data = formatShard(contentOf(shard, watched))
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }
    // A shard that comes back whole would double what the store costs at rest.
    const options = { metadataOnly: true, signal }
    const answer =
      resourceVersion === undefined
        ? await client.create(CONFIG_MAPS, object, options)
        : await client.update(CONFIG_MAPS, { ...object, metadata: { ...metadata, resourceVersion } }, options)
    versions.set(shard.index, answer.metadata.resourceVersion)
  }

  async function resolveRace(index: number, signal: AbortSignal): Promise<void> {
    try {
      take(await client.get(CONFIG_MAPS, { namespace, name: nameOf(index) }, { signal }))
    } catch (error) {
      if (!isNotFound(error)) throw error
      versions.delete(index)
    }
  }

  return {
    async read(signal) {
      const { items } = await client.list(CONFIG_MAPS, {
        namespace,
        labelSelector,
        reduce: (each) => each,
        signal,
      })
      for (const object of items) take(object)
    },
    async noticeMissing(signal) {
      const list = await client.list(CONFIG_MAPS, {
        namespace,
        labelSelector,
        metadataOnly: true,
        reduce: indexOf,
        signal,
      })
      const there = new Set(list.items)
      for (const { index } of memory.shards()) if (!there.has(index)) versions.delete(index)
    },
    async write(shard, { watched, signal }) {
      for (let races = 0; races < MAX_RACES; races++) {
        memory.beginWrite(shard)
        try {
          await send(shard, watched, signal)
          memory.endWrite(shard, { written: true })
          if (shard === memory.header()) headerWritten(watched)
          return
        } catch (error) {
          memory.endWrite(shard, { written: false })
          // To a shard that is to be made, 404 says that the namespace is not there.
          const isGone = isNotFound(error) && versions.has(shard.index)
          if (!isConflict(error) && !isAlreadyExists(error) && !isGone) throw error
          await resolveRace(shard.index, signal)
          if (!memory.shards().includes(shard))
            throw new Error(`Cannot write ${nameOf(shard.index)}: it is not ours any more`)
        }
      }
      throw new Error(`Cannot write ${nameOf(shard.index)}: somebody else writes it all the time`)
    },
    exists: ({ index }) => versions.has(index),
  }
}

function dataOf(object: RawObject): Readonly<Record<string, string>> {
  const data = object.data
  if (!isRecord(data)) throw new Error('Cannot read a shard of the record store: it has no data')
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)]))
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a < b ? b : a
}
