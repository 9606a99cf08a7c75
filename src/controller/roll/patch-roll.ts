// Which object a roll writes, and by which kind of patch: the one that the pods of the workload come from.
import { pausesRolls } from '../../decide/kinds/pause.ts'
import { isConflict, isInvalid, isInvalidField, isNotFound } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { type Applied, applyRollout, type RolloutClient } from '../../rollout/apply.ts'
import { applyJsonPatch, type JsonPatchClient } from '../../rollout/apply-json.ts'
import { templateOperations } from '../../rollout/json-patch.ts'
import { restartAtOf, restartOperations } from '../../rollout/restart-patch.ts'
import type { KubeObject } from '../../types/object.ts'
import type { Observation, StampEntry } from '../../types/plan.ts'
import { type StampChange, type TemplateHolder, WORKLOAD_RESOURCES } from '../../types/workload.ts'

export interface PatchRollParts {
  readonly client: KubeClient
  /** The annotation that says since when a roll has paused a Deployment. */
  readonly pausedAtAnnotation: string
  /** Takes in an object as a PATCH left it. */
  readonly update: (object: KubeObject, holder: TemplateHolder) => void
}

export interface PatchRollOptions {
  readonly stamps: readonly StampEntry[]
  readonly change: StampChange
  readonly signal: AbortSignal
}

export type PatchRoll = (observation: Observation, options: PatchRollOptions) => Promise<Applied>

/** Rolls by one PATCH. Errors: those of `applyRollout` and of `applyJsonPatch`. */
export function createPatchRoll({ client, pausedAtAnnotation, update }: PatchRollParts): PatchRoll {
  const strategic = rolloutClientOf(client)
  const json = jsonPatchClientOf(client)

  function restart({ workload, now }: Observation, { stamps, change, signal }: PatchRollOptions) {
    const restartAt = restartAtOf({ present: workload.restart?.at, stamps, now })
    return applyJsonPatch(json, (rollout) => restartOperations(rollout, change, restartAt), {
      holder: workload,
      signal,
    })
  }

  function stamp({ workload, now }: Observation, { change, signal }: PatchRollOptions) {
    const holder = workload.lender ?? workload
    const { optional, templatePath } = WORKLOAD_RESOURCES[holder.ref.kind]
    // A custom resource knows no strategic merge.
    if (optional === true) {
      return applyJsonPatch(json, (object) => templateOperations(object, change, templatePath), {
        holder,
        signal,
      })
    }
    const pause = pausesRolls(workload) ? { annotation: pausedAtAnnotation, at: now } : undefined
    return applyRollout(strategic, change, { workload: holder, pause, signal })
  }

  return async function patchRoll(observation, options) {
    const { workload } = observation
    const restarts = workload.restart !== undefined
    const applied = await (restarts ? restart(observation, options) : stamp(observation, options))
    if (applied.state === 'applied')
      update(applied.object, restarts ? workload : (workload.lender ?? workload))
    return applied
  }
}

/** Sends patches of workloads, and tells what refused ones mean. */
export function rolloutClientOf(client: KubeClient): RolloutClient {
  return {
    patchWorkload: ({ ref }, body, signal) =>
      client.patch(WORKLOAD_RESOURCES[ref.kind], ref, { type: 'strategic-merge', body, signal }),
    // A wrong uid is answered as an attempt to change an immutable field.
    isConflict: (error) => isConflict(error) || isInvalidField(error, 'metadata.uid'),
    isNotFound,
  }
}

function jsonPatchClientOf(client: KubeClient): JsonPatchClient {
  return {
    getWorkload: ({ ref }, signal) => client.get(WORKLOAD_RESOURCES[ref.kind], ref, { signal }),
    jsonPatchWorkload: ({ ref }, body, signal) =>
      client.patch(WORKLOAD_RESOURCES[ref.kind], ref, { type: 'json', body, signal }),
    isConflict,
    isNotFound,
    isInvalid,
  }
}
