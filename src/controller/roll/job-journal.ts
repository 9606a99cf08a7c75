// The journal (behaviour.md 4, row Job): manifests of Jobs that were deleted and do not exist again yet, in one ConfigMap of our own.
//
// Guarantees: an entry that was begun survives us; what other processes wrote, or what nobody here understands, stays.
// Caveat: it holds what the Jobs hold, values of their variables included, for as long as it takes to make them again. Content of
// Secrets is not in it. Whoever may read ConfigMaps in our namespace may read it.
import { randomBytes } from 'node:crypto'
import { isAlreadyExists, isConflict, isForbidden, isNotFound } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { isRecord, type RawObject } from '../../kube/raw-object.ts'
import { type Journal, type JournalEntry, workloadKeyOf } from '../../rollout/job.ts'
import { CONFIG_RESOURCES } from '../../types/config.ts'
import { journalName, RECORDS_LABEL } from '../../types/own-objects.ts'
import { problemText } from '../../types/problem-text.ts'
import { formatEntry, parseEntry } from './journal-format.ts'

/** An entry that is not done with. */
export interface OpenEntry {
  readonly entry: JournalEntry
  /** When it was begun, or found, on the monotonic clock. */
  readonly sinceMs: number
}

/** `Journal`, and what is left in it. */
export interface JobJournal extends Journal {
  /** Reads what earlier processes left. Throws what the API answered; without the right to read it, there is nothing. */
  load(signal: AbortSignal): Promise<void>
  /** What is not done with of a workload. */
  openOf(workloadKey: string): readonly OpenEntry[]
  /** The workloads with an entry that is not done with. */
  keys(): Iterable<string>
}

/** Where the journal is, and who hears of its troubles. */
export interface JobJournalOptions {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'update'>
  readonly namespace: string
  /** The ConfigMap is called `<name>-journal`. */
  readonly name: string
  /** One line for people. */
  readonly onProblem: (message: string) => void
  readonly nowMs: () => number
}

const CONFIG_MAPS = CONFIG_RESOURCES.ConfigMap
/** The API server takes 1 MiB of data. */
const MAX_BYTES = 900_000
/** A write that loses this many races in a row fails. */
const MAX_RACES = 5
/** A journal that nothing is known of yet: `load` it first. */
export function createJobJournal({
  client,
  namespace,
  name,
  onProblem,
  nowMs,
}: JobJournalOptions): JobJournal {
  /** Keeps the entries of two processes that act at once apart. */
  const writer = randomBytes(4).toString('hex')
  const address = { namespace, name: journalName(name) }
  const open = new Map<string, OpenEntry>()
  /** The ConfigMap as we last read or wrote it. */
  let version: string | undefined
  let stored: ReadonlyMap<string, string> = new Map()
  const begun = new Map<string, string>()
  const ended = new Set<string>()
  let changes = 0
  let written = 0
  let writing: Promise<unknown> = Promise.resolve()

  async function read(signal: AbortSignal): Promise<void> {
    try {
      const object = await client.get(CONFIG_MAPS, address, { signal })
      version = object.metadata.resourceVersion
      stored = linesOf(object)
    } catch (error) {
      if (!isNotFound(error)) throw error
      version = undefined
      stored = new Map()
    }
  }

  function wanted(): ReadonlyMap<string, string> {
    const kept = [...stored].filter(([key]) => !ended.has(key))
    return new Map([...kept, ...begun])
  }

  async function send(signal: AbortSignal): Promise<void> {
    const including = changes
    const lines = wanted()
    const metadata = { ...address, labels: { [RECORDS_LABEL]: name } }
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: Object.fromEntries(lines) }
    const answer =
      version === undefined
        ? await client.create(CONFIG_MAPS, object, { signal })
        : await client.update(
            CONFIG_MAPS,
            { ...object, metadata: { ...metadata, resourceVersion: version } },
            { signal },
          )
    version = answer.metadata.resourceVersion
    stored = lines
    written = including
  }

  async function write(upTo: number, signal: AbortSignal): Promise<void> {
    for (let races = 0; written < upTo; races++) {
      try {
        await send(signal)
      } catch (error) {
        const lost = isConflict(error) || isAlreadyExists(error) || isNotFound(error)
        if (!lost || races >= MAX_RACES) throw error
        await read(signal)
      }
    }
  }

  /** One PUT at a time; what changes while one is on its way goes with the next. */
  function flush(signal: AbortSignal): Promise<void> {
    changes += 1
    const upTo = changes
    const done = writing.then(() => write(upTo, signal))
    writing = done.catch(() => {})
    return done
  }

  /** Under whichever keys the entry stands: ours, and those of processes before us. */
  function keysOf({ uid }: JournalEntry): readonly string[] {
    return [...open].flatMap(([key, { entry }]) => (entry.uid === uid ? key : []))
  }

  return {
    async load(signal) {
      try {
        await read(signal)
      } catch (error) {
        if (!isForbidden(error)) throw error
        onProblem(
          `Jobs cannot be rolled: the ConfigMap ${address.name} cannot be read: ${problemText(error)}`,
        )
      }
      for (const [key, text] of stored) {
        try {
          open.set(key, { entry: parseEntry(text), sinceMs: nowMs() })
        } catch (error) {
          onProblem(`Entry ${key} of ConfigMap ${address.name} is left alone: ${problemText(error)}`)
        }
      }
    },
    async begin(entry, signal) {
      const key = `${entry.uid}.${writer}`
      const text = formatEntry(entry)
      begun.set(key, text)
      if (sizeOf(wanted()) > MAX_BYTES) {
        begun.delete(key)
        throw new Error(
          `Cannot write the ConfigMap ${address.name}: no more than ${MAX_BYTES} bytes go into it`,
        )
      }
      open.set(key, { entry, sinceMs: nowMs() })
      ended.delete(key)
      try {
        await flush(signal)
      } catch (error) {
        begun.delete(key)
        open.delete(key)
        ended.add(key)
        throw new Error(`Cannot write the ConfigMap ${address.name}: ${problemText(error)}`, { cause: error })
      }
    },
    async end(entry, signal) {
      const keys = keysOf(entry)
      for (const key of keys) {
        begun.delete(key)
        ended.add(key)
      }
      await flush(signal)
      for (const key of keys) {
        open.delete(key)
        ended.delete(key)
      }
    },
    openOf: (workloadKey) => [...open.values()].filter(({ entry }) => workloadKeyOf(entry) === workloadKey),
    keys: () => new Set([...open.values()].map(({ entry }) => workloadKeyOf(entry))),
  }
}

function linesOf({ data }: RawObject): ReadonlyMap<string, string> {
  return new Map(isRecord(data) ? Object.entries(data).map(([key, text]) => [key, String(text)]) : [])
}

function sizeOf(lines: ReadonlyMap<string, string>): number {
  let bytes = 0
  for (const [key, text] of lines) bytes += Buffer.byteLength(key) + Buffer.byteLength(text)
  return bytes
}
