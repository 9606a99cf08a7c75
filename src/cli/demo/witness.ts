// Looks on through watches of its own: tells what happens in the order in which it does, and waits for what is to come.
import type { JsonObject } from '../../embedded/object/json.ts'
import type { ClusterClient, ClusterEvent } from './cluster-client.ts'
import { CONFIGS, idOf, type News, newsOf, placeOf, WORKLOADS } from './news.ts'

export interface Witness {
  /** Looks on until the signal aborts. Rejects where a watch breaks. */
  run(signal: AbortSignal): Promise<void>
  /** Every object of that kind as it was last seen. */
  seen(kind: string): readonly JsonObject[]
  /** Checks anew what is waited for: something changed that no watch shows. */
  stir(): void
  /** Resolves with true once the condition holds, or with false when the time is over or the signal aborts. */
  until(condition: () => boolean, options: UntilOptions): Promise<boolean>
}

export interface UntilOptions {
  readonly patienceMs: number
  readonly signal: AbortSignal
}

export interface WitnessOptions {
  readonly client: Pick<ClusterClient, 'watch'>
  /** Hears of everything that happens, except in `unheard`. */
  readonly onNews: (news: News) => void
  /** A namespace of which nothing is told: the controller's own. */
  readonly unheard: string
}

const KINDS = [...CONFIGS, ...WORKLOADS, 'Pod', 'Event']

/** A witness that has seen nothing yet. */
export function createWitness({ client, onNews, unheard }: WitnessOptions): Witness {
  const objects = new Map<string, JsonObject>()
  const waiting = new Set<() => void>()
  const stir = () => {
    for (const check of [...waiting]) check()
  }

  function saw({ type, object }: ClusterEvent): void {
    const place = placeOf(object)
    const id = idOf(place)
    const before = objects.get(id)
    const now = type === 'DELETED' ? undefined : object
    if (now === undefined) objects.delete(id)
    else objects.set(id, now)
    const news = place.namespace === unheard ? undefined : newsOf(before, now ?? object)
    const gone = now === undefined ? newsOf(before ?? object, undefined) : news
    if (gone !== undefined && place.namespace !== unheard) onNews(gone)
    stir()
  }

  async function follow(kind: string, signal: AbortSignal): Promise<void> {
    for await (const event of client.watch(kind, signal)) saw(event)
  }

  return {
    async run(signal) {
      try {
        await Promise.all(KINDS.map((kind) => follow(kind, signal)))
      } catch (error) {
        if (!signal.aborted) throw error
      }
    },
    seen: (kind) => [...objects].filter(([id]) => id.startsWith(`${kind}/`)).map(([, object]) => object),
    stir,
    until(condition, { patienceMs, signal }) {
      return new Promise((resolve) => {
        const end = (held: boolean) => {
          clearTimeout(timer)
          waiting.delete(check)
          signal.removeEventListener('abort', give)
          resolve(held)
        }
        const check = () => {
          if (condition()) end(true)
        }
        const give = () => end(condition())
        const timer = setTimeout(give, patienceMs)
        waiting.add(check)
        signal.addEventListener('abort', give, { once: true })
        if (signal.aborted) give()
        else check()
      })
    },
  }
}
