import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { type ApiObject, keyOf } from '../object/api-object.ts'
import { resourceOf } from '../object/resources.ts'
import { negotiateForm } from '../request/negotiation.ts'
import type { EventQueue } from './event-queue.ts'
import { createObjectStore, type ObjectStore } from './object-store.ts'
import { createWatchCache, type WatchCache, type WatchEvent, type WatchRequest } from './watch-cache.ts'

const configMaps = resourceOf('ConfigMap')

afterEach(() => {
  vi.useRealTimers()
})

function labelled(name: string, color: string): ApiObject {
  return { kind: 'ConfigMap', apiVersion: 'v1', metadata: { namespace: 'n', name, labels: { color } } }
}

function requestOf(members: Partial<WatchRequest> = {}): WatchRequest {
  return {
    resource: configMaps,
    namespace: '',
    matches: () => true,
    form: negotiateForm(null, { resource: configMaps, params: new URLSearchParams(), now: () => new Date() }),
    since: undefined,
    bookmarks: false,
    sendInitialEvents: undefined,
    timeoutMs: 60_000,
    ...members,
  }
}

/** Everything that the watch has to say until it is ended now. */
async function drain(queue: EventQueue<WatchEvent>): Promise<readonly WatchEvent[]> {
  queue.end()
  const events: WatchEvent[] = []
  for (let event = await queue.next(); event !== undefined; event = await queue.next()) events.push(event)
  return events
}

function open(cache: WatchCache, members: Partial<WatchRequest> = {}): EventQueue<WatchEvent> {
  return cache.open(requestOf(members), new AbortController().signal)
}

function put(store: ObjectStore, object: ApiObject): void {
  const current = store.get(configMaps, keyOf(object))
  if (current === undefined) store.create(configMaps, object)
  else store.update(configMaps, object, current)
}

const types = (events: readonly WatchEvent[]) => events.map(({ type }) => type)

const changes = fc.array(
  fc.record({ name: fc.constantFrom('a', 'b', 'c'), color: fc.constantFrom('red', 'blue', 'gone') }),
  { maxLength: 30 },
)

function change(
  store: ObjectStore,
  { name, color }: { readonly name: string; readonly color: string },
): void {
  if (color !== 'gone') put(store, labelled(name, color))
  else if (store.get(configMaps, `n/${name}`) !== undefined) store.remove(configMaps, `n/${name}`)
}

test('whoever applies the events to what the list showed has what a list shows now, selector or not', async () => {
  const red = ({ metadata }: ApiObject) => metadata.labels?.color === 'red'
  await fc.assert(
    fc.asyncProperty(changes, fc.nat(30), fc.boolean(), async (history, cut, live) => {
      const store = createObjectStore()
      const cache = createWatchCache(store)
      for (const each of history.slice(0, cut)) change(store, each)
      const since = store.revision()
      const state = new Map(
        store
          .list(configMaps)
          .filter(red)
          .map((each) => [each.metadata.name, each.metadata.resourceVersion]),
      )
      const early = live ? open(cache, { since, matches: red }) : undefined
      for (const each of history.slice(cut)) change(store, each)
      for (const { type, object } of await drain(early ?? open(cache, { since, matches: red }))) {
        const { name, resourceVersion } = Object(object.metadata)
        expect(state.has(name)).toBe(type !== 'ADDED')
        if (type === 'DELETED') state.delete(name)
        else state.set(name, resourceVersion)
      }
      const now = store.list(configMaps).filter(red)
      expect([...state].toSorted()).toEqual(
        now.map((each) => [each.metadata.name, each.metadata.resourceVersion]),
      )
    }),
  )
})

test('an object that leaves the selector arrives as DELETED, with its last seen content and a new version', async () => {
  const store = createObjectStore()
  const queue = open(createWatchCache(store), { matches: ({ metadata }) => metadata.labels?.color === 'red' })
  put(store, labelled('a', 'red'))
  put(store, labelled('a', 'blue'))
  const events = await drain(queue)
  expect(types(events)).toEqual(['ADDED', 'DELETED'])
  expect(events[1]?.object).toMatchObject({ metadata: { labels: { color: 'red' }, resourceVersion: '2' } })
})

test('a watch of another namespace hears nothing', async () => {
  const store = createObjectStore()
  const queue = open(createWatchCache(store), { namespace: 'other' })
  put(store, labelled('a', 'red'))
  expect(await drain(queue)).toEqual([])
})

test('the initial events end with a bookmark only where bookmarks are allowed', async () => {
  const store = createObjectStore()
  put(store, labelled('a', 'red'))
  const cache = createWatchCache(store)
  expect(types(await drain(open(cache, { sendInitialEvents: true, bookmarks: true })))).toEqual([
    'ADDED',
    'BOOKMARK',
  ])
  expect(types(await drain(open(cache, { sendInitialEvents: true })))).toEqual(['ADDED'])
  expect(types(await drain(open(cache, { sendInitialEvents: false })))).toEqual([])
})

test('a version whose history is gone is answered by one 410, and so is one from before a restart', async () => {
  const store = createObjectStore()
  put(store, labelled('a', 'red'))
  put(store, labelled('b', 'red'))
  const restarted = createWatchCache(store)
  const [event, ...rest] = await drain(open(restarted, { since: 1 }))
  expect([event?.type, Object(event?.object).code, rest]).toEqual(['ERROR', 410, []])
  const cache = createWatchCache(createObjectStore())
  store.compact()
  expect(types(await drain(open(cache, { since: 0 })))).toEqual([])
})

test('bookmarks come at their interval and say how far the whole server has come', async () => {
  vi.useFakeTimers()
  const store = createObjectStore()
  const queue = open(createWatchCache(store, { bookmarkIntervalMs: 1000 }), { bookmarks: true })
  store.create(resourceOf('Secret'), labelled('a', 'red'))
  vi.advanceTimersByTime(1000)
  const [event] = await drain(queue)
  expect(event).toMatchObject({
    type: 'BOOKMARK',
    object: { kind: 'ConfigMap', metadata: { resourceVersion: '1' } },
  })
})

test('a watch ends at its timeout, shortly before which it gets a last bookmark', async () => {
  vi.useFakeTimers()
  const queue = open(createWatchCache(createObjectStore()), { bookmarks: true, timeoutMs: 5000 })
  let ended = false
  queue.whenEnded(() => {
    ended = true
  })
  vi.advanceTimersByTime(4999)
  expect(ended).toBe(false)
  vi.advanceTimersByTime(1)
  expect(ended).toBe(true)
  expect(types(await drain(queue))).toEqual(['BOOKMARK'])
})

test('a watch ends with its signal', async () => {
  const stop = new AbortController()
  const store = createObjectStore()
  const queue = createWatchCache(store).open(requestOf(), stop.signal)
  stop.abort()
  put(store, labelled('a', 'red'))
  expect(await queue.next()).toBeUndefined()
})
