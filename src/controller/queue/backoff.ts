// How long a failing key waits: doubling, per key, with a ceiling. Data behind three methods, as client-go has it.

export interface Backoff {
  /** The delay before the next try of `key`, in ms, with up to 20 % of jitter; counts the failure. */
  when(key: string): number
  /** The key succeeded or is gone: its next failure starts from the beginning. */
  forget(key: string): void
  failures(key: string): number
  /** Keys that failed and did not succeed since. */
  readonly size: number
}

export interface BackoffOptions {
  readonly baseMs: number
  readonly maxMs: number
  /** Between 0 and 1; Math.random unless a test says otherwise. */
  readonly random?: () => number
}

/** Delays of baseMs, 2 baseMs, 4 baseMs ... up to maxMs. Nothing is ever given up. */
export function createBackoff({ baseMs, maxMs, random = Math.random }: BackoffOptions): Backoff {
  const failures = new Map<string, number>()
  return {
    when(key) {
      const count = failures.get(key) ?? 0
      failures.set(key, count + 1)
      const delayMs = Math.min(baseMs * 2 ** Math.min(count, 30), maxMs)
      return delayMs * (1 + random() * 0.2)
    },
    forget(key) {
      failures.delete(key)
    },
    failures: (key) => failures.get(key) ?? 0,
    get size() {
      return failures.size
    },
  }
}
