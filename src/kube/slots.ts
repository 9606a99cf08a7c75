// A bound on how much goes on at once; the others wait in order.
import { untilAborted } from '../net/deadline.ts'

export interface Slots {
  /** Runs `work` once there is room; rejects with the reason of `signal` when that aborts before. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
}

/** Room for `size` at once. Every one that ends, however it ends, lets the next one in. */
export function createSlots(size: number): Slots {
  let free = size
  const waiting: (() => void)[] = []

  async function enter(signal: AbortSignal): Promise<void> {
    if (free > 0) {
      free -= 1
      return
    }
    let enterNow = () => {}
    const turn = new Promise<void>((resolve) => {
      enterNow = resolve
    })
    waiting.push(enterNow)
    try {
      await untilAborted(turn, signal)
    } catch (error) {
      const index = waiting.indexOf(enterNow)
      // Its turn came in the same moment: it goes to the next one.
      if (index < 0) leave()
      else waiting.splice(index, 1)
      throw error
    }
  }

  function leave(): void {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }

  return {
    async run(work, signal) {
      await enter(signal)
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
