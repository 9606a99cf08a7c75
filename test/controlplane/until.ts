import { setTimeout as delay } from 'node:timers/promises'

export interface UntilOptions {
  /** Completes the sentence "... did not happen within 30 s". */
  readonly what: string
  readonly timeoutMs?: number
  readonly intervalMs?: number
}

/**
 * Asks again and again until the answer is neither undefined nor false, and returns it.
 * Throws what the condition throws, and an error that names `what` when the time is over.
 */
export async function until<T>(
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  { what, timeoutMs = 30_000, intervalMs = 50 }: UntilOptions,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await condition()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${timeoutMs / 1000} s`)
    await delay(intervalMs)
  }
}
