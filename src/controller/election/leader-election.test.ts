import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CONFLICT, FakeClient, FORBIDDEN, SERVER_ERROR } from '../../../test/fake/fake-client.ts'
import { slowNetwork, type Way } from '../../../test/fake/slow-network.ts'
import { isRecord } from '../../kube/raw-object.ts'
import { createLeaderElection, type LeaderElection, type LeaderElectionOptions } from './leader-election.ts'
import type { LeaderTerm } from './leader-term.ts'

const TIMING = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 }
const place = { namespace: 'home', name: 'lock' }
const FAR_CLOCK = '1999-12-31T23:59:59.000000Z'

let api: FakeClient
const stops: AbortController[] = []

beforeEach(() => {
  vi.useFakeTimers()
  api = new FakeClient()
})
afterEach(async () => {
  for (const stop of stops.splice(0)) stop.abort()
  await vi.advanceTimersByTimeAsync(60_000)
  vi.useRealTimers()
})

interface Replica {
  readonly election: LeaderElection
  readonly terms: LeaderTerm[]
  readonly stop: AbortController
  readonly run: Promise<void>
}

type Lead = (term: LeaderTerm, stop: AbortSignal) => Promise<void>

/** Leads until it is stopped or the term is over. */
const lead: Lead = ({ signal }, stop) =>
  new Promise((resolve) => {
    for (const each of [signal, stop]) each.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted || stop.aborted) resolve()
  })

function replica(
  identity: string,
  options: Partial<LeaderElectionOptions> & { readonly lead?: Lead } = {},
): Replica {
  const terms: LeaderTerm[] = []
  const stop = new AbortController()
  stops.push(stop)
  const election = createLeaderElection({ client: api, ...place, identity, timing: TIMING, ...options })
  const run = election.run({
    stop: stop.signal,
    lead(term) {
      terms.push(term)
      return (options.lead ?? lead)(term, stop.signal)
    },
  })
  return { election, terms, stop, run }
}

function spec(): Readonly<Record<string, unknown>> {
  const found = api.object('leases', place)?.spec
  return isRecord(found) ? found : {}
}

function heldBy(holderIdentity: string, rest = {}) {
  return api.put('leases', {
    metadata: place,
    spec: { holderIdentity, leaseDurationSeconds: 15, leaseTransitions: 0, renewTime: FAR_CLOCK, ...rest },
  })
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('acquiring', () => {
  it('creates the Lease where there is none, and leads at once', async () => {
    const { election, terms } = replica('a')
    await pass(0)
    expect(api.requested('get', 'create', 'update')).toEqual(['get leases lock', 'create leases lock'])
    expect(spec()).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 })
    expect([election.isLeader(), election.leader(), terms.length]).toEqual([true, 'a', 1])
  })

  it('takes a released Lease at once, and counts the transition', async () => {
    heldBy('', { leaseTransitions: 4 })
    const { election } = replica('a')
    await pass(0)
    expect(election.isLeader()).toBe(true)
    expect(spec()).toMatchObject({ holderIdentity: 'a', leaseTransitions: 5 })
  })

  it('takes a Lease in its own name at once: a container that was restarted', async () => {
    heldBy('a', { acquireTime: FAR_CLOCK })
    const { election } = replica('a')
    await pass(0)
    expect(election.isLeader()).toBe(true)
    expect(spec()).toMatchObject({ holderIdentity: 'a', acquireTime: FAR_CLOCK, leaseTransitions: 0 })
  })

  it('looks every 500 ms at a Lease that another holds, and never watches it', async () => {
    heldBy('other')
    const { election } = replica('a')
    await pass(5_000)
    expect(election.isLeader()).toBe(false)
    expect(election.leader()).toBe('other')
    expect(api.requests.map(({ verb }) => verb)).toEqual(Array(11).fill('get'))
  })

  it.each([
    ['decades ago', FAR_CLOCK],
    ['in a hundred years', '2126-01-01T00:00:00.000000Z'],
    ['never', undefined],
  ])(
    'waits a whole lease duration of its own clock, for a holder who says it renewed %s',
    async (_, renewTime) => {
      heldBy('other', { renewTime })
      const { election } = replica('a')
      await pass(14_999)
      expect(election.isLeader()).toBe(false)
      await pass(501)
      expect(election.isLeader()).toBe(true)
      expect(spec()).toMatchObject({ holderIdentity: 'a', leaseTransitions: 1 })
    },
  )

  it('begins to wait anew whenever the Lease changes, whatever the change says', async () => {
    heldBy('other')
    const { election } = replica('a')
    await pass(10_000)
    heldBy('other')
    await pass(14_999)
    expect(election.isLeader()).toBe(false)
    await pass(1_000)
    expect(election.isLeader()).toBe(true)
  })

  it('waits as long as the holder said that it may be silent, not as long as we would be', async () => {
    heldBy('other', { leaseDurationSeconds: 40 })
    const { election } = replica('a')
    await pass(39_999)
    expect(election.isLeader()).toBe(false)
    await pass(501)
    expect(election.isLeader()).toBe(true)
  })

  it('of two that want an expired Lease one is refused, and goes on waiting', async () => {
    heldBy('gone')
    const both = [replica('a'), replica('b')]
    await pass(16_000)
    expect(both.map(({ terms }) => terms.length).sort()).toEqual([0, 1])
    await pass(60_000)
    expect(both.map(({ terms }) => terms.length).sort()).toEqual([0, 1])
  })

  it('a Lease that was deleted is not taken from a holder who may still act', async () => {
    heldBy('other')
    const { election } = replica('a')
    await pass(1_000)
    api.remove('leases', place)
    await pass(13_900)
    expect(election.isLeader()).toBe(false)
    await pass(700)
    expect(election.isLeader()).toBe(true)
  })

  it('tells a refusal once, keeps trying, and tells the next one again', async () => {
    const onProblem = vi.fn()
    api.before = () => Promise.reject(FORBIDDEN)
    const { election } = replica('a', { onProblem })
    await pass(3_000)
    expect(onProblem.mock.calls).toEqual([[FORBIDDEN]])
    api.before = ({ verb }) => (verb === 'create' ? Promise.reject(SERVER_ERROR) : undefined)
    await pass(3_000)
    expect(onProblem).toHaveBeenCalledTimes(1)
    api.before = () => {}
    await pass(500)
    expect(election.isLeader()).toBe(true)
    api.before = () => Promise.reject(SERVER_ERROR)
    await pass(4_000)
    expect(onProblem.mock.calls).toEqual([[FORBIDDEN], [SERVER_ERROR]])
  })

  it('looking once throws what the API server answers, but for a Lease that is not there', async () => {
    const election = createLeaderElection({ client: api, ...place, identity: 'a', timing: TIMING })
    const { signal } = new AbortController()
    await election.look(signal)
    expect(election.leader()).toBeUndefined()
    heldBy('other')
    await election.look(signal)
    expect(election.leader()).toBe('other')
    api.before = () => Promise.reject(FORBIDDEN)
    await expect(election.look(signal)).rejects.toBe(FORBIDDEN)
  })
})

