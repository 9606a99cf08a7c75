// What a SecretProviderClass holds, made of the statuses of its pods (behaviour.md 3). Pods rotate one after another, start with
// what is there and go, in any order: all of that is one content that changes once.
import type { MountedVersions } from '../../types/config.ts'
import { compareResourceVersions, isNewer } from '../../types/object.ts'
import type { PodStatus } from './pod-status.ts'

/** The content of a class, and what showed it. */
export interface ClassContent extends MountedVersions {
  /** Grows with each change of the content, and with nothing else. */
  readonly changedAt: string
  readonly changeTime?: string
  /** The status that says so. */
  readonly status: Pick<PodStatus, 'uid' | 'creationTimestamp'>
}

/**
 * The content now, given what it was and all statuses of the class; the same object where it did not change.
 *
 * A rotation under a living pod is a change: the last one decides. What pods began with is none. It is the content only where
 * nothing rotated and all of them agree, for a pod that disagrees has its rotation still to come, and that must count. Nothing goes
 * back: a pod that goes, or that lags behind, changes nothing. Undefined: nothing is known.
 */
export function classContent(
  held: ClassContent | undefined,
  statuses: readonly PodStatus[],
): ClassContent | undefined {
  const rotated = statuses.filter((status) => status.rotated)
  const next = rotated.length > 0 ? lastRotation(held, rotated) : beginning(statuses)
  if (next === undefined || held === undefined) return next ?? held
  return next.versions !== held.versions && isNewer(next.changedAt, held.changedAt) ? next : held
}

/** At first a list shows them, with versions that may be later than the change: the times decide, and all of it is taken in. */
function lastRotation(held: ClassContent | undefined, rotated: readonly PodStatus[]): ClassContent {
  const changedAt = newestOf(rotated)
  const order = held === undefined ? byTime : byVersion
  const last = rotated.reduce((a, b) => (order(a, b) > 0 ? a : b))
  return contentOf(last, { fresh: false, changedAt })
}

function beginning(statuses: readonly PodStatus[]): ClassContent | undefined {
  const [first] = statuses
  if (first === undefined || statuses.some(({ versions }) => versions !== first.versions)) return undefined
  return contentOf(first, { fresh: true, changedAt: newestOf(statuses) })
}

function contentOf(
  { versions, uid, creationTimestamp, changeTime }: PodStatus,
  { fresh, changedAt }: Pick<ClassContent, 'fresh' | 'changedAt'>,
): ClassContent {
  // What pods began with was not written under any of them.
  const time = fresh || changeTime === undefined ? {} : { changeTime }
  return { versions, fresh, changedAt, ...time, status: { uid, creationTimestamp } }
}

function newestOf(statuses: readonly PodStatus[]): string {
  return statuses.map(({ changedAt }) => changedAt).reduce((a, b) => (isNewer(a, b) ? a : b))
}

function byVersion(a: PodStatus, b: PodStatus): number {
  return compareResourceVersions(a.changedAt, b.changedAt)
}

function byTime(a: PodStatus, b: PodStatus): number {
  const [timeA, timeB] = [a.changeTime ?? '', b.changeTime ?? '']
  return timeA === timeB ? byVersion(a, b) : timeA < timeB ? -1 : 1
}
