import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createWorkQueue, type WorkQueue } from './work-queue.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Lets every promise that can settle settle. */
const settle = () => vi.advanceTimersByTimeAsync(0)

async function take(queue: WorkQueue): Promise<string | undefined | 'nothing'> {
  let taken: string | undefined | 'nothing' = 'nothing'
  void queue.get().then((key) => {
    taken = key
  })
  await settle()
  return taken
}

describe('a work queue', () => {
  it('hands keys out in the order in which they came', async () => {
    const queue = createWorkQueue()
    for (const key of ['b', 'a', 'c']) queue.add(key)
    expect([await queue.get(), await queue.get(), await queue.get()]).toEqual(['b', 'a', 'c'])
  })

  it('holds a key once however often it is added', async () => {
    const queue = createWorkQueue()
    for (let times = 0; times < 3; times++) queue.add('a')
    expect(queue.depth).toBe(1)
    expect(await take(queue)).toBe('a')
    expect(await take(queue)).toBe('nothing')
  })

  it('gives no key to two workers at once, and runs one added meanwhile once more', async () => {
    const queue = createWorkQueue()
    queue.add('a')
    expect(await queue.get()).toBe('a')
    queue.add('a')
    queue.add('a')
    const second = vi.fn()
    void queue.get().then(second)
    await settle()
    expect(second).not.toHaveBeenCalled()
    queue.done('a')
    await settle()
    expect(second).toHaveBeenCalledExactlyOnceWith('a')
    queue.done('a')
    expect(queue.size).toBe(0)
  })

  it('goes on with other keys while one is processed', async () => {
    const queue = createWorkQueue()
    queue.add('slow')
    await queue.get()
    queue.add('slow')
    queue.add('other')
    expect(await take(queue)).toBe('other')
  })

  it('keeps the shortest of several delays of one key', async () => {
    const queue = createWorkQueue()
    queue.addAfter('a', 500)
    queue.addAfter('a', 100)
    queue.addAfter('a', 300)
    vi.advanceTimersByTime(99)
    expect(queue.depth).toBe(0)
    vi.advanceTimersByTime(1)
    expect(queue.depth).toBe(1)
    expect(await take(queue)).toBe('a')
    queue.done('a')
    vi.advanceTimersByTime(1_000)
    expect(queue.size).toBe(0)
  })

  it('adds at once what has no delay, and drops the delay of what is added', () => {
    const queue = createWorkQueue()
    queue.addAfter('now', 0)
    queue.addAfter('past', -5)
    queue.addAfter('later', 50)
    queue.add('later')
    expect(queue.depth).toBe(3)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('never hands a key out before its delay is over, not even by a fraction of a millisecond', () => {
    const queue = createWorkQueue()
    queue.addAfter('a', 10.2)
    vi.advanceTimersByTime(10)
    expect(queue.depth).toBe(0)
    vi.advanceTimersByTime(1)
    expect(queue.depth).toBe(1)
  })

  it('waits for a delay that is longer than a timer can be', () => {
    const queue = createWorkQueue()
    queue.addAfter('a', 2 ** 31 + 5)
    vi.advanceTimersByTime(1_000_000)
    expect(queue.depth).toBe(0)
  })

  it('hands out what is left when it is shut down, then undefined, and takes nothing more', async () => {
    const queue = createWorkQueue()
    queue.add('a')
    queue.addAfter('delayed', 10)
    queue.shutDown()
    queue.add('b')
    queue.addAfter('c', 1)
    expect(vi.getTimerCount()).toBe(0)
    expect(await queue.get()).toBe('a')
    expect(await queue.get()).toBeUndefined()
    queue.done('a')
    expect(queue.size).toBe(0)
  })

  it('lets waiting workers go when it is shut down', async () => {
    const queue = createWorkQueue()
    const workers = [queue.get(), queue.get()]
    queue.shutDown()
    expect(await Promise.all(workers)).toEqual([undefined, undefined])
  })

  it('is idle when nothing waits and nothing is processed, delayed keys aside', async () => {
    const queue = createWorkQueue()
    queue.addAfter('delayed', 1_000)
    await queue.whenIdle(new AbortController().signal)
    queue.add('a')
    const idle = vi.fn()
    void queue.whenIdle(new AbortController().signal).then(idle)
    await queue.get()
    queue.add('a')
    queue.done('a')
    await settle()
    expect(idle).not.toHaveBeenCalled()
    await queue.get()
    queue.done('a')
    await settle()
    expect(idle).toHaveBeenCalledOnce()
  })

  it('stops waiting for idleness when the signal aborts', async () => {
    const queue = createWorkQueue()
    queue.add('a')
    const abort = new AbortController()
    const idle = queue.whenIdle(abort.signal)
    abort.abort()
    await idle
    await queue.whenIdle(abort.signal)
    expect(queue.depth).toBe(1)
  })

  it('tells how long a key waited for a worker', async () => {
    const onTaken = vi.fn()
    const onAdded = vi.fn()
    const queue = createWorkQueue({ onTaken, onAdded })
    queue.add('a')
    vi.advanceTimersByTime(30)
    queue.add('a')
    await queue.get()
    expect(onTaken).toHaveBeenCalledExactlyOnceWith(30)
    expect(onAdded).toHaveBeenCalledOnce()
  })
})

type Operation =
  | { readonly do: 'add' | 'done'; readonly key: string }
  | { readonly do: 'addAfter'; readonly key: string; readonly delayMs: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'get' | 'shutDown' }

const KEY = fc.constantFrom('a', 'b', 'c')
const OPERATION: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), key: KEY }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('done' as const), key: KEY }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('addAfter' as const),
      key: KEY,
      delayMs: fc.integer({ min: -1, max: 20 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.nat(15) }) },
  { weight: 5, arbitrary: fc.constant({ do: 'get' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'shutDown' as const }) },
)

