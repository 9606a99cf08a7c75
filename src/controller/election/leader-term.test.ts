import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLeaderTerm, LeaseLost } from './leader-term.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const inMs = (ms: number) => performance.now() + ms

describe('a term', () => {
  it('ends by itself when its time is over', async () => {
    const term = createLeaderTerm(inMs(1_000))
    await vi.advanceTimersByTimeAsync(999)
    expect(() => term.check()).not.toThrow()
    expect(term.signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(term.signal.reason).toBeInstanceOf(LeaseLost)
    expect(() => term.check()).toThrow(LeaseLost)
  })

  it('is over for whoever asks, even where no timer has fired yet', () => {
    const term = createLeaderTerm(inMs(1_000))
    vi.spyOn(performance, 'now').mockReturnValue(inMs(1_000))
    expect(() => term.check()).toThrow(LeaseLost)
    expect(term.signal.aborted).toBe(true)
    vi.restoreAllMocks()
  })

  it('lasts longer when it is put off, and no longer than that', async () => {
    const term = createLeaderTerm(inMs(1_000))
    await vi.advanceTimersByTimeAsync(900)
    term.lastUntil(inMs(1_000))
    await vi.advanceTimersByTimeAsync(999)
    expect(term.endedMs()).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(term.endedMs()).toBe(performance.now())
  })

  it('does not begin again once it is over', async () => {
    const term = createLeaderTerm(inMs(1_000))
    await vi.advanceTimersByTimeAsync(1_000)
    term.lastUntil(inMs(1_000))
    expect(() => term.check()).toThrow(LeaseLost)
  })

  it('ends for the first reason that it is given, and leaves no timer', () => {
    const term = createLeaderTerm(inMs(1_000))
    const reason = new LeaseLost('taken')
    term.end(reason)
    term.end(new LeaseLost('given up'))
    expect(term.signal.reason).toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
  })
})
