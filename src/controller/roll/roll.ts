// From a plan to its PATCH, or its Job: which stamps the template shall carry, and what the answer says about the workload.
import { stampChangeOf } from '../../decide/stamps/stamp-change.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { StartedRun } from '../../rollout/cron-job.ts'
import type { Rerun } from '../../rollout/job.ts'
import type { KubeObject } from '../../types/object.ts'
import type { Observation } from '../../types/plan.ts'
import type { ReloadStrategy } from '../../types/settings.ts'
import type { TemplateHolder, Workload } from '../../types/workload.ts'
import type { RecordStore } from '../records/record-store.ts'
import type { RollOutcome, RollPlan } from '../result.ts'
import { createPatchRoll } from './patch-roll.ts'
import type { RunOptions, Runs } from './runs.ts'

export interface RollParts {
  readonly client: KubeClient
  readonly records: Pick<RecordStore, 'written' | 'flush'>
  /** Takes in the workload, or the other object that holds its pod template, as the PATCH left it. */
  readonly update: (object: KubeObject, holder: TemplateHolder) => void
  /** Rolls what runs once, and is not patched. */
  readonly runs: Pick<Runs, 'roll'>
  readonly dryRun: boolean
  /** The annotation that says since when a roll has paused a Deployment. */
  readonly pausedAtAnnotation: string
  readonly onPatch?: (workload: Workload, result: Sent, durationMs: number) => void
}

type Sent = 'success' | 'conflict' | 'gone' | 'error'

export type Roll = (observation: Observation, plan: RollPlan, signal: AbortSignal) => Promise<RollOutcome>

/** Rolls workloads; errors are those of `applyRollout`, of `runs` and of a record store that must be written first. */
export function createRoll(parts: RollParts): Roll {
  const patch = createPatchRoll(parts)

  /** Stamps that the record does not cover yet stay in the template; too many, and the record is written first. */
  async function changeOf(observation: Observation, plan: RollPlan, signal: AbortSignal) {
    const { stamps } = plan
    const change = () =>
      stampChangeOf(observation, {
        stamps,
        strategy: strategyOf(observation),
        written: parts.records.written(observation.workload.ref),
      })
    const first = change()
    if (first?.recordFirst !== true) return first
    await parts.records.flush(signal)
    return change()
  }

  async function send(observation: Observation, options: RunOptions): Promise<RollOutcome> {
    const { workload } = observation
    const startedMs = performance.now()
    const done = (result: Sent) => parts.onPatch?.(workload, result, performance.now() - startedMs)
    try {
      const outcome =
        workload.run === undefined
          ? { state: (await patch(observation, options)).state }
          : outcomeOf(await parts.runs.roll(workload, options))
      const { state } = outcome
      if (state !== 'busy') done(state === 'conflict' || state === 'gone' ? state : 'success')
      return outcome
    } catch (error) {
      done('error')
      throw error
    }
  }

  return async function roll(observation, plan, signal) {
    const change = await changeOf(observation, plan, signal)
    if (change === undefined) return { state: 'unchanged' }
    if (parts.dryRun) return { state: 'dry-run' }
    return send(observation, { stamps: plan.stamps, change, signal })
  }
}

/** The incumbent's stamps are looked for where its one strategy put them; ours go where the workload wants them. */
function strategyOf({ workload, policy }: Observation): ReloadStrategy {
  // A restart leaves the pod template as it is, variables too.
  if (workload.restart !== undefined) return 'annotations'
  return workload.settings.reloadStrategy ?? policy.strategy
}

function outcomeOf(run: StartedRun | Rerun): RollOutcome {
  switch (run.state) {
    case 'started':
      return { state: 'applied', started: run.name }
    case 'replaced': {
      if (run.by === undefined) return { state: 'replaced' }
      const { uid, resourceVersion } = run.by.metadata
      return { state: 'replaced', by: { uid, resourceVersion } }
    }
    default:
      return run
  }
}
