// Which of several replicas acts: the one whose name stands in a Lease. The rules of client-go's leaderelection, so that its
// users take part in the same election, with stricter ones where those leave a gap.
//
// Time rules
// 1. No time that another process wrote is ever looked at. A Lease that changed was renewed when we first saw it change, on our
//    own monotonic clock. So clocks may differ by any amount; they only have to run at about the same rate.
// 2. A lease counts as expired when it was seen unchanged for as long as its holder said that it may be silent.
// 3. Who holds it acts until `renewDeadlineMs` after the moment at which its last successful write was *sent*. That write
//    arrived later and was seen by others later still, so by rule 2 nobody takes over before `leaseDurationMs` of that moment:
//    between two leaders lies at least the difference of the two, 5 s by default. (client-go counts from the answer.)
// 4. Every write names the resourceVersion that it replaces, or creates: of two that want the lease, one is refused.
//
// Guarantees: at most one term at a time lasts among all replicas, whatever answers are late or lost, as long as their clocks
// run true within the ratio of the two durations, their identities differ, and nobody deletes or edits the Lease.
// Caveats: a write on its way when its term ends may still arrive; what it writes has to name what it was planned from. A
// machine that was suspended as a whole has a clock that did not run: the same holds.
import { ApiError, isAlreadyExists, isConflict, isNotFound } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { delay } from '../../net/delay.ts'
import { createLeaderTerm, type LeaderTerm, LeaseLost, type RunningTerm } from './leader-term.ts'
import { LEASES, type Lease, leaseToWrite, parseLease } from './lease.ts'

/** client-go's names and meanings; all in ms. */
export interface LeaseTiming {
  /** How long the holder may be silent before others take over; whole seconds, because the Lease says it in seconds. */
  readonly leaseDurationMs: number
  /** How long the holder acts without having renewed; shorter than `leaseDurationMs`. */
  readonly renewDeadlineMs: number
  /** How often the holder renews. */
  readonly retryPeriodMs: number
}

export interface LeaderElectionOptions {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'update'>
  readonly namespace: string
  /** Of the Lease. */
  readonly name: string
  /** Who we are; no other replica may be called so. */
  readonly identity: string
  readonly timing: LeaseTiming
  /** Another replica, or ours, is seen to hold the lease; '' when nobody does. */
  readonly onHolder?: (identity: string) => void
  /** The API server refuses or does not answer; told once until it does again. */
  readonly onProblem?: (error: unknown) => void
}

export interface LeaderElectionRun {
  /** Aborts when the process is to stop: a term goes on until `lead` has come to its end, and the lease is then released. */
  readonly stop: AbortSignal
  /** Called for each term, never for two at once; has to come to an end soon after `stop` or `term.signal` aborts. */
  readonly lead: (term: LeaderTerm) => Promise<void>
}

export interface LeaderElection {
  /** Reads the Lease, if there is one. Throws what the API server answered, or the reason of `signal`. */
  look(signal: AbortSignal): Promise<void>
  /** Who acts, as far as we know; undefined: nobody, or somebody who was silent for too long. */
  leader(): string | undefined
  /** This process acts. */
  isLeader(): boolean
  /** How long a term of ours is over without `lead` having ended, in ms; 0 where none is. */
  overdueMs(): number
  /** Takes part until `stop`. Rejects only with what `lead` rejects with; the lease is released even then. */
  run(options: LeaderElectionRun): Promise<void>
}

/** How often those that wait look at the lease: what a graceful hand-over may take. */
const FOLLOW_MS = 500

