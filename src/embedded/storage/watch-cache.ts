// WATCH: the changes of a collection as events, from a version on, seen through the selectors of one client.
//
// Expected flow: `open` takes the state and subscribes in one step, so nothing falls between; the caller then takes
// events one at a time with `next` and ends the watch through the signal.
// Guarantees: events come in the order of their versions. An object that leaves the selector arrives as DELETED under the
// version of the change, one that enters it as ADDED. A version whose later changes were thrown away is answered by one
// ERROR event with code 410.
import type { ApiObject } from '../object/api-object.ts'
import { withMetadata } from '../object/api-object.ts'
import type { JsonObject } from '../object/json.ts'
import type { Resource } from '../object/resources.ts'
import { expired, statusBody } from '../object/status.ts'
import type { Form } from '../request/negotiation.ts'
import type { Matches } from '../schema/selectors.ts'
import { bookmarkObject, endBookmarkObject } from './bookmark.ts'
import { createEventQueue, type EventQueue } from './event-queue.ts'
import type { ObjectStore } from './object-store.ts'
import type { Change } from './object-table.ts'

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: JsonObject
}

export interface WatchRequest {
  readonly resource: Resource
  /** Empty: all namespaces. */
  readonly namespace: string
  readonly matches: Matches
  readonly form: Form
  /** Undefined: any recent state, sent as ADDED events first. */
  readonly since: number | undefined
  readonly bookmarks: boolean
  /** Undefined: initial events where `since` is undefined; true: also the bookmark that ends them; false: never. */
  readonly sendInitialEvents: boolean | undefined
  readonly timeoutMs: number
}

export interface WatchCache {
  /** Throws nothing: a version that is too old is told by an event. */
  readonly open: (request: WatchRequest, signal: AbortSignal) => EventQueue<WatchEvent>
}

export interface WatchCacheOptions {
  /** How often a watch that allows bookmarks gets one. */
  readonly bookmarkIntervalMs?: number
}

/** Watches over a store. It remembers nothing of the time before it was made, as a restarted API server does. */
export function createWatchCache(store: ObjectStore, options: WatchCacheOptions = {}): WatchCache {
  const { bookmarkIntervalMs = 60_000 } = options
  const madeAt = store.revision()

  function missedBy(request: WatchRequest, since: number): readonly Change[] | undefined {
    return since < madeAt ? undefined : store.changesSince(request.resource, since)
  }

  function firstEvents(request: WatchRequest): Iterable<WatchEvent> {
    const { since, sendInitialEvents } = request
    if (sendInitialEvents ?? since === undefined) return initialEvents(store, request)
    if (since === undefined) return []
    const missed = missedBy(request, since)
    return missed === undefined ? [tooOld(since, madeAt)] : eventsOf(missed, request)
  }

  return {
    open(request, signal) {
      const first = firstEvents(request)
      const queue = createEventQueue(first)
      const unsubscribe = store.subscribe(request.resource, (change) => {
        for (const event of eventsOf([change], request)) queue.push(event)
      })
      const timers = startTimers(queue, request)
      queue.whenEnded(() => {
        unsubscribe()
        for (const timer of timers) clearTimeout(timer)
        signal.removeEventListener('abort', queue.end)
      })
      signal.addEventListener('abort', queue.end, { once: true })
      if (signal.aborted || isRefusal(first)) queue.end()
      return queue
    },
  }

  function startTimers(queue: EventQueue<WatchEvent>, request: WatchRequest): readonly NodeJS.Timeout[] {
    const end = setTimeout(queue.end, request.timeoutMs)
    if (!request.bookmarks) return [end]
    const mark = () => queue.push(bookmark(request, store.revision()))
    return [
      end,
      setInterval(mark, bookmarkIntervalMs),
      setTimeout(mark, request.timeoutMs - LAST_BOOKMARK_MS),
    ]
  }
}

/** A last bookmark is sent this long before the timeout, so that the next watch begins from there. */
const LAST_BOOKMARK_MS = 2000

/** The present state as ADDED events, taken at once and written when it is asked for. */
function initialEvents(store: ObjectStore, request: WatchRequest): Iterable<WatchEvent> {
  const range = request.namespace === '' ? {} : { namespace: request.namespace }
  const objects = store.list(request.resource, range).filter(request.matches)
  const end =
    request.sendInitialEvents === true && request.bookmarks ? [endBookmark(request, store.revision())] : []
  return (function* () {
    for (const object of objects) yield { type: 'ADDED', object: request.form.event(object) }
    yield* end
  })()
}

function* eventsOf(changes: readonly Change[], request: WatchRequest): Iterable<WatchEvent> {
  for (const change of changes) {
    const event = eventOf(change, request)
    if (event !== undefined) yield event
  }
}

function eventOf(change: Change, request: WatchRequest): WatchEvent | undefined {
  if (request.since !== undefined && change.revision <= request.since) return undefined
  const { object, previous } = change
  const sees = (each: ApiObject) => inNamespace(each, request.namespace) && request.matches(each)
  const before = previous !== undefined && sees(previous)
  const after = change.type !== 'DELETED' && sees(object)
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object: request.form.event(object) }
  if (!before) return undefined
  const last = withMetadata(previous, { resourceVersion: String(change.revision) })
  return { type: 'DELETED', object: request.form.event(last) }
}

function inNamespace(object: ApiObject, namespace: string): boolean {
  return namespace === '' || object.metadata.namespace === namespace
}

function bookmark({ resource, form }: WatchRequest, revision: number): WatchEvent {
  return { type: 'BOOKMARK', object: form.event(bookmarkObject(resource, revision)) }
}

function endBookmark({ resource, form }: WatchRequest, revision: number): WatchEvent {
  return { type: 'BOOKMARK', object: form.event(endBookmarkObject(resource, revision)) }
}

/** The event that ends a watch whose place in history is gone. */
export function tooOld(since: number, oldest: number): WatchEvent {
  return { type: 'ERROR', object: statusBody(expired(`too old resource version: ${since} (${oldest})`)) }
}

function isRefusal(events: Iterable<WatchEvent>): boolean {
  return Array.isArray(events) && events[0]?.type === 'ERROR'
}