/** The rules, written down with lists and no thought of speed. */
class NaiveQueue {
  now = 0
  order: string[] = []
  dirty: string[] = []
  processing: string[] = []
  delayed: { key: string; due: number }[] = []
  waiting = 0
  stopped = false
  readonly handedOut: (string | undefined)[] = []

  run(operation: Operation): void {
    if (operation.do === 'add') this.add(operation.key)
    if (operation.do === 'done') this.done(operation.key)
    if (operation.do === 'addAfter') this.addAfter(operation.key, operation.delayMs)
    if (operation.do === 'advance') this.advance(operation.ms)
    if (operation.do === 'get') this.waiting += 1
    if (operation.do === 'shutDown') this.shutDown()
    this.handOut()
  }

  add(key: string): void {
    if (this.stopped) return
    this.delayed = this.delayed.filter((each) => each.key !== key)
    if (this.dirty.includes(key)) return
    this.dirty.push(key)
    if (!this.processing.includes(key)) this.order.push(key)
  }

  addAfter(key: string, delayMs: number): void {
    if (delayMs <= 0) {
      this.add(key)
      return
    }
    const due = this.now + delayMs
    const sooner = this.delayed.some((each) => each.key === key && each.due <= due)
    if (this.stopped || this.dirty.includes(key) || sooner) return
    this.delayed = [...this.delayed.filter((each) => each.key !== key), { key, due }]
  }

  advance(ms: number): void {
    this.now += ms
    const due = this.delayed.filter((each) => each.due <= this.now).sort((a, b) => a.due - b.due)
    for (const { key } of due) {
      this.add(key)
      this.handOut()
    }
  }

  done(key: string): void {
    this.processing = this.processing.filter((each) => each !== key)
    if (this.dirty.includes(key) && !this.order.includes(key)) this.order.push(key)
  }

  shutDown(): void {
    this.stopped = true
    this.delayed = []
  }

  handOut(): void {
    while (this.waiting > 0 && (this.order.length > 0 || this.stopped)) {
      const key = this.order.shift()
      this.waiting -= 1
      this.handedOut.push(key)
      if (key === undefined) continue
      this.dirty = this.dirty.filter((each) => each !== key)
      this.processing.push(key)
    }
  }
}

describe('any history of a work queue', () => {
  it('is that of the naive model', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(OPERATION, { maxLength: 40 }), async (operations) => {
        const model = new NaiveQueue()
        const queue = createWorkQueue()
        const handedOut: (string | undefined)[] = []
        for (const operation of operations) {
          // Only a worker that has a key may be done with it.
          if (operation.do === 'done' && !model.processing.includes(operation.key)) continue
          model.run(operation)
          if (operation.do === 'add') queue.add(operation.key)
          if (operation.do === 'done') queue.done(operation.key)
          if (operation.do === 'addAfter') queue.addAfter(operation.key, operation.delayMs)
          if (operation.do === 'advance') vi.advanceTimersByTime(operation.ms)
          if (operation.do === 'get') void queue.get().then((key) => handedOut.push(key))
          if (operation.do === 'shutDown') queue.shutDown()
          await Promise.resolve()
          await Promise.resolve()
          expect(handedOut).toEqual(model.handedOut)
          expect(queue.depth).toBe(model.order.length)
          expect(queue.size).toBe(model.order.length + model.delayed.length + model.processing.length)
        }
      }),
      { numRuns: 200 },
    )
  })
})