/** An election that nobody takes part in yet. */
export function createLeaderElection(options: LeaderElectionOptions): LeaderElection {
  const { client, namespace, name, identity, timing } = options
  const address = { namespace, name }
  /** Two tries fit into the time that a holder has. */
  const timeoutMs = timing.renewDeadlineMs / 2
  /** The Lease in the version that we know of, and when we first saw that version. */
  let observed: { readonly lease: Lease; readonly seenMs: number } | undefined
  let term: RunningTerm | undefined
  let holder = ''
  let hasProblem = false

  function see(lease: Lease): void {
    if (lease.version !== observed?.lease.version) observed = { lease, seenMs: performance.now() }
    if (lease.holder === holder) return
    holder = lease.holder
    options.onHolder?.(holder)
  }

  /** Rule 2, the other way round. */
  function isFresh(): boolean {
    if (observed === undefined || observed.lease.holder === '') return false
    const { lease, seenMs } = observed
    return performance.now() < seenMs + (lease.durationMs ?? timing.leaseDurationMs)
  }

  const isTaken = () => isFresh() && observed?.lease.holder !== identity

  async function look(signal?: AbortSignal): Promise<void> {
    try {
      see(parseLease(await client.get(LEASES, address, { timeoutMs, ...(signal && { signal }) })))
    } catch (error) {
      if (!isNotFound(error)) throw error
      // Somebody deleted it. A holder that we know of does not know that yet.
      if (!isTaken()) observed = undefined
    }
  }

  /** Writes over the version that we know of; nothing but its own time limit ends it, lest we hold the lease unknowingly. */
  async function write(nextHolder: string, durationMs: number): Promise<void> {
    const previous = observed?.lease
    const lease = leaseToWrite({ ...address, holder: nextHolder, durationMs, now: new Date(), previous })
    const answer = await (previous === undefined
      ? client.create(LEASES, lease, { timeoutMs })
      : client.update(LEASES, lease, { timeoutMs }))
    const written = parseLease(answer)
    // Where nothing was changed, nobody can see a renewal.
    if (written.version === previous?.version)
      throw new Error('Cannot renew the lease: the clock stands still')
    see(written)
  }

  /** Takes or renews the lease; resolves with the moment from which it counts (rule 3). */
  async function hold(): Promise<number> {
    const sentMs = performance.now()
    await write(identity, timing.leaseDurationMs)
    return sentMs
  }

  /** Undefined: it is somebody else's, or the API server does not say. */
  async function tryToAcquire(stop: AbortSignal): Promise<number | undefined> {
    try {
      await look(stop)
      const sentMs = isTaken() || stop.aborted ? undefined : await hold()
      hasProblem = false
      return sentMs
    } catch (error) {
      if (!stop.aborted && !isLostRace(error)) report(error)
      return undefined
    }
  }

  /** Renews over the version that we know of; where that is not the present one, over the present one, if it is still ours. */
  async function renew(running: RunningTerm): Promise<void> {
    try {
      running.lastUntil((await hold()) + timing.renewDeadlineMs)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      await look(running.signal)
      if (isTaken()) running.end(new LeaseLost(`Cannot act as the leader: ${holder} took the lease`))
      else running.lastUntil((await hold()) + timing.renewDeadlineMs)
    }
  }

  async function keepRenewing(running: RunningTerm, led: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([running.signal, led])
    for (;;) {
      await delay(timing.retryPeriodMs, ended)
      if (led.aborted || running.endedMs() !== undefined) return
      try {
        await renew(running)
        hasProblem = false
      } catch (error) {
        if (!ended.aborted && !isLostRace(error)) report(error)
      }
    }
  }

  async function serve(sentMs: number, lead: LeaderElectionRun['lead']): Promise<void> {
    const led = new AbortController()
    const running = createLeaderTerm(sentMs + timing.renewDeadlineMs)
    term = running
    const renewing = keepRenewing(running, led.signal)
    try {
      await lead(running)
    } finally {
      led.abort()
      await renewing
      const ours = running.endedMs() === undefined
      running.end(new LeaseLost('Cannot act as the leader: the lease was given up'))
      term = undefined
      if (ours) await release()
    }
  }

  /** As client-go does it, for whoever comes next not to wait. */
  async function release(): Promise<void> {
    try {
      await look()
      if (observed?.lease.holder === identity) await write('', 1_000)
    } catch (error) {
      if (!isLostRace(error)) report(error)
    }
  }

  function report(error: unknown): void {
    if (!hasProblem) options.onProblem?.(error)
    hasProblem = true
  }

  return {
    look,
    leader: () => (isFresh() ? observed?.lease.holder : undefined),
    isLeader: () => term !== undefined && term.endedMs() === undefined,
    overdueMs: () => {
      const endedMs = term?.endedMs()
      return endedMs === undefined ? 0 : performance.now() - endedMs
    },
    async run({ stop, lead }) {
      while (!stop.aborted) {
        const sentMs = await tryToAcquire(stop)
        if (sentMs === undefined) await delay(FOLLOW_MS, stop)
        else await serve(sentMs, lead)
      }
    },
  }
}

/** Somebody else was quicker. */
function isLostRace(error: unknown): boolean {
  return isConflict(error) || isAlreadyExists(error)
}
