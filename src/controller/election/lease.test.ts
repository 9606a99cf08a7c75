import { describe, expect, it } from 'vitest'
import type { RawObject } from '../../kube/raw-object.ts'
import { leaseToWrite, parseLease } from './lease.ts'

const place = { namespace: 'home', name: 'lock' }
const now = new Date('2026-03-01T12:00:00.123Z')
const TIME = '2026-03-01T12:00:00.123000Z'
const EARLIER = '2026-03-01T11:00:00.000000Z'

function stored(spec: unknown, metadata = {}): RawObject {
  return { metadata: { ...place, uid: 'u', resourceVersion: '7', ...metadata }, spec }
}

const heldByA = stored({
  holderIdentity: 'a',
  leaseDurationSeconds: 15,
  acquireTime: EARLIER,
  renewTime: EARLIER,
  leaseTransitions: 3,
})

describe('reading a Lease', () => {
  it('tells who holds it, for how long, and which version it is', () => {
    expect(parseLease(heldByA)).toMatchObject({ version: 'u.7', holder: 'a', durationMs: 15_000 })
  })

  it.each([undefined, {}, { holderIdentity: null, leaseDurationSeconds: 0 }, { holderIdentity: 7 }, 'text'])(
    'takes %j for one that nobody holds',
    (spec) => {
      expect(parseLease(stored(spec))).toMatchObject({ holder: '', durationMs: undefined })
    },
  )
})

describe('writing a Lease', () => {
  it('creates it as client-go does', () => {
    expect(leaseToWrite({ ...place, holder: 'a', durationMs: 15_000, now, previous: undefined })).toEqual({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: place,
      spec: {
        holderIdentity: 'a',
        leaseDurationSeconds: 15,
        acquireTime: TIME,
        renewTime: TIME,
        leaseTransitions: 0,
      },
    })
  })

  it('renews it: only the time of the renewal moves', () => {
    const previous = parseLease(heldByA)
    expect(leaseToWrite({ ...place, holder: 'a', durationMs: 15_000, now, previous })).toMatchObject({
      spec: { holderIdentity: 'a', acquireTime: EARLIER, renewTime: TIME, leaseTransitions: 3 },
    })
  })

  it('takes it over: that is a transition, over the version that was seen', () => {
    const previous = parseLease(heldByA)
    expect(leaseToWrite({ ...place, holder: 'b', durationMs: 15_000, now, previous })).toMatchObject({
      metadata: { resourceVersion: '7' },
      spec: { holderIdentity: 'b', acquireTime: TIME, renewTime: TIME, leaseTransitions: 4 },
    })
  })

  it('gives it up: no holder, and no transition', () => {
    const previous = parseLease(heldByA)
    expect(leaseToWrite({ ...place, holder: '', durationMs: 1_000, now, previous })).toMatchObject({
      spec: { holderIdentity: '', leaseDurationSeconds: 1, renewTime: TIME, leaseTransitions: 3 },
    })
  })

  it('leaves alone what others put into it', () => {
    const previous = parseLease(
      stored({ strategy: 'OldestEmulationVersion' }, { labels: { app: 'reloader' } }),
    )
    expect(leaseToWrite({ ...place, holder: 'a', durationMs: 15_000, now, previous })).toMatchObject({
      metadata: { labels: { app: 'reloader' } },
      spec: { strategy: 'OldestEmulationVersion', holderIdentity: 'a' },
    })
  })
})
