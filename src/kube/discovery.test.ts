import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError } from './api-error.ts'
import { createDiscovery } from './discovery.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const rollouts = { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts' }
const analysisRuns = { ...rollouts, plural: 'analysisruns' }

test('who asks for one group within a second shares one request, and whoever comes later sends another', async () => {
  const read = vi.fn().mockResolvedValue({ resources: [{ name: 'rollouts' }] })
  const serves = createDiscovery(read)
  expect(await Promise.all([rollouts, rollouts, analysisRuns].map((each) => serves(each)))).toEqual([
    true,
    true,
    false,
  ])
  expect(read.mock.calls).toEqual([['/apis/argoproj.io/v1alpha1', undefined]])
  read.mockResolvedValue({ resources: [] })
  vi.advanceTimersByTime(1_000)
  expect(await serves(rollouts)).toBe(false)
})

test.each([
  [404, false],
  [403, true],
])('a group of which the answer is %i: %s', async (code, served) => {
  const read = vi.fn().mockRejectedValue(new ApiError('no', { code, reason: '' }))
  expect(await createDiscovery(read)(rollouts)).toBe(served)
})

test('another error is an error', async () => {
  const read = vi.fn().mockRejectedValue(new ApiError('no', { code: 503, reason: '' }))
  await expect(createDiscovery(read)(rollouts)).rejects.toThrow('no')
})
