// Sends one Event: as a new one, or as one more occurrence of an equal one that is in the cluster already.
import { timeText } from '../types/time-text.ts'
import type { EventCorrelator } from './event-correlator.ts'
import type { WorkloadEvent } from './event-message.ts'
import { type KubeEvent, toKubeEvent } from './kube-event.ts'

/** What the API server said to a write. After `not_found` and `rejected` the same write is never sent again. */
export type EventWriteOutcome = 'written' | 'not_found' | 'rejected'

/** The occurrence of an Event that is there already, as a merge patch of it. */
export interface EventPatch {
  readonly namespace: string
  readonly name: string
  readonly body: { readonly count: number; readonly lastTimestamp: string }
}

/** The two requests that are made. Both reject where a later attempt may succeed (no answer, 429, 5xx). */
export interface EventClient {
  readonly createEvent: (event: KubeEvent, signal: AbortSignal) => Promise<EventWriteOutcome>
  readonly patchEvent: (patch: EventPatch, signal: AbortSignal) => Promise<EventWriteOutcome>
}

/** What Events are sent with. */
export interface EventWriterOptions {
  readonly client: EventClient
  readonly correlator: EventCorrelator
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Sends one Event; resolves with what became of it. */
export type WriteEvent = (
  event: WorkloadEvent,
  signal: AbortSignal,
) => Promise<'created' | 'updated' | 'rejected'>

/** Makes the function that sends Events; it rejects as its client does, and then nothing is remembered. */
export function createEventWriter({ client, correlator, now }: EventWriterOptions): WriteEvent {
  return async (event, signal) => {
    const time = timeText(now())
    const before = correlator.written(event)
    if (before !== undefined) {
      const { namespace, name } = before
      const count = before.count + 1
      const outcome = await client.patchEvent(
        { namespace, name, body: { count, lastTimestamp: time } },
        signal,
      )
      if (outcome === 'written') correlator.remember(event, { namespace, name, count })
      // Not found: the API server forgets Events after an hour. The next one is a first one again.
      if (outcome !== 'not_found') return outcome === 'written' ? 'updated' : 'rejected'
    }
    const first = toKubeEvent(event, time)
    if ((await client.createEvent(first, signal)) !== 'written') return 'rejected'
    correlator.remember(event, { ...first.metadata, count: 1 })
    return 'created'
  }
}
