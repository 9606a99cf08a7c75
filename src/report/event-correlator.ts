// Decides whether an Event is new, the repetition of one that was written, or one too many, by client-go's rules
// (tools/record/events_cache.go): equal Events are counted up, and an object may bring 25 at once, then one in 5 minutes.
import { createBoundedMap } from './bounded-map.ts'
import type { WorkloadEvent } from './event-message.ts'

/** An Event that exists in the cluster. */
export interface WrittenEvent {
  readonly namespace: string
  readonly name: string
  readonly count: number
}

/** What was said already, and how often. */
export interface EventCorrelator {
  /** False when the workload has used up its Events for now. Spends one. */
  readonly admit: (event: WorkloadEvent) => boolean
  /** The Event in the cluster that says the same of the same workload. */
  readonly written: (event: WorkloadEvent) => WrittenEvent | undefined
  readonly remember: (event: WorkloadEvent, written: WrittenEvent) => void
}

/** How much may be said, and how much is remembered. */
export interface EventCorrelatorOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Workloads and Events that are remembered. Default 4096, client-go's cache size. */
  readonly maxEntries?: number
  /** Events that one workload may bring at once. Default 25. */
  readonly burst?: number
  /** Time in which a workload regains one Event. Default 5 minutes. */
  readonly refillMs?: number
}

interface Bucket {
  tokens: number
  refilledMs: number
}

const DEFAULT_MAX_ENTRIES = 4096
const DEFAULT_BURST = 25
const DEFAULT_REFILL_MS = 5 * 60_000

/** A correlator that remembers a bounded number of Events, least recently used first out. */
export function createEventCorrelator(options: EventCorrelatorOptions): EventCorrelator {
  const {
    now,
    maxEntries = DEFAULT_MAX_ENTRIES,
    burst = DEFAULT_BURST,
    refillMs = DEFAULT_REFILL_MS,
  } = options
  const buckets = createBoundedMap<Bucket>(maxEntries)
  const events = createBoundedMap<WrittenEvent>(maxEntries)

  return {
    admit: ({ workload, component }) => {
      const key = `${component}/${workload.uid}`
      const time = now()
      const bucket = buckets.get(key) ?? { tokens: burst, refilledMs: time }
      const refill = Math.max(0, Math.floor((time - bucket.refilledMs) / refillMs))
      const tokens = Math.min(burst, bucket.tokens + refill)
      const refilledMs = bucket.refilledMs + refill * refillMs
      buckets.set(key, { tokens: Math.max(0, tokens - 1), refilledMs })
      return tokens > 0
    },
    written: (event) => events.get(identity(event)),
    remember: (event, written) => events.set(identity(event), written),
  }
}

/** Equal for two Events that say the same of the same workload. */
function identity({ workload, type, reason, component, message }: WorkloadEvent): string {
  return JSON.stringify([workload.uid, workload.namespace, workload.name, type, reason, component, message])
}
