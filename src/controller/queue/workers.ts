// The workers of the queue, and the only place where an outcome becomes forget, requeue or backoff.

import { ConfigUnreadable, type Result } from '../result.ts'
import type { Backoff } from './backoff.ts'
import type { WorkQueue } from './work-queue.ts'

export interface WorkersOptions {
  readonly queue: WorkQueue
  readonly backoff: Backoff
  readonly count: number
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Result>
  /** The workload of `key` was refused a write at that version: put the key back once a later one is known. */
  readonly awaitNewer: (key: string, resourceVersion: string) => void
  readonly onDone: (key: string, outcome: { readonly durationMs: number; readonly error?: unknown }) => void
}

/**
 * Works until `stop` aborts; then each worker finishes the key it has. `abort` ends that too. Never rejects.
 *
 * Guarantees: a key that fails is tried again for ever, 1 s, 2 s, 4 s ... apart, and delays no other key.
 */
export async function runWorkers(
  options: WorkersOptions,
  { stop, abort }: { readonly stop: AbortSignal; readonly abort: AbortSignal },
): Promise<void> {
  const { queue } = options
  const onStop = () => queue.shutDown()
  stop.addEventListener('abort', onStop, { once: true })
  if (stop.aborted) onStop()
  await Promise.all(Array.from({ length: options.count }, () => runWorker(options, { stop, abort })))
  stop.removeEventListener('abort', onStop)
}

async function runWorker(
  options: WorkersOptions,
  signals: { readonly stop: AbortSignal; readonly abort: AbortSignal },
): Promise<void> {
  while (!signals.stop.aborted) {
    const key = await options.queue.get()
    if (key === undefined) return
    if (!signals.stop.aborted) await work(options, key, signals.abort)
    options.queue.done(key)
  }
}

async function work(
  { queue, backoff, reconcile, awaitNewer, onDone }: WorkersOptions,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = performance.now()
  try {
    const { requeueAfterMs, awaitNewerThan } = await reconcile(key, signal)
    // A write that is refused again and again is not a success.
    if (awaitNewerThan === undefined) backoff.forget(key)
    else awaitNewer(key, awaitNewerThan)
    if (requeueAfterMs !== undefined) queue.addAfter(key, requeueAfterMs)
    onDone(key, { durationMs: performance.now() - startedMs })
  } catch (error) {
    if (signal.aborted) return
    queue.addAfter(key, backoff.when(key))
    if (error instanceof ConfigUnreadable && error.lookAgainAfterMs !== undefined)
      queue.addAfter(key, error.lookAgainAfterMs)
    onDone(key, { durationMs: performance.now() - startedMs, error })
  }
}
