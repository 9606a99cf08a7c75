// Restarts an Argo Rollout without a new pod template: Argo replaces every pod that is older than `spec.restartAt`.
import type { StampEntry } from '../types/plan.ts'
import { timeText } from '../types/time-text.ts'
import type { StampChange } from '../types/workload.ts'
import { annotationOperations, type JsonPatchOperation } from './json-patch.ts'

/** The operations that restart a Rollout, and leave its stamps on the Rollout itself. */
export function restartOperations(
  rollout: unknown,
  { annotations }: Pick<StampChange, 'annotations'>,
  restartAt: string,
): readonly JsonPatchOperation[] {
  return [
    ...annotationOperations(rollout, annotations, ['metadata']),
    { op: 'add', path: '/spec/restartAt', value: restartAt },
  ]
}

export interface RestartTimes {
  /** The `spec.restartAt` that is there. */
  readonly present: string | undefined
  readonly stamps: readonly Pick<StampEntry, 'change'>[]
  /** API server time, not later than now there. */
  readonly now: string
}

/**
 * The second after the latest of what is known (RFC 3339): the restart that is there, so that it is another one; the last data
 * writes; and the API server's time of the decision, because a removed key moves no time of a write, and a deletion has none.
 * So every pod that may have read what was there before is older.
 */
export function restartAtOf({ present, stamps, now }: RestartTimes): string {
  const written = stamps.map(({ change }) => (change.state === 'present' ? change.dataTime : undefined))
  const times = [present, now, ...written].map((time) => Date.parse(time ?? ''))
  const latestMs = Math.max(0, ...times.filter((time) => !Number.isNaN(time)))
  const seconds = Math.floor(latestMs / 1_000) + 1
  return timeText(seconds * 1_000)
}
