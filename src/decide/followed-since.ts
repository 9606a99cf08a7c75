// Whether a config changed after it began to be followed, and before anybody had read it (behaviour.md 2a).
import type { Config, ContentDigest } from '../types/config.ts'
import { isNewer } from '../types/object.ts'
import type { Beginning, TemplateVersion, Workload } from '../types/workload.ts'

/** A config of a workload, as it was read for the first time. */
export interface FirstRead {
  readonly workload: Workload
  readonly config: Config
  readonly content: ContentDigest
}

/** Of a workload of which nothing is recorded. False where it is not known since when it is followed. */
export function changedSinceFollowed({ workload, config, content }: FirstRead): boolean {
  const asked = followedFrom(workload)
  return asked !== undefined && isAfter([asked, { shown: config.firstSeen }], content, workload)
}

/**
 * Whether it was shown for the first time after the workload began to be followed. What is made in one second, and shown by a
 * list, was made in the usual order: the config first.
 */
export function appearedSinceFollowed({ workload, config }: Omit<FirstRead, 'content'>): boolean {
  const asked = followedFrom(workload)
  if (asked === undefined) return false
  const { shown, listed = shown } = asked
  if (isNewer(config.firstSeen, shown)) return true
  const { lastWriteTime } = workload
  const later = lastWriteTime !== undefined && config.creationTimestamp > lastWriteTime
  return later && isNewer(config.firstSeen, listed)
}

function followedFrom({ followedSince, settingsSince }: Workload): Beginning | undefined {
  if (followedSince === undefined) return undefined
  return settingsSince?.shown === followedSince ? settingsSince : { shown: followedSince }
}

/** Of a workload that has a record, in which this config is not or no longer counts. False where it is not known since when. */
export function changedSinceFollowedAnew({ workload, config, content }: FirstRead): boolean {
  const { settingsSince, templates } = workload
  const template = templates.at(-1)
  if (settingsSince === undefined || template === undefined) return false
  // A template that was first read in the version that asked for it may be older, and is no later.
  const used = template.shown === settingsSince.shown ? settingsSince : beginningOf(template)
  return isAfter([settingsSince, used, { shown: config.flagsSince }], content, workload)
}

function beginningOf({ shown, since, exact }: TemplateVersion): Beginning {
  return exact || since === undefined ? { shown } : { shown, listed: since }
}

/**
 * Whether the content is of a later version than all that has it followed. What lists show may have come long before they show
 * it, and its status is written all the time: there whole seconds decide, and for losing nothing where they are the same.
 */
function isAfter(
  beginnings: readonly Beginning[],
  { resourceVersion, dataTime }: ContentDigest,
  { lastWriteTime }: Workload,
): boolean {
  if (beginnings.every(({ shown }) => isNewer(resourceVersion, shown))) return true
  if (dataTime === undefined || lastWriteTime === undefined || dataTime < lastWriteTime) return false
  return beginnings.every(({ shown, listed = shown }) => isNewer(resourceVersion, listed))
}
