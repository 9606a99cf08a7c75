// The pod templates that a workload has had, and since when, as far as it was watched (behaviour.md 4, "One rollout per change-set").
import { MAX_TEMPLATE_VERSIONS, type TemplateVersion } from '../../types/workload.ts'

/** How an object came to us: from a list, a watch event, or one of the lists that stand in for a forbidden watch. */
export type ObjectSource = 'list' | 'watch' | 'poll'

export interface Sighting {
  readonly source: ObjectSource
  readonly resourceVersion: string
  /** `poll` only: the resourceVersion of the list before, which covered the object. */
  readonly previousListResourceVersion?: string | undefined
}

/**
 * The history with the template of `hash` as the present one, known since this sighting, unless it was the present one before.
 * The oldest versions are dropped beyond MAX_TEMPLATE_VERSIONS.
 */
export function withTemplate(
  history: readonly TemplateVersion[],
  hash: string,
  sighting: Sighting,
): readonly TemplateVersion[] {
  if (history.at(-1)?.hash === hash) return history
  return [...history, { hash, ...since(sighting), shown: sighting.resourceVersion }].slice(
    -MAX_TEMPLATE_VERSIONS,
  )
}

/** No template has this hash. */
const GONE = ''

/**
 * The same history where no earlier template has pods left: if it comes back, its pods are new ones, as of any other. Where
 * the present one itself came back, its earlier pods are among those that stay.
 */
export function withEarlierGone(history: readonly TemplateVersion[]): readonly TemplateVersion[] {
  const present = history.at(-1)
  const stays = ({ hash }: TemplateVersion) => hash === present?.hash || hash === GONE
  if (history.every(stays)) return history
  return history.map((version) => (stays(version) ? version : { ...version, hash: GONE }))
}

function since({
  source,
  resourceVersion,
  previousListResourceVersion,
}: Sighting): Pick<TemplateVersion, 'since' | 'exact'> {
  if (source === 'watch') return { since: resourceVersion, exact: true }
  if (source === 'list' || previousListResourceVersion === undefined) return { exact: false }
  return { since: previousListResourceVersion, exact: false }
}
