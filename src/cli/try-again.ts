// Trying again for as long as it makes sense, for what has to work before anything else can.
import { createBackoff } from '../controller/queue/backoff.ts'
import { isForbidden } from '../kube/api-error.ts'
import { delay } from '../net/delay.ts'
import type { Log } from '../telemetry/log.ts'
import { problemText } from '../types/problem-text.ts'

export interface TryAgainOptions {
  /** What fails, for the log: `Cannot read the records`. */
  readonly failure: string
  /** True for an error that no waiting mends. */
  readonly isHopeless: (error: unknown) => boolean
  readonly log: Pick<Log, 'warn'>
  readonly signal: AbortSignal
}

/** What `attempt` resolves with once it does, tried 1 s, 2 s, 4 s ... 30 s apart; undefined when `signal` aborts. Rejects when hopeless. */
export async function tryAgain<T>(
  attempt: () => Promise<T>,
  { failure, isHopeless, log, signal }: TryAgainOptions,
): Promise<T | undefined> {
  const backoff = createBackoff({ baseMs: 1_000, maxMs: 30_000 })
  while (!signal.aborted) {
    try {
      return await attempt()
    } catch (error) {
      if (signal.aborted) return undefined
      if (isHopeless(error)) throw error
      const delayMs = backoff.when(failure)
      log.warn(`${failure}, trying again: ${refusalText(error)}`, { retryAfterMs: Math.round(delayMs) })
      await delay(delayMs, signal)
    }
  }
  return undefined
}

/** What went wrong, and where RBAC is to blame also the mend. */
export function refusalText(error: unknown): string {
  return isForbidden(error)
    ? `${problemText(error)}; grant it as docs/permissions.md says`
    : problemText(error)
}
