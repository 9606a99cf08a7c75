// Whether a config changed after it began to be followed, and before anybody had read it (behaviour.md 2a).
import type { Config, ContentDigest } from '../types/config.ts'
import { isNewer } from '../types/object.ts'
import type { WorkloadRecord } from '../types/record.ts'
import type { Beginning, TemplateVersion, Workload } from '../types/workload.ts'

/** A config of a workload, as it was read for the first time. */
export interface FirstRead {
  readonly workload: Workload
  readonly config: Config
  readonly content: ContentDigest
}

/** Of a workload of which nothing is recorded. False where it is not known since when it is followed. */
export function changedSinceFollowed(read: FirstRead): boolean {
  return isAfter(firstBeginnings(read), read)
}

/** Of a workload that has a record, in which this config is not or no longer counts. False where it is not known since when. */
export function changedSinceFollowedAnew(read: FirstRead): boolean {
  return isAfter(laterBeginnings(read), read)
}

/**
 * The version in which its content is what pods that came before it began to be followed have read; undefined where nothing
 * speaks for a change since then. `record`: of the workload, if it has one.
 */
export function versionBefore(read: FirstRead, record: WorkloadRecord | undefined): string | undefined {
  const ways = [firstBeginnings(read), ...(record === undefined ? [] : [laterBeginnings(read)])]
  const versions = ways.flatMap((beginnings) =>
    isAfter(beginnings, read) ? beginnings.map(earliest).reduce((a, b) => (isNewer(a, b) ? a : b)) : [],
  )
  return versions.length === 0 ? undefined : versions.reduce((a, b) => (isNewer(a, b) ? b : a))
}

function earliest({ shown, listed = shown }: Beginning): string {
  return listed
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

/** What has it followed by a workload that is followed since; none where that is not known. */
function firstBeginnings({ workload, config }: FirstRead): readonly Beginning[] {
  const asked = followedFrom(workload)
  return asked === undefined ? [] : [asked, { shown: config.firstSeen }]
}

/** What has it followed by a workload that was followed before; none where that is not known. */
function laterBeginnings({
  workload: { settingsSince, templates },
  config,
}: FirstRead): readonly Beginning[] {
  const template = templates.at(-1)
  if (settingsSince === undefined || template === undefined) return []
  // A template that was first read in the version that asked for it may be older, and is no later.
  const used = template.shown === settingsSince.shown ? settingsSince : beginningOf(template)
  return [settingsSince, used, { shown: config.flagsSince }]
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
  { content: { resourceVersion, dataTime }, workload: { lastWriteTime } }: FirstRead,
): boolean {
  if (beginnings.length === 0) return false
  if (beginnings.every(({ shown }) => isNewer(resourceVersion, shown))) return true
  if (dataTime === undefined || lastWriteTime === undefined || dataTime < lastWriteTime) return false
  return beginnings.every((each) => isNewer(resourceVersion, earliest(each)))
}
