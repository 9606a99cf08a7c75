import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLaterPolls } from './later-polls.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function start() {
  const polled: string[] = []
  const polls = createLaterPolls({ poll: (namespace) => polled.push(namespace), delaysMs: [100, 300] })
  return { polled, polls }
}

test('a namespace is polled after each delay, and then no more', () => {
  const { polled, polls } = start()
  polls.after('shop')
  vi.advanceTimersByTime(99)
  expect(polled).toEqual([])
  vi.advanceTimersByTime(1)
  expect(polled).toEqual(['shop'])
  vi.advanceTimersByTime(300)
  expect(polled).toEqual(['shop', 'shop'])
  expect(vi.getTimerCount()).toBe(0)
})

test('what is made later begins the delays anew, in its own namespace alone', () => {
  const { polled, polls } = start()
  polls.after('shop')
  polls.after('bank')
  vi.advanceTimersByTime(90)
  polls.after('shop')
  vi.advanceTimersByTime(10)
  expect(polled).toEqual(['bank'])
  vi.advanceTimersByTime(1_000)
  expect(polled).toEqual(['bank', 'shop', 'bank', 'shop'])
})

test('nothing is polled after the end', () => {
  const { polled, polls } = start()
  polls.after('shop')
  polls.end()
  vi.advanceTimersByTime(1_000)
  expect([polled, vi.getTimerCount()]).toEqual([[], 0])
})
