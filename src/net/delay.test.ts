import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { delay } from './delay.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a delay', () => {
  it('resolves when its time is over', async () => {
    const done = vi.fn()
    void delay(50, new AbortController().signal).then(done)
    await vi.advanceTimersByTimeAsync(49)
    expect(done).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(done).toHaveBeenCalledOnce()
  })

  it('ends at once, and leaves no timer, when the signal aborts', async () => {
    const abort = new AbortController()
    const waiting = delay(50, abort.signal)
    abort.abort()
    await waiting
    await delay(50, abort.signal)
    expect(vi.getTimerCount()).toBe(0)
  })
})
