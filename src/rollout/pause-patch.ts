// What a roll writes to pause a Deployment, and what ends that again (spec 7.1).
import type { Workload } from '../types/workload.ts'

type Version = Pick<Workload, 'uid' | 'resourceVersion'>

/** A pause that a roll begins. */
export interface PauseBegin {
  /** The key of the annotation that says since when. */
  readonly annotation: string
  /** RFC 3339, of the API server's clock. */
  readonly at: string
}

/** `patch` of a Deployment, pausing it in the same write, so that the new template waits. */
export function withPause(
  patch: { readonly metadata: object; readonly spec?: object },
  { annotation, at }: PauseBegin,
): object {
  const metadata = { ...patch.metadata, annotations: { [annotation]: at } }
  return { ...patch, metadata, spec: { ...patch.spec, paused: true } }
}

/** Lets a Deployment that a roll paused go on. Refused unless it still is that object in that version. */
export function resumePatch(workload: Version, annotation: string): object {
  return { ...tidyPausePatch(workload, annotation), spec: { paused: false } }
}

/** Takes the time of a pause out that somebody else has ended. Refused unless it still is that object in that version. */
export function tidyPausePatch({ uid, resourceVersion }: Version, annotation: string): object {
  return { metadata: { uid, resourceVersion, annotations: { [annotation]: null } } }
}
