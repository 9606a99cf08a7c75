// Carries a roll out: one PATCH, refused by the API server unless the workload still is what the plan was made from.
import type { KubeObject } from '../types/object.ts'
import type { StampChange, TemplateHolder } from '../types/workload.ts'
import { rolloutPatch } from './patch.ts'
import { type PauseBegin, withPause } from './pause-patch.ts'

/** What a roll needs of a Kubernetes client. */
export interface RolloutClient {
  /** Sends a strategic merge patch and returns the object as it is then. */
  patchWorkload(workload: Pick<TemplateHolder, 'ref'>, body: object, signal: AbortSignal): Promise<KubeObject>
  /** The workload is no longer the version, or no longer the object, that the patch names. */
  isConflict(error: unknown): boolean
  isNotFound(error: unknown): boolean
}

export interface ApplyOptions {
  /** What the plan was made from. */
  readonly workload: TemplateHolder
  /** The roll also pauses the workload, which is a Deployment. */
  readonly pause?: PauseBegin | undefined
  readonly signal: AbortSignal
}

export type Applied =
  | { readonly state: 'applied'; readonly object: KubeObject }
  /** Somebody wrote the workload in between: decide again once it is known as it is now. */
  | { readonly state: 'conflict' }
  /** There is nothing left to roll. */
  | { readonly state: 'gone' }

/**
 * Guarantees: at most one PATCH, that carries the uid and resourceVersion of `workload`, so that a late or repeated one does no
 * harm. Errors: whatever else the API server answered, unchanged.
 */
export async function applyRollout(
  client: RolloutClient,
  change: StampChange,
  { workload, pause, signal }: ApplyOptions,
): Promise<Applied> {
  const patch = rolloutPatch(workload, change)
  const body = pause === undefined ? patch : withPause(patch, pause)
  try {
    const object = await client.patchWorkload(workload, body, signal)
    return { state: 'applied', object }
  } catch (error) {
    if (client.isConflict(error)) return { state: 'conflict' }
    if (client.isNotFound(error)) return { state: 'gone' }
    throw error
  }
}
