// When a change makes a CronJob or a Job run: work that is done once is not repeated without need (behaviour.md 4, rows CronJob
// and Job). Everything else about them is decided as for workloads that run all the time.
import type { Config } from '../../types/config.ts'
import { isNewer } from '../../types/object.ts'
import type { Observation, ObservedConfig, Reason } from '../../types/plan.ts'
import type { ConfigRecord } from '../../types/record.ts'
import type { RunState } from '../../types/workload.ts'
import type { Decision } from '../decision.ts'
import type { Base } from '../record.ts'

type CronJobState = Extract<RunState, { kind: 'CronJob' }>

/** What is known of one config of the workload, beside what was decided about it. */
export interface RunRuleOptions {
  readonly observation: Observation
  readonly observed: ObservedConfig
  readonly base: Base
}

/**
 * `decision`, unless it is to roll what had better not run now: then the change is only recorded, or put off until what runs is
 * done. Other kinds of workload roll as decided.
 */
export function underRunRules(decision: Decision, options: RunRuleOptions): Decision {
  const { workload, policy } = options.observation
  const { run } = workload
  if (decision.kind !== 'roll' || run === undefined) return decision
  if (run.kind === 'CronJob') {
    const reason = policy.cronJobStrategy === 'next-run' ? 'NextRun' : whyNotNow(run, options)
    if (reason !== undefined) return recorded(decision, reason)
    const busy = run.forbidsOverlap && run.active
    return busy ? { kind: 'hold', reason: 'JobActive', next: options.base.record } : decision
  }
  if (run.finished && policy.rerunFinishedJobs !== true) return recorded(decision, 'Finished')
  return wasWatched(options) ? decision : recorded(decision, 'FoundAtStart')
}

function recorded({ next }: Decision, reason: Reason): Decision {
  return { kind: 'record', reason, next }
}

function whyNotNow(run: CronJobState, options: RunRuleOptions): Reason | undefined {
  if (run.suspended) return 'Suspended'
  if (ranSince(run, options.observed)) return 'ScheduledSince'
  return wasWatched(options) ? undefined : 'FoundAtStart'
}

/** A watch of ours showed the change: while we acted, while another replica did, or before the workload had a record. */
function wasWatched({ observation, observed, base }: RunRuleOptions): boolean {
  if (observed.pending !== undefined) return true
  const seen = observed.observation
  if (seen.state !== 'present') return false
  const { record, workload, selectedSince } = observation
  const { resourceVersion } = seen.content ?? seen.config
  const since = record === undefined ? workload.followedSince : versionInSight(base.record, seen.config)
  if (since === undefined || !isNewer(resourceVersion, since)) return false
  // What changes in a namespace that is not selected is in sight, and nobody looks at it.
  return selectedSince === undefined || isNewer(resourceVersion, selectedSince)
}

/** The version of the record, if this process has had the config in sight since then. */
function versionInSight(record: ConfigRecord | undefined, { uid, firstSeen }: Config): string | undefined {
  if (record?.state !== 'present' || record.uid !== uid) return undefined
  return isNewer(firstSeen, record.resourceVersion) ? undefined : record.resourceVersion
}

/**
 * A Job was scheduled since the change, and its pods read the config as it is now. A Job never comes before the time it is
 * scheduled for, which the resourceVersions must bear out: a key that is taken out moves no time.
 */
function ranSince({ lastScheduled, scheduledAt }: CronJobState, { observation }: ObservedConfig): boolean {
  if (observation.state !== 'present' || lastScheduled === undefined || scheduledAt === undefined)
    return false
  const { dataTime, resourceVersion } = observation.content ?? observation.config
  return dataTime !== undefined && lastScheduled > dataTime && isNewer(scheduledAt, resourceVersion)
}
