import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeClient } from '../../../test/fake/fake-client.ts'
import { slowNetwork, type Way } from '../../../test/fake/slow-network.ts'
import { createLeaderElection } from './leader-election.ts'

const TIMING = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 }
const GOOD_WAY: Way = { thereMs: 1, backMs: 1 }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A time in which a replica believes that it may act; `toMs` is undefined as long as it does. */
interface Reign {
  readonly who: string
  readonly fromMs: number
  readonly toMs: () => number | undefined
}

/** Replicas of which each has a network of its own, in front of one API server. */
class Replicas {
  readonly reigns: Reign[] = []
  readonly #api = new FakeClient()
  readonly #alive = new Map<string, { readonly stop: AbortController; killedMs?: number }>()
  readonly #ways: Way[] = []
  #number = 0
  #healed = false

  /** `ways` are taken by the next requests, whoever sends them; then all goes well. */
  addWays(ways: readonly Way[]): void {
    if (!this.#healed) this.#ways.push(...ways)
  }

  heal(): void {
    this.#healed = true
    this.#ways.length = 0
  }

  /** As a new pod, with a name of its own. */
  start(): void {
    const who = `replica-${this.#number++}`
    const process: { readonly stop: AbortController; killedMs?: number } = { stop: new AbortController() }
    this.#alive.set(who, process)
    const nextWay = (): Way =>
      process.killedMs === undefined
        ? (this.#ways.shift() ?? GOOD_WAY)
        : { thereMs: 0, backMs: 0, lost: 'request' }
    const election = createLeaderElection({
      client: slowNetwork(this.#api, nextWay),
      namespace: 'home',
      name: 'lock',
      identity: who,
      timing: TIMING,
    })
    void election.run({
      stop: process.stop.signal,
      lead: (term) => {
        let endedMs: number | undefined
        const end = () => {
          endedMs ??= performance.now()
        }
        term.signal.addEventListener('abort', end)
        this.reigns.push({ who, fromMs: performance.now(), toMs: () => process.killedMs ?? endedMs })
        return new Promise((resolve) => {
          term.signal.addEventListener('abort', () => resolve())
          process.stop.signal.addEventListener('abort', () => resolve())
        })
      },
    })
  }

  /** Gracefully: it releases what it holds. */
  stop(index: number): void {
    this.#take(index)?.stop.abort()
  }

  /** It acts no more, and nothing that it sends arrives; what is on its way does. */
  kill(index: number): void {
    const process = this.#take(index)
    if (process !== undefined) process.killedMs = performance.now()
  }

  get size(): number {
    return this.#alive.size
  }

  endAll(): void {
    while (this.size > 0) this.stop(0)
  }

  #take(index: number) {
    const [who, process] = [...this.#alive][index % Math.max(1, this.size)] ?? []
    if (who !== undefined) this.#alive.delete(who)
    return process
  }
}

/** Pairs of replicas that believed at the same time. */
function overlaps(reigns: readonly Reign[]): readonly string[] {
  return reigns.flatMap((a, index) =>
    reigns
      .slice(index + 1)
      .filter(
        (b) =>
          b.fromMs < (a.toMs() ?? Number.POSITIVE_INFINITY) &&
          a.fromMs < (b.toMs() ?? Number.POSITIVE_INFINITY),
      )
      .map((b) => `${a.who} from ${a.fromMs} to ${a.toMs()} and ${b.who} from ${b.fromMs} to ${b.toMs()}`),
  )
}

type Step = (replicas: Replicas) => Promise<unknown> | unknown
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

const way: fc.Arbitrary<Way> = fc.record(
  {
    thereMs: fc.oneof(fc.nat(50), fc.nat(20_000)),
    backMs: fc.oneof(fc.nat(50), fc.nat(20_000)),
    lost: fc.constantFrom('request' as const, 'answer' as const),
  },
  { requiredKeys: ['thereMs', 'backMs'] },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.nat(8_000).map(
      (ms): Step =>
        () =>
          pass(ms),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.array(way, { maxLength: 12 }).map(
      (ways): Step =>
        (all) =>
          all.addWays(ways),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((all) => all.size < 4 && all.start()) },
  {
    weight: 1,
    arbitrary: fc.nat(3).map(
      (i): Step =>
        (all) =>
          all.stop(i),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(3).map(
      (i): Step =>
        (all) =>
          all.kill(i),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: -1e9, max: 1e9 }).map(
      (ms): Step =>
        () =>
          vi.setSystemTime(Date.now() + ms),
    ),
  },
)

test('no two replicas ever lead at once, whatever is late, lost, stopped or killed, and with the network back one does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const replicas = new Replicas()
      replicas.start()
      replicas.start()
      for (const each of steps) await each(replicas)
      replicas.heal()
      if (replicas.size === 0) replicas.start()
      await pass(60_000)
      const leading = replicas.reigns.filter(({ toMs }) => toMs() === undefined)
      replicas.endAll()
      await pass(60_000)
      expect(overlaps(replicas.reigns)).toEqual([])
      expect(leading).toHaveLength(1)
    }),
    { numRuns: 60 },
  )
})
