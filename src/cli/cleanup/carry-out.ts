// Carries a cleanup out. Every write names the uid and resourceVersion that were looked at, and each stands for itself: killed
// in between, the rest is found again by the next run. Workloads come first, so that what belongs to them is known as long as possible.
import { ApiError, isConflict, isInvalid, isInvalidField, isNotFound } from '../../kube/api-error.ts'
import type { KubeClient, PatchOptions } from '../../kube/client.ts'
import { resumePatch, tidyPausePatch } from '../../rollout/pause-patch.ts'
import { problemText } from '../../types/problem-text.ts'
import { WORKLOAD_RESOURCES } from '../../types/workload.ts'
import type { CleanupOptions } from './cleanup-options.ts'
import { OWN_RESOURCES } from './find-own.ts'
import { isTouched, touchedWorkload } from './find-workloads.ts'
import { type Leftovers, type OwnObject, objectText, type TouchedWorkload } from './leftovers.ts'
import { unstampPatch } from './restore-patch.ts'

/** What carrying out needs. */
export interface CarryOutParts {
  readonly client: Pick<KubeClient, 'get' | 'patch' | 'delete'>
  readonly options: Pick<CleanupOptions, 'pausedAt' | 'stamps'>
  /** Told of each thing that is done. */
  readonly onDone: (line: string) => void
  /** Told of each thing that could not be done. */
  readonly onProblem: (line: string) => void
  readonly signal: AbortSignal
}

/** Requests in flight: enough for a thousand workloads in seconds, and no burden for the API server. */
const AT_ONCE = 8
/** How often a workload that others write is looked at anew. */
const MAX_TRIES = 5

/** Does all that can be done. Rejects only when the API server does not answer, or when `signal` aborts. */
export async function carryOut({ workloads, own }: Leftovers, parts: CarryOutParts): Promise<void> {
  await forEach(workloads, (workload) =>
    attempt(parts, objectText(workload.ref), () => restore(workload, parts)),
  )
  for (const object of own) {
    if (object.keep === undefined) await attempt(parts, objectText(object), () => remove(object, parts))
  }
}

/** What was refused is told; the rest goes on. */
async function attempt(parts: CarryOutParts, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (parts.signal.aborted || !isAnswer(error)) throw error
    parts.onProblem(`${what} is left as it is: ${problemText(error)}`)
  }
}

/** Somebody else's writes in between came too often. */
class TooManyWrites extends Error {
  override readonly name = 'TooManyWrites'
}

/** Whether it is about this one object, so that the next one may fare better. */
function isAnswer(error: unknown): boolean {
  return error instanceof ApiError || error instanceof TooManyWrites
}

/** A wrong uid is answered as an attempt to change an immutable field. */
function isOutdated(error: unknown): boolean {
  return isConflict(error) || isInvalidField(error, 'metadata.uid')
}

/** The stamps go while the Deployment is still paused, so that both together start one rollout. */
async function restore(found: TouchedWorkload, parts: CarryOutParts): Promise<void> {
  let workload: TouchedWorkload | undefined = found
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    try {
      if (workload !== undefined && isStamped(workload)) workload = await unstamp(workload, parts)
      if (workload?.pause !== undefined) workload = await resume(workload, parts)
      return
    } catch (error) {
      if (isNotFound(error)) return
      // A place in a custom resource that is gone is refused as invalid before the version is looked at.
      if (!isOutdated(error) && !isInvalid(error)) throw error
      const present = await lookAgain(found, parts)
      if (present?.resourceVersion === workload?.resourceVersion) throw error
      workload = present
    }
  }
  throw new TooManyWrites('somebody else writes it all the time; run this again')
}

function isStamped({ stamps, restarted }: TouchedWorkload): boolean {
  return stamps !== undefined || restarted
}

async function unstamp(workload: TouchedWorkload, parts: CarryOutParts): Promise<TouchedWorkload> {
  const left = await patch(workload, unstampPatch(workload), parts)
  parts.onDone(`Took the stamps out of ${objectText(workload.ref)}`)
  return left
}

async function resume(workload: TouchedWorkload, parts: CarryOutParts): Promise<TouchedWorkload> {
  const isOver = workload.pause === 'over'
  const body = (isOver ? tidyPausePatch : resumePatch)(workload, parts.options.pausedAt)
  const left = await patch(workload, { type: 'strategic-merge', body }, parts)
  parts.onDone(`${isOver ? 'Took the mark of a pause off' : 'Resumed'} ${objectText(workload.ref)}`)
  return left
}

async function patch(
  { ref }: TouchedWorkload,
  change: Pick<PatchOptions, 'type' | 'body'>,
  { client, options, signal }: CarryOutParts,
): Promise<TouchedWorkload> {
  const answer = await client.patch(WORKLOAD_RESOURCES[ref.kind], ref, { ...change, signal })
  return touchedWorkload(answer, ref.kind, options)
}

/** As it is now; undefined where there is nothing to do about it any more. */
async function lookAgain(
  { ref }: TouchedWorkload,
  { client, options, signal }: CarryOutParts,
): Promise<TouchedWorkload | undefined> {
  try {
    const object = await client.get(WORKLOAD_RESOURCES[ref.kind], ref, { signal })
    const workload = touchedWorkload(object, ref.kind, options)
    return isTouched(workload) ? workload : undefined
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

async function remove(object: OwnObject, { client, onDone, signal }: CarryOutParts): Promise<void> {
  const { kind, namespace, name, uid, resourceVersion } = object
  const preconditions = { uid, resourceVersion }
  try {
    await client.delete(OWN_RESOURCES[kind], { namespace, name }, { preconditions, signal })
    onDone(`Removed ${objectText(object)}`)
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

/** Handles all, a few at once. The first rejection ends it. */
async function forEach<T>(items: readonly T[], handle: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) await handle(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
