import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createDeadline, untilAborted } from './deadline.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

const onTimeout = (ms: number) => new Error(`${ms} ms are over`)

test('a deadline aborts when its time is up, with the length that was set last', async () => {
  const { signal, extend, end } = createDeadline({ ms: 100, onTimeout })
  await vi.advanceTimersByTimeAsync(90)
  extend(200)
  await vi.advanceTimersByTimeAsync(199)
  expect(signal.aborted).toBe(false)
  await vi.advanceTimersByTimeAsync(2)
  expect(signal.reason).toEqual(new Error('200 ms are over'))
  end()
})

test('a deadline that is extended often enough never comes', async () => {
  const { signal, extend, end } = createDeadline({ ms: 100, onTimeout })
  for (let i = 0; i < 50; i += 1) {
    await vi.advanceTimersByTimeAsync(99)
    extend(100)
  }
  expect(signal.aborted).toBe(false)
  end()
})

test('a deadline can be brought forward', async () => {
  const { signal, extend, end } = createDeadline({ ms: 10_000, onTimeout })
  extend(10)
  await vi.advanceTimersByTimeAsync(11)
  expect(signal.reason).toEqual(new Error('10 ms are over'))
  end()
})

test("the caller's signal aborts it at once, also when it had aborted before", () => {
  const reason = new Error('enough')
  const controller = new AbortController()
  const deadline = createDeadline({ signal: controller.signal, ms: 100, onTimeout })
  controller.abort(reason)
  expect(deadline.signal.reason).toBe(reason)
  deadline.end()
  const late = createDeadline({ signal: controller.signal, ms: 100, onTimeout })
  expect(late.signal.reason).toBe(reason)
  late.end()
})

test('after its end it never aborts', async () => {
  const { signal, end } = createDeadline({ ms: 100, onTimeout })
  end()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(signal.aborted).toBe(false)
})

test('a wait ends early with the reason of the signal', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const waiting = untilAborted(new Promise(() => {}), controller.signal)
  controller.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  await expect(untilAborted(Promise.resolve(1), controller.signal)).rejects.toBe(reason)
})

test('a wait that nobody ends has the outcome of what it waits for', async () => {
  const { signal } = new AbortController()
  expect(await untilAborted(Promise.resolve(7), signal)).toBe(7)
  await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
})
