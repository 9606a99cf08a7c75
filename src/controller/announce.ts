// Tells what was decided and done: log line, metric and Kubernetes Event, each with the same one-word reason.

import type { RollAlert } from '../report/alert-message.ts'
import {
  reloadedEvent,
  reloadFailEvent,
  resumeFailEvent,
  rollRevertedEvent,
} from '../report/event-message.ts'
import type { EventRecorder } from '../report/record-event.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { CONFIG_RESOURCES, type ConfigRef } from '../types/config.ts'
import { refKey } from '../types/object.ts'
import { problemText } from '../types/problem-text.ts'
import { configIdOf } from '../types/record.ts'
import type { Workload } from '../types/workload.ts'
import { createAnnotationWarning } from './annotation-warning.ts'
import { createDriftWarning } from './drift-warning.ts'
import type { OutOfDate } from './out-of-date.ts'
import { ConfigUnreadable, type Reconciled, RollFailed, type RollPlan } from './result.ts'
import { createRollPermission } from './roll/roll-permission.ts'

export interface AnnounceParts {
  readonly log: Log
  readonly metrics: Metrics
  readonly recorder: Pick<EventRecorder, 'record'>
  readonly outOfDate: OutOfDate
  /** Names of keys that changed in a config since the version of that record; [] where they are not known. */
  readonly changedKeys: (look: Reconciled, plan: RollPlan) => readonly string[]
  /** Takes an alert of each roll; never waits. */
  readonly alert?: ((roll: RollAlert) => void) | undefined
  /** Changes are told to a webhook, which tells of its calls itself. */
  readonly webhookMode: boolean
  readonly dryRun: boolean
  readonly nowMs: () => number
}

export interface Announce {
  planned(look: Reconciled): void
  rollFailed(workload: Workload, plan: RollPlan, error: unknown): void
  /** The end of a pause was refused; `failed` hears of the same failure. */
  resumeFailed(workload: Workload, error: unknown): void
  /** A look at a workload failed for the `failures`th time in a row. */
  failed(workloadKey: string, error: unknown, failures: number): void
  reverted(workload: Workload, manager: string): void
  /** The workload is gone: what was said of it may be said again of another. */
  forget(workloadKey: string): void
}

/** Failures in a row come five minutes apart in the end: about once an hour whoever reads the log learns what still cannot be read. */
const REMIND_EVERY = 12

