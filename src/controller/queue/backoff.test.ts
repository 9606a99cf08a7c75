import { describe, expect, it } from 'vitest'
import { createBackoff } from './backoff.ts'

const exact = () => createBackoff({ baseMs: 1_000, maxMs: 300_000, random: () => 0 })

describe('a backoff', () => {
  it('doubles with every failure up to its ceiling, and never gives up', () => {
    const backoff = exact()
    const delays = Array.from({ length: 11 }, () => backoff.when('a'))
    expect(delays).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000,
    ])
    for (let failures = 0; failures < 2_000; failures++) backoff.when('a')
    expect(backoff.when('a')).toBe(300_000)
  })

  it('adds at most a fifth, so that keys that failed together do not return together', () => {
    const backoff = createBackoff({ baseMs: 1_000, maxMs: 300_000, random: () => 0.999 })
    const delayMs = backoff.when('a')
    expect(delayMs).toBeGreaterThan(1_190)
    expect(delayMs).toBeLessThan(1_200)
  })

  it('counts each key for itself and forgets one that succeeded', () => {
    const backoff = exact()
    backoff.when('a')
    backoff.when('a')
    backoff.when('b')
    expect([backoff.failures('a'), backoff.failures('b'), backoff.failures('c')]).toEqual([2, 1, 0])
    expect(backoff.size).toBe(2)
    backoff.forget('a')
    expect(backoff.size).toBe(1)
    expect(backoff.when('a')).toBe(1_000)
    expect(backoff.when('b')).toBe(2_000)
  })
})
