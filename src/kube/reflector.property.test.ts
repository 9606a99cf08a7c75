import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { describe as describeRaw, FakeApi, type Fault } from '../../test/kube/fake-api.ts'
import { isNewer } from '../types/object.ts'
import { createReflector } from './reflector.ts'
import { type Change, createStore, type Stored } from './store.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const name = fc.constantFrom('a', 'b', 'c')
const namespace = fc.constantFrom('x', 'y')
const after = fc.nat(8)
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('reset' as const, 'end' as const, 'silence' as const, 'half-line' as const),
    after,
  }),
  fc.record({ kind: fc.constantFrom('repeat' as const, 'reorder' as const), after }),
  fc.constantFrom<Fault>({ kind: 'no-initial-end' }),
  fc.record({
    kind: fc.constant('status' as const),
    code: fc.constantFrom(400, 403, 404, 410, 422, 429, 500, 503),
    after,
  }),
)
type Step = (api: FakeApi) => Promise<unknown> | unknown
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(name, namespace).map(
      ([n, ns]): Step =>
        (api) =>
          api.put(n, ns),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(name, namespace).map(
      ([n, ns]): Step =>
        (api) =>
          api.remove(n, ns),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((api) => api.compact()) },
  {
    weight: 3,
    arbitrary: fault.map(
      (each): Step =>
        (api) =>
          api.faults.watch.push(each),
    ),
  },
  {
    weight: 1,
    arbitrary: fault.map(
      (each): Step =>
        (api) =>
          api.faults.list.push(each),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.nat(20_000).map(
      (ms): Step =>
        () =>
          vi.advanceTimersByTimeAsync(ms),
    ),
  },
)

/** What somebody who only hears of the changes believes to be there. Throws when a change does not fit. */
function replay(changes: readonly Change<Stored>[]): string[] {
  const believed = new Map<string, Stored>()
  const newest = new Map<string, string>()
  for (const change of changes) {
    const { ref } = change.type === 'deleted' ? change.old : change.new
    const key = `${ref.namespace}/${ref.name}`
    if (change.type === 'added') expect(believed.has(key)).toBe(false)
    else expect(believed.get(key)).toBe(change.old)
    if (change.type === 'deleted') believed.delete(key)
    else believed.set(key, change.new)
    if (change.type !== 'deleted' && change.from === 'watch') {
      // Between two lists one object never goes back, not even over its deletion.
      expect(isNewer(change.new.resourceVersion, newest.get(change.new.uid) ?? '0')).toBe(true)
    }
    const seen = change.type === 'deleted' ? change.old : change.new
    newest.set(seen.uid, seen.resourceVersion)
  }
  return describeAll(believed.values())
}

function describeAll(objects: Iterable<Stored>): string[] {
  return [...objects].map(({ ref, ...versions }) => describeRaw({ metadata: { ...ref, ...versions } })).sort()
}

test('whatever happens on the way, the store ends equal to the server and the changes lead to the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 5 }),
      fc.array(step, { maxLength: 60 }),
      async (faults, steps) => {
        const api = new FakeApi()
        api.faults.watch.push(...faults)
        const { store, ...writer } = createStore<Stored>()
        const changes: Change<Stored>[] = []
        store.onChange((change) => changes.push(change))
        const reflector = createReflector<Stored>({
          client: api.client,
          resource: api.resource,
          writer: { store, ...writer },
          reduce: ({ metadata: { namespace = '', name, uid, resourceVersion } }) => ({
            ref: { namespace, name },
            uid,
            resourceVersion,
          }),
        })
        const stop = new AbortController()
        const running = reflector.run(stop.signal)
        for (const each of steps) await each(api)
        api.faults.watch.length = 0
        api.faults.list.length = 0
        // Two silences and the longest backoff.
        await vi.advanceTimersByTimeAsync(600_000)
        expect(describeAll(store.list())).toEqual(api.content())
        expect(replay(changes)).toEqual(api.content())
        stop.abort()
        await running
        expect(api.openWatches).toBe(0)
        expect(vi.getTimerCount()).toBe(0)
      },
    ),
    { numRuns: 300 },
  )
})
