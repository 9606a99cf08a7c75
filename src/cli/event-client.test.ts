import { expect, test, vi } from 'vitest'
import { ApiError, ConnectionError } from '../kube/api-error.ts'
import { reloadedEvent } from '../report/event-message.ts'
import { toKubeEvent } from '../report/kube-event.ts'
import { createEventClient } from './event-client.ts'

const event = toKubeEvent(
  reloadedEvent({
    workload: { kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'u1' },
    configs: [{ kind: 'ConfigMap', namespace: 'shop', name: 'settings' }],
    reason: 'DigestChanged',
  }),
  '2026-11-21T10:00:00Z',
)
const patch = { namespace: 'shop', name: 'web.1', body: { count: 2, lastTimestamp: '2026-11-21T10:00:00Z' } }
const { signal } = new AbortController()

function clientThatFailsWith(error: Error) {
  return createEventClient({ create: () => Promise.reject(error), patch: () => Promise.reject(error) })
}

test.each([400, 403, 409, 422])('%i is a refusal that is not tried again', async (code) => {
  const client = clientThatFailsWith(new ApiError('no', { code, reason: 'Unknown' }))
  expect(await client.createEvent(event, signal)).toBe('rejected')
  expect(await client.patchEvent(patch, signal)).toBe('rejected')
})

test('404 says that the Event is gone, or for a new one that its namespace is', async () => {
  const client = clientThatFailsWith(new ApiError('no', { code: 404, reason: 'NotFound' }))
  expect(await client.createEvent(event, signal)).toBe('rejected')
  expect(await client.patchEvent(patch, signal)).toBe('not_found')
})

test.each([
  new ApiError('no', { code: 429, reason: 'TooManyRequests' }),
  new ApiError('no', { code: 401, reason: 'Unauthorized' }),
  new ApiError('no', { code: 503, reason: 'ServiceUnavailable' }),
  new ConnectionError('https://127.0.0.1', 'refused'),
])('%s may succeed later, so it is thrown', async (error) => {
  await expect(clientThatFailsWith(error).createEvent(event, signal)).rejects.toBe(error)
})

test.each([
  ['User "system:serviceaccount:reloader:reloader" cannot create resource "events" in API group ""', 1],
  ['unable to create new content in namespace shop because it is being terminated', 0],
  ['exceeded quota: events, requested: count/events=1', 0],
])('a 403 that says %j is one that rights would mend: %i', async (message, times) => {
  const forbidden = new ApiError(message, { code: 403, reason: 'Forbidden' })
  const onForbidden = vi.fn()
  const fails = () => Promise.reject(forbidden)
  const client = createEventClient({ create: fails, patch: fails }, onForbidden)
  expect(await client.createEvent(event, signal)).toBe('rejected')
  expect(onForbidden).toHaveBeenCalledTimes(times)
})
