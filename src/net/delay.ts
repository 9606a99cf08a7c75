// Waiting that ends early when there is no more reason to wait.
import { onAbort } from './deadline.ts'

/** Resolves after `delayMs`, or at once when `signal` aborts; never rejects. */
export function delay(delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      unlisten()
      resolve()
    }
    const timer = setTimeout(done, delayMs)
    const unlisten = onAbort(signal, done)
  })
}
