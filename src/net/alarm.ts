// A rest that ends at a set time, or when somebody wakes the sleeper.
import { onAbort } from './deadline.ts'

/** One sleeper's alarm. */
export class Alarm {
  #wake: () => void = () => {}

  /** Ends a rest under way; otherwise nothing. */
  wake(): void {
    this.#wake()
  }

  /** Resolves at `dueAt` of the monotonic clock, when woken, or when `signal` aborts. Never rejects. */
  until(dueAt: number, signal: AbortSignal): Promise<void> {
    const leftMs = dueAt - performance.now()
    if (leftMs <= 0 || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        unlisten()
        this.#wake = () => {}
        resolve()
      }
      const timer = setTimeout(end, leftMs)
      const unlisten = onAbort(signal, end)
      this.#wake = end
    })
  }
}
