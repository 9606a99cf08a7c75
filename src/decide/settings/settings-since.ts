// Since when a workload asks for what it asks for.
import type { Settings } from '../../types/settings.ts'
import type { Workload } from '../../types/workload.ts'

/** The version in which a workload is seen. */
export interface Seen {
  readonly resourceVersion: string
  /** Of a polled one: that of the last list before. */
  readonly previousListResourceVersion?: string | undefined
}

/**
 * The first version that was seen with `settings`, where `seen` is the present one. Where nobody could say it of the same settings
 * before, nobody can now.
 */
export function settingsSinceOf(
  settings: Settings,
  previous: Workload | undefined,
  { resourceVersion, previousListResourceVersion: listed }: Seen,
): Pick<Workload, 'settingsSince'> {
  if (previous === undefined || JSON.stringify(previous.settings) !== JSON.stringify(settings))
    return { settingsSince: { shown: resourceVersion, ...(listed === undefined ? {} : { listed }) } }
  return previous.settingsSince === undefined ? {} : { settingsSince: previous.settingsSince }
}
