// Carries a roll out on a custom resource: what is there is read, and patched by a JSON patch that counts for that version only.
import type { KubeObject } from '../types/object.ts'
import type { TemplateHolder } from '../types/workload.ts'
import type { Applied } from './apply.ts'
import { type JsonPatchOperation, preconditions } from './json-patch.ts'

/** What such a roll needs of a Kubernetes client. */
export interface JsonPatchClient {
  getWorkload(holder: Pick<TemplateHolder, 'ref'>, signal: AbortSignal): Promise<KubeObject>
  /** Sends a JSON patch and returns the object as it is then. */
  jsonPatchWorkload(
    holder: Pick<TemplateHolder, 'ref'>,
    operations: readonly JsonPatchOperation[],
    signal: AbortSignal,
  ): Promise<KubeObject>
  isConflict(error: unknown): boolean
  isNotFound(error: unknown): boolean
  /** The API server could not carry the patch out on the object as it is, or did not like what came of it. */
  isInvalid(error: unknown): boolean
}

export interface ApplyJsonOptions {
  /** What the plan was made from. */
  readonly holder: TemplateHolder
  readonly signal: AbortSignal
}

/**
 * Guarantees: one GET, and at most one PATCH, which counts for the planned version only; where somebody wrote in between, a conflict,
 * whatever the API server made of the patch then. Errors: whatever else it answered, unchanged, and what `operations` throws.
 */
export async function applyJsonPatch(
  client: JsonPatchClient,
  operations: (object: KubeObject) => readonly JsonPatchOperation[],
  { holder, signal }: ApplyJsonOptions,
): Promise<Applied> {
  const isPlanned = ({ metadata }: KubeObject) =>
    metadata.uid === holder.uid && metadata.resourceVersion === holder.resourceVersion
  try {
    const present = await client.getWorkload(holder, signal)
    if (!isPlanned(present)) return { state: 'conflict' }
    const patch = [...preconditions(holder), ...operations(present)]
    return { state: 'applied', object: await client.jsonPatchWorkload(holder, patch, signal) }
  } catch (error) {
    if (client.isConflict(error)) return { state: 'conflict' }
    if (client.isNotFound(error)) return { state: 'gone' }
    if (!client.isInvalid(error)) throw error
    // A path that no longer leads anywhere is refused as invalid before the resourceVersion is looked at.
    const present = await client.getWorkload(holder, signal).catch(() => undefined)
    if (present === undefined || isPlanned(present)) throw error
    return { state: 'conflict' }
  }
}
