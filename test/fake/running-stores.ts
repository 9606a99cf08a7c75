// Record stores on fake timers, running until the test ends.
import { afterEach, beforeEach, vi } from 'vitest'
import type { RecordStoreOptions } from '../../src/controller/records/record-store.ts'
import type { FakeClient } from './fake-client.ts'
import { openStore } from './stored-records.ts'

/** The stores of one test at a time. */
export interface RunningStores {
  /** A store that has read what is there, and runs. */
  readonly start: (client: FakeClient, options?: Partial<RecordStoreOptions>) => ReturnType<typeof openStore>
  /** Aborts when the test ends, or at `stop`. */
  readonly signal: AbortSignal
  /** Ends every store that runs. */
  readonly stop: () => void
}

/** To be called once in a file, outside of its tests. */
export function useRunningStores(): RunningStores {
  let running = new AbortController()
  beforeEach(() => {
    vi.useFakeTimers()
    running = new AbortController()
  })
  afterEach(async () => {
    running.abort()
    await vi.runAllTimersAsync()
    vi.useRealTimers()
  })
  return {
    async start(client, options) {
      const opened = await openStore(client, options)
      void opened.store.run(running.signal)
      await vi.advanceTimersByTimeAsync(0)
      return opened
    },
    get signal() {
      return running.signal
    },
    stop: () => running.abort(),
  }
}
