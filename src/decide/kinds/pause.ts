// The pause-period of a Deployment (spec 7.1), derived from its annotations at every look, so that no timer dies with a process.
import type { KubeObject } from '../../types/object.ts'
import type { Settings } from '../../types/settings.ts'
import type { Pause, Workload } from '../../types/workload.ts'
import { NOT_OPTED_IN } from '../settings/settings.ts'

/** What is to become of the pause of a workload now. */
export type PauseStep =
  /** Nothing, now or later. */
  | { readonly kind: 'none' }
  /** Paused by a roll, for this long still. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Paused by a roll, and no longer to be. */
  | { readonly kind: 'resume'; readonly because: string }
  /** Somebody else resumed it; the time that is left over would make a pause of theirs look like one of ours. */
  | { readonly kind: 'tidy' }

/**
 * What follows from `now` (RFC 3339, the API server's clock). Only a Deployment that says when it was paused in Reloader's name
 * is ever resumed: without that time the pause is somebody's own.
 */
export function pauseStepOf({ settings, pause }: Workload, now: string): PauseStep {
  if (pause?.pausedAt === undefined) return { kind: 'none' }
  if (!pause.paused) return { kind: 'tidy' }
  const { pausePeriodMs } = settings
  if (!settings.optedIn)
    return { kind: 'resume', because: 'it is no longer opted in, or its namespace is not in scope' }
  if (pausePeriodMs === undefined) return { kind: 'resume', because: 'it asks for no pause any more' }
  const beganMs = Date.parse(pause.pausedAt)
  if (Number.isNaN(beganMs)) return { kind: 'resume', because: 'the time of its pause cannot be read' }
  // A time that is still to come was taken from another clock.
  const leftMs = Math.min(pausePeriodMs, beganMs + pausePeriodMs - Date.parse(now))
  return leftMs > 0 ? { kind: 'wait', ms: leftMs } : { kind: 'resume', because: 'its pause is over' }
}

/**
 * What is left to do about a workload that was looked after and whose namespace has left the scope: to end the pause that a roll
 * began. Undefined: nothing.
 */
export function leftPaused(workload: Workload): Workload | undefined {
  return workload.pause?.pausedAt === undefined ? undefined : { ...workload, settings: NOT_OPTED_IN }
}

/** What is kept of the pause of a Deployment; undefined where it neither asks for pauses nor was paused by a roll. */
export function pauseIn(
  object: KubeObject,
  { settings, pausedAt: annotation }: { readonly settings: Settings; readonly pausedAt: string },
): Pause | undefined {
  const { spec } = object as { readonly spec?: { readonly paused?: unknown } }
  const paused = spec?.paused === true
  const pausedAt = object.metadata.annotations?.[annotation] ?? ''
  if (pausedAt !== '') return { paused, pausedAt }
  return settings.pausePeriodMs === undefined ? undefined : { paused }
}

/** Whether a roll of it is to begin a pause; one that is under way is neither extended nor begun anew. */
export function pausesRolls({ settings, pause }: Workload): boolean {
  return settings.pausePeriodMs !== undefined && pause !== undefined && !pause.paused
}
