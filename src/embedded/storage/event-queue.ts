// A queue with one reader that waits: what stands between the store, which pushes, and a response body, which pulls.

export interface EventQueue<T> {
  readonly push: (item: T) => void
  /** The next item in order, or undefined once the queue has ended and is empty. Only one call may wait at a time. */
  readonly next: () => Promise<T | undefined>
  /** Takes no more items; those already in it can still be read. */
  readonly end: () => void
  /** Calls `listener` once, when the queue ends. */
  readonly whenEnded: (listener: () => void) => void
}

/** A queue that begins with `first`, read lazily so that a large beginning is never held twice. */
export function createEventQueue<T>(first: Iterable<T>): EventQueue<T> {
  const beginning = first[Symbol.iterator]()
  const pending: T[] = []
  const listeners: (() => void)[] = []
  let begun = false
  let ended = false
  let wake: (() => void) | undefined

  function take(): T | undefined {
    if (!begun) {
      const { value, done } = beginning.next()
      if (done !== true) return value
      begun = true
    }
    return pending.shift()
  }

  return {
    push(item) {
      if (ended) return
      pending.push(item)
      wake?.()
    },
    async next() {
      for (;;) {
        const item = take()
        if (item !== undefined || ended) return item
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    end() {
      if (ended) return
      ended = true
      for (const listener of listeners) listener()
      wake?.()
    },
    whenEnded(listener) {
      listeners.push(listener)
    },
  }
}