describe('leading', () => {
  it('renews every 2 s with one PUT, and keeps its term', async () => {
    const { terms } = replica('a')
    await pass(20_000)
    expect(api.requested('get', 'update')).toEqual([
      'get leases lock',
      ...Array(10).fill('update leases lock'),
    ])
    expect(terms).toHaveLength(1)
    expect(() => terms[0]?.check()).not.toThrow()
  })

  it('ends its term 10 s after the last renewal was sent, whatever became of the later ones', async () => {
    const { election, terms } = replica('a')
    await pass(4_000)
    api.before = () => new Promise(() => {})
    await pass(9_999)
    expect(election.isLeader()).toBe(true)
    await pass(1)
    expect(election.isLeader()).toBe(false)
    expect(() => terms[0]?.check()).toThrow('the lease was not renewed in time')
  })

  it('counts from the sending, not from the answer', async () => {
    const ways: Way[] = [
      { thereMs: 0, backMs: 0 },
      { thereMs: 0, backMs: 4_000 },
    ]
    const lost: Way = { thereMs: 0, backMs: 0, lost: 'request' }
    const { terms } = replica('a', { client: slowNetwork(api, () => ways.shift() ?? lost) })
    await pass(9_900)
    expect(terms[0]?.signal.aborted).toBe(false)
    await pass(200)
    expect(terms[0]?.signal.aborted).toBe(true)
  })

  it('survives errors shorter than the deadline', async () => {
    const { terms } = replica('a')
    await pass(2_000)
    api.before = () => Promise.reject(SERVER_ERROR)
    await pass(7_000)
    api.before = () => {}
    await pass(60_000)
    expect(terms).toHaveLength(1)
    expect(terms[0]?.signal.aborted).toBe(false)
  })

  it('renews over the present version when somebody else wrote into its Lease', async () => {
    const { terms } = replica('a')
    await pass(1_000)
    api.put('leases', { ...api.object('leases', place), metadata: { ...place, labels: { team: 'x' } } })
    await pass(30_000)
    expect(terms).toHaveLength(1)
    expect(spec()).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0 })
    expect(api.object('leases', place)?.metadata.labels).toEqual({ team: 'x' })
  })

  it('renews after an answer that was lost', async () => {
    const { terms } = replica('a')
    await pass(1_000)
    let lose = true
    api.after = () => {
      if (!lose) return
      lose = false
      throw SERVER_ERROR
    }
    await pass(30_000)
    expect(terms).toHaveLength(1)
    expect(terms[0]?.signal.aborted).toBe(false)
  })

  it('makes its Lease again when somebody deleted it', async () => {
    const { terms } = replica('a')
    await pass(1_000)
    api.remove('leases', place)
    await pass(3_000)
    expect(spec()).toMatchObject({ holderIdentity: 'a' })
    expect(terms).toHaveLength(1)
  })

  it('ends its term at once when it sees that another took the Lease', async () => {
    const { terms, election } = replica('a')
    await pass(1_000)
    heldBy('other')
    await pass(1_000)
    expect(() => terms[0]?.check()).toThrow('other took the lease')
    expect(election.leader()).toBe('other')
  })

  it('leads again, in a new term, once the other is gone', async () => {
    const { terms } = replica('a')
    await pass(1_000)
    heldBy('other')
    await pass(17_000)
    expect(terms).toHaveLength(2)
    expect(() => terms[1]?.check()).not.toThrow()
  })

  it('does not begin another term before the work of the last one has ended', async () => {
    const ends: (() => void)[] = []
    const { terms, election } = replica('a', { lead: () => new Promise((resolve) => ends.push(resolve)) })
    await pass(1_000)
    heldBy('other')
    await pass(60_000)
    expect(terms).toHaveLength(1)
    expect(election.overdueMs()).toBe(59_000)
    heldBy('')
    ends[0]?.()
    await pass(500)
    expect(terms).toHaveLength(2)
    expect(election.overdueMs()).toBe(0)
    ends[1]?.()
  })

  it('takes a write that changed nothing for no renewal', async () => {
    const update = api.update.bind(api)
    vi.spyOn(api, 'update').mockImplementation((resource, object) => {
      const present = api.object('leases', place)
      return present === undefined ? update(resource, object) : Promise.resolve(present)
    })
    const { terms } = replica('a')
    await pass(10_000)
    expect(terms[0]?.signal.aborted).toBe(true)
  })
})

