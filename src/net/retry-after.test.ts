import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') })
})
afterEach(() => {
  vi.useRealTimers()
})

test.each([
  [undefined, undefined],
  ['', undefined],
  ['0', 0],
  ['120', 120_000],
  ['-1', 0],
  ['soon', undefined],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
])('Retry-After %j asks to wait for %j ms', (header, ms) => {
  expect(retryAfterMs(header)).toBe(ms)
})
