import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FORBIDDEN, SERVER_ERROR } from '../../../test/fake/fake-client.ts'
import { CONFIG_RESOURCES } from '../../types/config.ts'
import { unlessStarting } from './denial.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** What comes of a request that is answered so, one answer after the other, and the last for ever; and how often it was made. */
async function ask(answers: readonly unknown[], discovery: readonly unknown[]) {
  const answer = (from: readonly unknown[]) => {
    let times = 0
    return async () => {
      const next = from[Math.min(times, from.length - 1)]
      times += 1
      if (next instanceof Error) throw next
      return times
    }
  }
  const serves = answer(discovery)
  const asked = unlessStarting(answer(answers), {
    client: { serves: async () => (await serves()) > 0 },
    resource: CONFIG_RESOURCES.ConfigMap,
    signal: new AbortController().signal,
  }).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(60_000)
  return asked
}

test('a server that denies everything is asked until it does not', async () => {
  expect(await ask([FORBIDDEN, FORBIDDEN, FORBIDDEN, 'ok'], [FORBIDDEN, FORBIDDEN, 'ok'])).toBe(4)
})

test('one that has read only some of its roles is asked once more', async () => {
  expect(await ask([FORBIDDEN, 'ok'], ['ok'])).toBe(2)
})

test('a denial that comes again beside granted discovery is believed, and so is one for half a minute', async () => {
  expect(await ask([FORBIDDEN], ['ok'])).toBe(FORBIDDEN)
  expect(await ask([FORBIDDEN], [FORBIDDEN])).toBe(FORBIDDEN)
})

test('another error is told at once', async () => {
  expect(await ask([SERVER_ERROR, 'ok'], ['ok'])).toBe(SERVER_ERROR)
  expect(await ask([FORBIDDEN, SERVER_ERROR, 'ok'], [SERVER_ERROR])).toBe(SERVER_ERROR)
})
