// The work queue of client-go, from its rules (util/workqueue/queue.go, delaying_queue.go): keys in order of arrival, never
// two workers on one key, and a key added while it is processed runs once more.

export interface WorkQueue {
  /** Puts a key on the queue, unless it waits there already. While the key is processed it is remembered for `done`. */
  add(key: string): void
  /** Adds the key after a delay; of several delays of one key the shortest counts. */
  addAfter(key: string, delayMs: number): void
  /** The next key, which is then being processed; undefined once the queue was shut down and is empty. */
  get(): Promise<string | undefined>
  /** The key is no longer processed. Must be called once for each key that `get` returned. */
  done(key: string): void
  /** Takes no more keys and forgets the delayed ones; `get` hands out what is left, then undefined. */
  shutDown(): void
  /** How long the first key in the order has waited for a worker, in ms; 0 when none waits. */
  longestWaitMs(): number
  /** Resolves when no key waits for a worker or is processed, or when `signal` aborts. */
  whenIdle(signal: AbortSignal): Promise<void>
  /** Keys that wait for a worker. */
  readonly depth: number
  /** Keys that wait, are delayed or are being processed. */
  readonly size: number
}

export interface WorkQueueOptions {
  /** Called with the time that a key waited for a worker, in ms. */
  readonly onTaken?: (waitedMs: number) => void
  readonly onAdded?: () => void
}

/** A timer set to more than this fires at once; a key that comes back early only waits again. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Guarantees: a key is processed by one worker at a time; every `add` is followed by a processing that begins after it;
 * keys are handed out in the order in which they became dirty.
 */
export function createWorkQueue(options: WorkQueueOptions = {}): WorkQueue {
  /** Keys to hand out, in order, with the time they arrived. A key is here only if it is dirty and not processing. */
  const order = new Map<string, number>()
  /** Keys that need work. */
  const dirty = new Set<string>()
  /** Keys being worked on. */
  const processing = new Set<string>()
  const delayed = new Map<string, { readonly dueMs: number; readonly timer: NodeJS.Timeout }>()
  const waiting: ((key: string | undefined) => void)[] = []
  const idle = new Set<() => void>()
  let shuttingDown = false

  function take(): string | undefined {
    for (const [key, since] of order) {
      order.delete(key)
      dirty.delete(key)
      processing.add(key)
      options.onTaken?.(performance.now() - since)
      return key
    }
    return undefined
  }

  function handOut(): void {
    while (waiting.length > 0 && order.size > 0) waiting.shift()?.(take())
  }

  const isIdle = () => order.size === 0 && processing.size === 0

  function undelay(key: string): void {
    clearTimeout(delayed.get(key)?.timer)
    delayed.delete(key)
  }

  function add(key: string): void {
    if (shuttingDown) return
    undelay(key)
    if (dirty.has(key)) return
    dirty.add(key)
    options.onAdded?.()
    if (processing.has(key)) return
    order.set(key, performance.now())
    handOut()
  }

  return {
    add,
    addAfter(key, delayMs) {
      if (shuttingDown) return
      if (delayMs <= 0) return add(key)
      const dueMs = performance.now() + delayMs
      const earlier = delayed.get(key)
      if (dirty.has(key) || (earlier !== undefined && earlier.dueMs <= dueMs)) return
      undelay(key)
      // Timers round down, and a key that comes a moment too early would only be delayed again.
      const timerMs = Math.min(Math.ceil(delayMs), MAX_TIMER_MS)
      delayed.set(key, { dueMs, timer: setTimeout(() => add(key), timerMs) })
    },
    get() {
      const key = take()
      if (key !== undefined || shuttingDown) return Promise.resolve(key)
      return new Promise((resolve) => waiting.push(resolve))
    },
    done(key) {
      processing.delete(key)
      if (dirty.has(key)) {
        order.set(key, performance.now())
        handOut()
      }
      if (isIdle()) for (const resolve of [...idle]) resolve()
    },
    shutDown() {
      shuttingDown = true
      for (const key of [...delayed.keys()]) undelay(key)
      for (const resolve of waiting.splice(0)) resolve(undefined)
    },
    longestWaitMs() {
      for (const since of order.values()) return performance.now() - since
      return 0
    },
    whenIdle(signal) {
      if (isIdle() || signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const done = () => {
          idle.delete(done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        idle.add(done)
        signal.addEventListener('abort', done)
      })
    },
    get depth() {
      return order.size
    },
    get size() {
      return order.size + delayed.size + processing.size
    },
  }
}
