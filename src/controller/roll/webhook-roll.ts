// Webhook mode (behaviour.md 5): in place of the PATCH of each follower, one call for each changed config, shared by all of them.
//
// Expected flow: every follower plans a roll of its own; the first to come here makes the call, and the others take its outcome.
// Guarantees: no workload is touched; a follower's record is remembered only after a 2xx, so nothing is lost, and what could not be
// told is told again after the follower's backoff, at start too; one call of one config is under way at a time, and a failed one is
// made again no sooner than 1 s, 2 s, 4 s ... 5 min after the failure, however many followers ask.
// Caveat: after a restart, or after 4,096 other configs, a change that some follower has not recorded yet is told once more.
import { createBoundedMap } from '../../report/bounded-map.ts'
import { PostError } from '../../report/post-error.ts'
import type { Webhook, WebhookCall } from '../../report/webhook.ts'
import type { ConfigRef } from '../../types/config.ts'
import { isNewer, refKey } from '../../types/object.ts'
import type { StampEntry } from '../../types/plan.ts'
import { type ConfigRecord, configIdOf, type WorkloadRecord } from '../../types/record.ts'
import type { Observe } from '../observe.ts'
import type { RollPlan } from '../result.ts'
import type { Roll } from './roll.ts'

export interface WebhookRollParts {
  readonly webhook: Webhook
  /** Names of keys that changed in a config since the version of that record; [] where they are not known. */
  readonly changedKeys: (config: ConfigRef, record: ConfigRecord | undefined) => readonly string[]
  readonly dryRun: boolean
  /** The monotonic clock. */
  readonly nowMs: () => number
}

/** The last call about one config. */
interface Delivery {
  readonly call: WebhookCall
  readonly done: Promise<void>
  /** Calls in a row that failed. */
  failures: number
  /** Until then its outcome stands for whoever asks; a call that was taken stands for ever. */
  standsUntilMs: number
}

const MAX_DELIVERIES = 4_096
const BACKOFF = { baseMs: 1_000, maxMs: 300_000 }

/** Tells instead of rolling. Rejects with a `PostError` where the receiver did not take one of the calls. */
export function createWebhookRoll({ webhook, changedKeys, dryRun, nowMs }: WebhookRollParts): Roll {
  const deliveries = createBoundedMap<Delivery>(MAX_DELIVERIES)

  function deliver(call: WebhookCall, signal: AbortSignal): Promise<void> {
    const key = refKey(call.config)
    const last = deliveries.get(key)
    if (last !== undefined && covers(last.call, call) && nowMs() < last.standsUntilMs) return last.done
    const delivery: Delivery = {
      call,
      failures: last?.failures ?? 0,
      standsUntilMs: Number.POSITIVE_INFINITY,
      done: (last?.done ?? Promise.resolve())
        .catch(() => {})
        .then(() => webhook(call, signal))
        .then(
          () => {
            delivery.failures = 0
          },
          (error: unknown) => {
            delivery.standsUntilMs = nowMs() + waitMs(delivery.failures, error)
            delivery.failures += 1
            throw error
          },
        ),
    }
    deliveries.set(key, delivery)
    return delivery.done
  }

  function callFor(
    { follow, uid, change }: StampEntry,
    plan: RollPlan,
    record: WorkloadRecord | undefined,
  ): WebhookCall {
    const { config } = follow
    const id = configIdOf(config)
    return {
      config,
      uid,
      resourceVersion: change.state === 'present' ? change.resourceVersion : undefined,
      reason: plan.outcomes.find((outcome) => outcome.id === id)?.reason ?? plan.reason,
      changedKeys: changedKeys(config, record?.configs[id]),
    }
  }

  return async function roll({ record }, plan, signal) {
    if (dryRun) return { state: 'dry-run' }
    const calls = plan.stamps.map((stamp) => deliver(callFor(stamp, plan, record), signal))
    const failed = (await Promise.allSettled(calls)).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
    return { state: 'told' }
  }
}

/**
 * Observes without what may excuse a roll, the history of the pod template (new pods have read the change) and the state of Jobs:
 * the receiver is told of every change.
 */
export function observeForWebhook(observe: Observe): Observe {
  return async (workload, options) => {
    const observation = await observe(workload, options)
    const { run: _, ...rest } = observation.workload
    return { ...observation, workload: { ...rest, templates: [] } }
  }
}

/** How long a failure stands after so many before it, or longer where the receiver asks for it. */
function waitMs(failures: number, error: unknown): number {
  const backoffMs = Math.min(BACKOFF.baseMs * 2 ** failures, BACKOFF.maxMs)
  return error instanceof PostError ? Math.max(backoffMs, error.retryAfterMs) : backoffMs
}

/** Whoever was told `told` need not be told `next`: it is the same version of the same object, or an earlier one. */
function covers(told: WebhookCall, next: WebhookCall): boolean {
  if (told.uid !== next.uid) return false
  if (told.resourceVersion === undefined) return true
  return next.resourceVersion !== undefined && !isNewer(next.resourceVersion, told.resourceVersion)
}
