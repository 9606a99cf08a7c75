import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FORBIDDEN, SERVER_ERROR } from '../../test/fake/fake-client.ts'
import type { Log } from '../telemetry/log.ts'
import { refusalText, tryAgain } from './try-again.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function setUp(isHopeless = false) {
  const warn = vi.fn()
  const log: Pick<Log, 'warn'> = { warn }
  const stop = new AbortController()
  const options = { failure: 'Cannot read it', isHopeless: () => isHopeless, log, signal: stop.signal }
  return { warn, stop, options }
}

describe('trying again', () => {
  it('goes on until it works, with growing waits and a line for each failure', async () => {
    const { warn, options } = setUp()
    const attempt = vi
      .fn()
      .mockRejectedValueOnce(SERVER_ERROR)
      .mockRejectedValueOnce(FORBIDDEN)
      .mockResolvedValue(7)
    const done = tryAgain(attempt, options)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await done).toBe(7)
    expect(warn.mock.calls.map(([line]) => line)).toEqual([
      'Cannot read it, trying again: the server answered 500',
      'Cannot read it, trying again: the server answered 403; grant it as docs/permissions.md says',
    ])
  })

  it('rejects with what is hopeless, without a line', async () => {
    const { warn, options } = setUp(true)
    await expect(tryAgain(() => Promise.reject(SERVER_ERROR), options)).rejects.toBe(SERVER_ERROR)
    expect(warn).not.toHaveBeenCalled()
  })

  it('ends with nothing when it is to stop, also in the middle of a wait', async () => {
    const { stop, options } = setUp()
    const attempt = vi.fn().mockRejectedValue(SERVER_ERROR)
    const done = tryAgain(attempt, options)
    await vi.advanceTimersByTimeAsync(10)
    stop.abort()
    expect(await done).toBeUndefined()
    expect(await tryAgain(attempt, options)).toBeUndefined()
    expect(attempt).toHaveBeenCalledOnce()
  })
})

it('names the mend only where RBAC is to blame', () => {
  expect(refusalText(SERVER_ERROR)).toBe('the server answered 500')
  expect(refusalText(FORBIDDEN)).toContain('docs/permissions.md')
})
