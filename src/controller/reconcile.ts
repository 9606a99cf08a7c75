// Makes one workload right: observe, plan, carry out, remember, report. Everything it knows of why it was called is its key.
import { planRollout } from '../decide/plan.ts'
import { untilAborted } from '../net/deadline.ts'
import { compareResourceVersions, refKey } from '../types/object.ts'
import type { Observation, ObservedConfig, Plan } from '../types/plan.ts'
import { problemText } from '../types/problem-text.ts'
import { configIdOf, type WorkloadRecord } from '../types/record.ts'
import { versionOf, type Workload } from '../types/workload.ts'
import type { Observe } from './observe.ts'
import type { PendingChanges } from './queue/pending-changes.ts'
import {
  ConfigUnreadable,
  type Reconciled,
  type Result,
  RollFailed,
  type RollOutcome,
  type RollPlan,
} from './result.ts'
import type { LookAtPause } from './roll/pause.ts'

export interface ReconcileParts {
  /** The workload of that key, if it is in scope. */
  readonly workloadOf: (key: string) => Workload | undefined
  readonly observe: Observe
  /** Ends a pause that a roll began, once it is over. */
  readonly lookAtPause: LookAtPause
  /** Lists the workload's namespace anew where its kind is polled; then the store shows it as it is. */
  readonly refresh: (workload: Workload) => Promise<void>
  /** Sees to it that the store shows the workload as it is, however far a watch lags behind; throws what the API server answers. */
  readonly confirm: (workload: Workload, signal: AbortSignal) => Promise<void>
  /** Carries out a roll; throws when the API server refuses. */
  readonly roll: (observation: Observation, plan: RollPlan, signal: AbortSignal) => Promise<RollOutcome>
  /** `quiet`: it need not be written for its own sake. */
  readonly remember: (record: WorkloadRecord, options?: { readonly quiet?: boolean }) => void
  readonly pending: PendingChanges
  /** Told of every plan once it was carried out, and of rolls that failed. */
  readonly report: {
    readonly planned: (look: Reconciled) => void
    readonly rollFailed: (workload: Workload, plan: RollPlan, error: unknown) => void
    /** Nothing is to be done about that workload any more, whatever was told of it before. */
    readonly outOfScope: (workloadKey: string) => void
  }
  readonly nowMs: () => number
}

/** What was observed, and what follows from it. */
interface Look {
  readonly observation: Observation
  readonly plan: Plan
}

/** Makes the workload of that key right. */
export type Reconcile = (key: string, signal: AbortSignal) => Promise<Result>

/** A workload that is gone leaves the store within moments; of a kind that is not served any more, nobody says so. */
const GONE_MS = 60_000

/** How soon to look again whether a Job is still at work: no watch tells. */
const BUSY_MS = 5_000

/**
 * Guarantees: reads and writes nothing when nothing changed; at most one PATCH; the record is remembered only once the PATCH
 * was answered. Errors: `RollFailed`, `ConfigUnreadable`, or the reason of `signal`.
 */
