// Ends the pauses that rolls began (spec 7.1). What is to be done is read off the workload at every look, so a crash ends nothing.
import { type PauseStep, pauseStepOf } from '../../decide/kinds/pause.ts'
import type { RolloutClient } from '../../rollout/apply.ts'
import { resumePatch, tidyPausePatch } from '../../rollout/pause-patch.ts'
import type { Log } from '../../telemetry/log.ts'
import { type KubeObject, refKey } from '../../types/object.ts'
import { problemText } from '../../types/problem-text.ts'
import type { Workload } from '../../types/workload.ts'
import type { Result } from '../result.ts'

export interface PauseParts {
  readonly client: RolloutClient
  /** The annotation that says since when a roll has paused a Deployment. */
  readonly pausedAtAnnotation: string
  /** Takes in the workload as the PATCH left it. */
  readonly update: (object: KubeObject, previous: Workload) => void
  /** API server time, not later than now there (RFC 3339). */
  readonly serverNow: () => string
  readonly log: Pick<Log, 'info'>
  /** Told why a workload stays paused. */
  readonly onRefused: (workload: Workload, error: unknown) => void
  readonly dryRun: boolean
}

/** What a look at a workload is to do about its pause. */
export type PauseLook =
  /** Go on; `leftMs`: and look again when that time is over. */
  | { readonly state: 'goOn'; readonly leftMs?: number }
  /** It was written: what is known of the workload is no longer true. */
  | { readonly state: 'written'; readonly result: Result }

export type LookAtPause = (workload: Workload, signal: AbortSignal) => Promise<PauseLook>

/** Errors: an Error of one line that says which workload could not be resumed. */
export function createPause(parts: PauseParts): LookAtPause {
  const { client, pausedAtAnnotation, update, log } = parts

  async function write(
    workload: Workload,
    step: Extract<PauseStep, { kind: 'resume' | 'tidy' }>,
    signal: AbortSignal,
  ): Promise<Result> {
    const key = refKey(workload.ref)
    const patch = step.kind === 'resume' ? resumePatch : tidyPausePatch
    try {
      const object = await client.patchWorkload(workload, patch(workload, pausedAtAnnotation), signal)
      if (step.kind === 'resume') log.info(`Resumed ${key}: ${step.because}`)
      update(object, workload)
      return {}
    } catch (error) {
      if (client.isConflict(error)) return { awaitNewerThan: workload.resourceVersion }
      if (client.isNotFound(error)) return {}
      if (signal.aborted) throw error
      parts.onRefused(workload, error)
      throw new Error(`Cannot resume ${key}: ${problemText(error)}`, { cause: error })
    }
  }

  return async function lookAtPause(workload, signal) {
    const step = pauseStepOf(workload, parts.serverNow())
    if (step.kind === 'wait') return { state: 'goOn', leftMs: step.ms }
    if (step.kind === 'none') return { state: 'goOn' }
    if (!parts.dryRun) return { state: 'written', result: await write(workload, step, signal) }
    if (step.kind === 'resume') log.info(`Would resume ${refKey(workload.ref)} (dry run): ${step.because}`)
    return { state: 'goOn' }
  }
}