/** Announcing never throws and never waits. */
export function createAnnounce(parts: AnnounceParts): Announce {
  const { log, metrics, recorder, outOfDate } = parts
  const annotations = createAnnotationWarning(parts)
  const permission = createRollPermission(parts)
  const warnOfDrift = createDriftWarning(parts)

  function rolled(look: Reconciled, plan: RollPlan): void {
    const workload = presentOf(look)
    const { kind, namespace, name } = workload.ref
    const configs = configsOf(plan)
    const changedKeys = parts.changedKeys(look, plan)
    const started = look.outcome?.state === 'applied' ? look.outcome.started : undefined
    permission.granted(kind)
    metrics.reloadExecuted.inc({ success: 'true' })
    metrics.reloadExecutedByNamespace?.inc({ success: 'true', namespace })
    metrics.rolls.inc({ kind, reason: plan.reason })
    metrics.workloadsMatched.inc({ kind })
    const carried = new Set(plan.stamps.map(({ follow }) => follow))
    for (const { follow, pending } of look.observation.configs) {
      if (pending !== undefined && carried.has(follow))
        metrics.changeToPatch.observe((parts.nowMs() - pending.sinceMs) / 1_000)
    }
    const [first] = configs
    const changed = `Changes detected in '${first.name}' of type '${CONFIG_RESOURCES[first.kind].stampWord}' in namespace '${first.namespace}'`
    log.info(`${changed}; updated '${name}' of type '${kind}' in namespace '${namespace}'`, {
      reason: plan.reason,
      configs: configs.map(configIdOf).join(','),
      ...(changedKeys.length === 0 ? {} : { keys: changedKeys.join(',') }),
      job: started,
    })
    recorder.record(
      reloadedEvent({
        workload: eventWorkload(workload),
        configs,
        reason: plan.reason,
        changedKeys,
        started,
      }),
    )
    parts.alert?.({ workload: workload.ref, configs })
  }

  function wouldRoll(workload: Workload, plan: RollPlan): void {
    const configs = configsOf(plan).map(configIdOf)
    const would = parts.webhookMode ? 'Would call the webhook for' : 'Would roll'
    log.info(`${would} ${refKey(workload.ref)} (dry run)`, {
      reason: plan.reason,
      configs: configs.join(','),
    })
  }

  function adopted({ workload, plan }: Reconciled): void {
    for (const { id, kind, reason } of plan.outcomes) {
      if (kind !== 'adopt') continue
      metrics.adoptions.inc({ reason })
      // A dry run has no digest key but its own, and adopts nothing.
      if (reason === 'UnknownDigestKey' && !parts.dryRun) {
        log.warn(
          `Adopted ${id} for ${refKey(workload.ref)}: its record was made with a digest key that is gone`,
          { reason },
        )
      }
    }
  }

  return {
    planned(look) {
      const { workload, plan, outcome } = look
      annotations.tell(workload)
      warnOfDrift(look)
      adopted(look)
      if (outcome?.state === 'dry-run') outOfDate.add(refKey(workload.ref), undefined)
      else if (!parts.dryRun) outOfDate.delete(refKey(workload.ref))
      const done = outcome?.state === 'applied' || outcome?.state === 'replaced'
      if (plan.kind === 'roll' && done) rolled(look, plan)
      else if (plan.kind === 'roll' && outcome?.state === 'dry-run') wouldRoll(workload, plan)
      if (log.isEnabled('debug')) {
        const outcomes = plan.outcomes.map(({ id, kind, reason }) => `${id}=${kind}:${reason}`).join(',')
        log.debug(`Looked at ${refKey(workload.ref)}`, { plan: plan.kind, reason: plan.reason, outcomes })
      }
    },
    rollFailed(workload, plan, error) {
      outOfDate.add(refKey(workload.ref), parts.nowMs())
      if (parts.webhookMode) return
      const { kind, namespace, name } = workload.ref
      const message = problemText(error)
      const [config] = configsOf(plan)
      permission.refused(kind, error)
      metrics.reloadExecuted.inc({ success: 'false' })
      metrics.reloadExecutedByNamespace?.inc({ success: 'false', namespace })
      log.error(
        `Update for '${name}' of type '${kind}' in namespace '${namespace}' failed with error ${message}`,
        {
          reason: plan.reason,
        },
      )
      recorder.record(reloadFailEvent({ workload: eventWorkload(workload), config, error: message }))
    },
    resumeFailed: (workload, error) =>
      recorder.record(resumeFailEvent(eventWorkload(workload), problemText(error))),
    failed(workloadKey, error, failures) {
      metrics.errors.inc({ type: 'handler_error' })
      metrics.retries.inc()
      const message = `${workloadKey} is tried again: ${problemText(error)}`
      // A refused roll was told already, and what stays unreadable is told at first and then now and again.
      const isKnown = error instanceof ConfigUnreadable && failures > 1 && failures % REMIND_EVERY !== 0
      if (error instanceof RollFailed || isKnown) log.debug(message)
      else log.warn(message, { failures })
    },
    reverted(workload, manager) {
      metrics.rollsReverted.inc({ kind: workload.ref.kind })
      log.warn(`The stamps of ${refKey(workload.ref)} were taken out of its pod template`, { manager })
      recorder.record(rollRevertedEvent(eventWorkload(workload), manager))
    },
    forget(workloadKey) {
      annotations.forget(workloadKey)
      outOfDate.delete(workloadKey)
    },
  }
}

/** A Job is another object once it was rolled, and what is said of it is to be found there. */
function presentOf({ workload, outcome }: Reconciled): Workload {
  return outcome?.state === 'replaced' ? { ...workload, ...outcome.by } : workload
}

function eventWorkload({ ref, uid, resourceVersion }: Workload) {
  return { ...ref, uid, resourceVersion }
}

function configsOf({ stamps }: RollPlan): readonly [ConfigRef, ...ConfigRef[]] {
  const [first, ...others] = stamps.map(({ follow }) => follow.config)
  if (first === undefined) throw new TypeError('Cannot announce a roll: it brings no config')
  return [first, ...others]
}