export function createReconcile(parts: ReconcileParts): Reconcile {
  const { observe, pending, report, nowMs } = parts

  return async function reconcile(key: string, signal: AbortSignal): Promise<Result> {
    const workload = parts.workloadOf(key)
    if (workload === undefined) {
      pending.forget(key)
      report.outOfScope(key)
      return {}
    }
    const pause = await parts.lookAtPause(workload, signal)
    if (pause.state === 'written') return pause.result
    const { observation, plan } = await decide(workload, signal)
    const outcome = plan.kind === 'roll' ? await roll(observation, plan, signal) : undefined
    if (outcome?.state === 'gone') {
      pending.forget(key)
      return { requeueAfterMs: GONE_MS }
    }
    if (outcome?.state === 'conflict') return { awaitNewerThan: versionOf(observation.workload) }
    if (outcome?.state === 'busy') {
      const stamps = plan.kind === 'roll' ? plan.stamps : []
      pending.excuse(key, new Set(stamps.map(({ follow }) => configIdOf(follow.config))))
      return { requeueAfterMs: BUSY_MS }
    }
    // The record is by uid: what is to be remembered of the new Job stands in its stamps.
    if (outcome?.state !== 'replaced') remember(plan)
    settle(workload, observation, plan)
    report.planned({ workload, observation, plan, ...(outcome === undefined ? {} : { outcome }) })
    const requeueAfterMs = soonest(untilNextLook(plan), pause.leftMs)
    if (plan.retry)
      throw new ConfigUnreadable(
        plan.outcomes.find(({ kind }) => kind === 'wait'),
        requeueAfterMs,
      )
    return requeueAfterMs === undefined ? {} : { requeueAfterMs }
  }

  function untilNextLook({ lookAgainAtMs }: Plan): number | undefined {
    return lookAgainAtMs === undefined ? undefined : Math.max(1, lookAgainAtMs - nowMs())
  }

  /**
   * A roll takes along what still settles, and is planned from a workload that is known as it is. So is what forgets a record:
   * another replica may have made it of a later version than is in sight here.
   */
  async function decide(workload: Workload, signal: AbortSignal) {
    const first = await look(workload, { thorough: false, signal })
    const rolls = first.plan.kind === 'roll'
    if (!rolls && !forgets(first)) return first
    await untilAborted(rolls ? parts.refresh(workload) : parts.confirm(workload, signal), signal)
    const present = parts.workloadOf(refKey(workload.ref)) ?? workload
    if (present === workload && !(rolls && mayDiffer(first.plan))) return first
    return look(present, { thorough: rolls, signal })
  }

  async function look(
    workload: Workload,
    options: { readonly thorough: boolean; readonly signal: AbortSignal },
  ): Promise<Look> {
    const observation = await observe(workload, options)
    return { observation, plan: planRollout(observation) }
  }

  async function roll(observation: Observation, plan: RollPlan, signal: AbortSignal): Promise<RollOutcome> {
    try {
      return await parts.roll(observation, plan, signal)
    } catch (error) {
      if (signal.aborted) throw error
      report.rollFailed(observation.workload, plan, error)
      throw new RollFailed(`Cannot roll ${refKey(observation.workload.ref)}: ${problemText(error)}`, {
        cause: error,
      })
    }
  }

  function remember(plan: Plan): void {
    if (plan.record === undefined) return
    const write = plan.kind === 'adopt' || plan.kind === 'record' || plan.kind === 'roll'
    parts.remember(plan.record, { quiet: !write })
  }

  /** What was decided about is no longer pending, up to the version that was looked at; what is not followed never was. */
  function settle(workload: Workload, { configs }: Observation, plan: Plan): void {
    const key = refKey(workload.ref)
    const open = new Set(
      plan.outcomes.flatMap(({ id, kind }) => (kind === 'hold' || kind === 'wait' ? id : [])),
    )
    const looked = new Map(configs.map((each) => [configIdOf(each.follow.config), each]))
    for (const id of pending.idsOf(key)) {
      if (!open.has(id)) pending.settle(key, id, versionLookedAt(looked.get(id)))
    }
    const held = plan.outcomes.filter(({ kind, reason }) => kind === 'hold' && reason === 'JobActive')
    pending.excuse(key, new Set(held.map(({ id }) => id)))
  }
}

/** Something that was recorded counts no more once the plan is carried out. */
function forgets({ observation, plan }: Look): boolean {
  const { optedIn } = observation.workload.settings
  return (
    (plan.kind === 'record' && !optedIn) ||
    plan.outcomes.some(({ kind, reason }) => kind === 'record' && reason === 'Unfollowed')
  )
}

/** A thorough look may find more than the first one, or that there is no reason to roll. */
function mayDiffer({ lookAgainAtMs, outcomes }: Plan): boolean {
  return lookAgainAtMs !== undefined || outcomes.some(({ reason }) => reason === 'ChangedWhileAdopting')
}

function soonest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

/** The latest version of the config that the decision took into account; undefined where it is gone or nobody asks. */
function versionLookedAt(observed: ObservedConfig | undefined): string | undefined {
  const observation = observed?.observation
  if (observation?.state !== 'present') return undefined
  const { config, content } = observation
  if (content === undefined) return config.resourceVersion
  const newer = compareResourceVersions(content.resourceVersion, config.resourceVersion) > 0
  return newer ? content.resourceVersion : config.resourceVersion
}
