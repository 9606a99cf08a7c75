import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Result } from '../result.ts'
import { ConfigUnreadable } from '../result.ts'
import { createBackoff } from './backoff.ts'
import { createWorkQueue } from './work-queue.ts'
import { runWorkers, type WorkersOptions } from './workers.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const settle = () => vi.advanceTimersByTimeAsync(0)

function start(
  reconcile: (key: string, signal: AbortSignal) => Promise<Result>,
  options: Partial<WorkersOptions> = {},
) {
  const queue = createWorkQueue()
  const backoff = createBackoff({ baseMs: 1_000, maxMs: 300_000, random: () => 0 })
  const stop = new AbortController()
  const abort = new AbortController()
  const onDone = vi.fn()
  const awaitNewer = vi.fn()
  const parts = { queue, backoff, count: 2, reconcile, awaitNewer, onDone, ...options }
  const ended = vi.fn()
  const running = runWorkers(parts, { stop: stop.signal, abort: abort.signal }).then(ended)
  return { queue, backoff, stop, abort, onDone, awaitNewer, running, ended }
}

/** A promise to settle by hand. */
function held<T>() {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

describe('workers', () => {
  it('reconcile each key that is added, so many at a time', async () => {
    const holds = new Map(['a', 'b', 'c'].map((key) => [key, held<Result>()]))
    const begun: string[] = []
    const { queue } = start(async (key) => {
      begun.push(key)
      return holds.get(key)?.promise ?? {}
    })
    for (const key of holds.keys()) queue.add(key)
    await settle()
    expect(begun).toEqual(['a', 'b'])
    holds.get('b')?.resolve({})
    await settle()
    expect(begun).toEqual(['a', 'b', 'c'])
  })

  it('look again when a result says so', async () => {
    const reconcile = vi.fn(async (): Promise<Result> => ({ requeueAfterMs: 300 }))
    const { queue, onDone } = start(reconcile)
    queue.add('a')
    await vi.advanceTimersByTimeAsync(299)
    expect(reconcile).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(reconcile).toHaveBeenCalledTimes(2)
    expect(onDone).toHaveBeenLastCalledWith('a', { durationMs: 0 })
  })

  it('try a failing key again for ever, ever further apart, and tell each failure', async () => {
    const error = new Error('no')
    const reconcile = vi.fn(async (): Promise<Result> => Promise.reject(error))
    const { queue, onDone, backoff } = start(reconcile)
    queue.add('a')
    await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 4_000)
    expect(reconcile).toHaveBeenCalledTimes(4)
    expect(onDone).toHaveBeenLastCalledWith('a', { durationMs: 0, error })
    await vi.advanceTimersByTimeAsync(24 * 3_600_000)
    const calls = reconcile.mock.calls.length
    expect(calls).toBeGreaterThan(280)
    expect(backoff.failures('a')).toBe(calls)
  })

  it('begin anew with the backoff of a key that succeeded', async () => {
    const results = [
      Promise.reject(new Error('1')),
      Promise.reject(new Error('2')),
      {},
      Promise.reject(new Error('3')),
    ]
    for (const result of results) Promise.resolve(result).catch(() => {})
    const { queue, backoff } = start(async () => results.shift() ?? {})
    queue.add('a')
    await vi.advanceTimersByTimeAsync(3_000)
    expect(backoff.failures('a')).toBe(0)
    queue.add('a')
    await settle()
    expect(backoff.failures('a')).toBe(1)
  })

  it('delay no other key for one that fails or hangs', async () => {
    const done: string[] = []
    const { queue } = start(async (key) => {
      if (key === 'bad') throw new Error('no')
      if (key === 'hanging') return new Promise(() => {})
      done.push(key)
      return {}
    })
    for (const key of ['hanging', 'bad', 'a', 'bad', 'b', 'c']) queue.add(key)
    await settle()
    expect(done).toEqual(['a', 'b', 'c'])
  })

  it('look again in time at a workload with a config that settles and one that is unreadable', async () => {
    const failing = vi.fn(async (): Promise<Result> => Promise.reject(new ConfigUnreadable(undefined, 500)))
    const { queue } = start(failing)
    queue.add('a')
    for (let times = 0; times < 8; times++) await vi.advanceTimersByTimeAsync(500)
    expect(failing).toHaveBeenCalledTimes(9)
  })

  it('let a refused write wait for a newer version, and do not take it for a success', async () => {
    const results: (Result | Error)[] = [new Error('no'), { awaitNewerThan: '7' }]
    const { queue, awaitNewer, backoff } = start(async () => {
      const result = results.shift() ?? {}
      if (result instanceof Error) throw result
      return result
    })
    queue.add('a')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(awaitNewer).toHaveBeenCalledExactlyOnceWith('a', '7')
    expect(backoff.failures('a')).toBe(1)
  })

  it('finish what is under way when they are stopped, and begin nothing more', async () => {
    const hold = held<Result>()
    const reconcile = vi.fn(() => hold.promise)
    const { queue, stop, ended } = start(reconcile, { count: 1 })
    queue.add('a')
    queue.add('b')
    await settle()
    stop.abort()
    await settle()
    expect(ended).not.toHaveBeenCalled()
    hold.resolve({ requeueAfterMs: 10 })
    await settle()
    expect(ended).toHaveBeenCalledOnce()
    expect(reconcile).toHaveBeenCalledExactlyOnceWith('a', expect.any(AbortSignal))
    expect(vi.getTimerCount()).toBe(0)
  })

  it('give up what is under way when they are told to, and count that as no failure', async () => {
    const { queue, stop, abort, ended, onDone } = start(
      (_key, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    )
    queue.add('a')
    await settle()
    stop.abort()
    abort.abort()
    await settle()
    expect(ended).toHaveBeenCalledOnce()
    expect(onDone).not.toHaveBeenCalled()
  })

  it('end at once when they were stopped before they began', async () => {
    const queue = createWorkQueue()
    queue.add('a')
    const reconcile = vi.fn(async () => ({}))
    const stopped = AbortSignal.abort()
    const backoff = createBackoff({ baseMs: 1, maxMs: 1 })
    await runWorkers(
      { queue, backoff, count: 2, reconcile, awaitNewer: vi.fn(), onDone: vi.fn() },
      { stop: stopped, abort: stopped },
    )
    expect(reconcile).not.toHaveBeenCalled()
  })
})
