import { expect, test } from 'vitest'
import { reloadedEvent } from './event-message.ts'
import { eventName, toKubeEvent } from './kube-event.ts'

test('an Event is about its workload, in the namespace of it', () => {
  const event = reloadedEvent({
    workload: { kind: 'StatefulSet', namespace: 'shop', name: 'db', uid: 'u1', resourceVersion: '7' },
    configs: [{ kind: 'Secret', namespace: 'shop', name: 'password' }],
    reason: 'DigestChanged',
  })
  expect(toKubeEvent(event, '2026-11-21T10:00:00Z')).toMatchObject({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace: 'shop' },
    involvedObject: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      namespace: 'shop',
      name: 'db',
      uid: 'u1',
      resourceVersion: '7',
    },
    source: { component: 'reloader-secrets' },
    reportingComponent: 'reloader-secrets',
    firstTimestamp: '2026-11-21T10:00:00Z',
    lastTimestamp: '2026-11-21T10:00:00Z',
    count: 1,
  })
})

test.each(['web', 'a'.repeat(253), `${'a'.repeat(235)}.b`, `${'a'.repeat(234)}-.b`])(
  'the Event of %s has a legal name that begins with it',
  (workload) => {
    const name = eventName(workload)
    expect(name.length).toBeLessThanOrEqual(253)
    expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)
    expect(workload.startsWith(name.slice(0, name.lastIndexOf('.')))).toBe(true)
  },
)

test('no two Events have the same name', () => {
  const names = Array.from({ length: 1000 }, () => eventName('web'))
  expect(new Set(names).size).toBe(1000)
})
