// What tests of the reflector share: one at work on a fake API, in virtual time.
import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { ReduceContext } from '../../src/kube/object-intake.ts'
import type { RawObject } from '../../src/kube/raw-object.ts'
import { createReflector, type Reflector } from '../../src/kube/reflector.ts'
import type { ReflectorOptions, ReflectorProblem, ReflectorRetry } from '../../src/kube/reflector-options.ts'
import { type Change, createStore, type Stored, type StoreWriter } from '../../src/kube/store.ts'
import { describe as describeRaw, type FakeApi } from './fake-api.ts'

/** The least that can be kept of an object. */
export const toStored = ({
  metadata: { namespace = '', name, uid, resourceVersion },
}: RawObject): Stored => ({
  ref: { namespace, name },
  uid,
  resourceVersion,
})

const describeStored = ({ ref, uid, resourceVersion }: Stored) =>
  describeRaw({ metadata: { ...ref, uid, resourceVersion } })

/** A reflector at work on a fake API, and all that it told. */
export interface Bench {
  readonly api: FakeApi
  readonly reflector: Reflector
  readonly writer: StoreWriter<Stored>
  readonly problems: ReflectorProblem[]
  readonly retries: ReflectorRetry[]
  readonly contexts: { name: string; context: ReduceContext<Stored> }[]
  readonly changes: Change<Stored>[]
  lists: number
  content(): string[]
}

/** Stops the reflector of the test. */
export let stop = new AbortController()
export let running: Promise<void> = Promise.resolve()

beforeEach(() => {
  vi.useFakeTimers()
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await running
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** Starts a reflector, which is stopped after the test. */
export function start(api: FakeApi, options: Partial<ReflectorOptions<Stored>> = {}): Bench {
  const writer = createStore<Stored>()
  const changes: Change<Stored>[] = []
  writer.store.onChange((change) => changes.push(change))
  const contexts: Bench['contexts'] = []
  const problems: ReflectorProblem[] = []
  const retries: ReflectorRetry[] = []
  const reflector = createReflector({
    client: api.client,
    resource: api.resource,
    writer,
    reduce(object, context) {
      contexts.push({ name: object.metadata.name, context })
      return toStored(object)
    },
    onProblem: (problem) => problems.push(problem),
    onRetry: (retry) => retries.push(retry),
    onList: () => {
      bench.lists += 1
    },
    ...options,
  })
  const content = () => [...writer.store.list()].map(describeStored).sort()
  const bench: Bench = { api, reflector, writer, problems, retries, contexts, changes, lists: 0, content }
  running = reflector.run(stop.signal)
  return bench
}

/** Lets virtual time pass. */
export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