describe('stopping', () => {
  it('releases the Lease when the work has ended, and goes on renewing until then', async () => {
    let end = () => {}
    const { stop, run, terms } = replica('a', {
      lead: () =>
        new Promise((resolve) => {
          end = resolve
        }),
    })
    await pass(1_000)
    stop.abort()
    await pass(20_000)
    expect(spec()).toMatchObject({ holderIdentity: 'a' })
    expect(() => terms[0]?.check()).not.toThrow()
    end()
    await run
    expect(() => terms[0]?.check()).toThrow('given up')
    expect(spec()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 0 })
  })

  it('hands over within half a second of the release', async () => {
    const first = replica('a')
    await pass(0)
    const second = replica('b')
    await pass(4_900)
    first.stop.abort()
    await pass(500)
    expect(second.election.isLeader()).toBe(true)
    expect(spec()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 })
  })

  it('releases nothing that it does not hold any more', async () => {
    const { stop, run } = replica('a')
    await pass(1_000)
    heldBy('other')
    stop.abort()
    await run
    expect(spec()).toMatchObject({ holderIdentity: 'other' })
  })

  it('writes nothing when it never led', async () => {
    heldBy('other')
    const { stop, run } = replica('a')
    await pass(1_000)
    stop.abort()
    await run
    expect(api.requested('create', 'update')).toEqual([])
  })

  it('comes to its end though the release is refused', async () => {
    const onProblem = vi.fn()
    const { stop, run } = replica('a', { onProblem })
    await pass(1_000)
    api.before = ({ verb }) => (verb === 'update' ? Promise.reject(SERVER_ERROR) : undefined)
    stop.abort()
    await run
    expect(onProblem).toHaveBeenCalledWith(SERVER_ERROR)
  })

  it('a lost race for the release is no problem', async () => {
    const onProblem = vi.fn()
    const { stop, run } = replica('a', { onProblem })
    await pass(1_000)
    api.before = ({ verb }) => (verb === 'update' ? Promise.reject(CONFLICT) : undefined)
    stop.abort()
    await run
    expect(onProblem).not.toHaveBeenCalled()
  })

  it('rejects with what the work rejects with, after the release', async () => {
    const failure = new Error('no such cluster')
    const { run } = replica('a', { lead: () => Promise.reject(failure) })
    await expect(run).rejects.toBe(failure)
    expect(spec()).toMatchObject({ holderIdentity: '' })
  })
})

it('tells who holds the lease, each time that it changes', async () => {
  const onHolder = vi.fn()
  heldBy('other')
  replica('a', { onHolder })
  await pass(1_000)
  heldBy('')
  await pass(500)
  expect(onHolder.mock.calls).toEqual([['other'], [''], ['a']])
})

it('a holder that was silent for too long is not a leader that we know of', async () => {
  heldBy('other')
  api.before = ({ verb }) => (verb === 'update' ? Promise.reject(FORBIDDEN) : undefined)
  const { election } = replica('a')
  await pass(14_999)
  expect(election.leader()).toBe('other')
  await pass(1)
  expect(election.leader()).toBeUndefined()
})
