// A pod template that a workload has from another object: a Rollout may name a Deployment in place of a template of its own.
import { CONFIG_TYPES } from '../../types/config.ts'
import { refKey } from '../../types/object.ts'
import type { Annotations } from '../../types/settings.ts'
import { MAX_TEMPLATE_VERSIONS, type TemplateVersion, type Workload } from '../../types/workload.ts'
import {
  type AnnotationNames,
  EXCLUDE_ANNOTATIONS,
  KEY_LEVEL_ANNOTATION,
  RELOAD_STRATEGY_ANNOTATION,
  ROLLOUT_STRATEGY_ANNOTATION,
  reloadName,
  SETTLE_ANNOTATION,
  typedAutoName,
} from '../settings/annotation-names.ts'
import { NOT_OPTED_IN, settingsOf } from '../settings/settings.ts'
import { settingsSinceOf } from '../settings/settings-since.ts'
import { NO_TEMPLATE_FACTS } from '../template/template-facts.ts'
import { type Sighting, withEarlierGone, withTemplate } from '../template/template-versions.ts'

const OWN_NAMES: readonly string[] = [
  ...Object.values(EXCLUDE_ANNOTATIONS),
  KEY_LEVEL_ANNOTATION,
  SETTLE_ANNOTATION,
  RELOAD_STRATEGY_ANNOTATION,
  ROLLOUT_STRATEGY_ANNOTATION,
]

/** Those of `annotations` that ask for anything. */
export function askingOf(annotations: Annotations | undefined, names: AnnotationNames): Annotations {
  const typed = CONFIG_TYPES.flatMap((type) => [reloadName(names, type), typedAutoName(names, type)])
  const asking = new Set([...Object.values(names), ...typed, ...OWN_NAMES])
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([name]) => asking.has(name)))
}

/** Whether `borrower` takes its pod template from Deployments at all, the one kind with a template that a roll may write. */
export function borrowsFromDeployment({ borrowing }: Workload): boolean {
  return borrowing?.kind === 'Deployment' && borrowing.apiVersion.startsWith('apps/')
}

export interface BorrowOptions {
  readonly names: AnnotationNames
  readonly autoReloadAll: boolean
  /** What came of the same borrower before. */
  readonly previous: Workload | undefined
  /** How the change came to be known that makes it look so now. */
  readonly sighting: Sighting
}

/**
 * `borrower` with the pod template of `lender`, and with what its annotations ask for, as far as its own do not say otherwise.
 * Undefined where there is nothing to borrow.
 */
export function borrow(
  borrower: Workload,
  lender: Workload,
  { names, autoReloadAll, previous, sighting }: BorrowOptions,
): Workload | undefined {
  const { borrowing } = borrower
  const { loan } = lender
  if (borrowing === undefined || loan === undefined) return undefined
  const { template } = loan.annotations
  // How it is rolled is for the Rollout alone to say.
  const { [ROLLOUT_STRATEGY_ANNOTATION]: _strategy, ...asked } = loan.annotations.metadata ?? {}
  const metadata = { ...asked, ...borrowing.annotations }
  const settings = settingsOf(
    { metadata, template },
    { names, autoReloadAll, pausable: false, restartable: true },
  )
  const joined = { ...borrower, settings, lender: holderOf(lender) }
  if (!settings.optedIn) return joined
  const { references, firstContainer } = loan
  const followedSince = previous?.settings.optedIn ? previous.followedSince : began(sighting)
  const lastRolloutTime = borrower.lastRolloutTime ?? loan.lastRolloutTime
  const writeTimes = [borrower, loan].flatMap((each) => each.lastWriteTime ?? [])
  const lastWriteTime = writeTimes.sort().at(-1)
  const { followedSince: _own, ...rest } = joined
  return {
    ...rest,
    references,
    firstContainer,
    stamps: borrower.restart === undefined ? loan.stamps : borrower.stamps,
    templates: templatesOf(borrower, lender, { previous, sighting }),
    releases: [...new Set([...borrower.releases, ...loan.releases])],
    ...(followedSince === undefined ? {} : { followedSince }),
    ...settingsSinceOf(settings, previous, { resourceVersion: sighting.resourceVersion }),
    ...(lastRolloutTime === undefined ? {} : { lastRolloutTime }),
    ...(loan.lastManager === undefined ? {} : { lastManager: loan.lastManager }),
    ...(lastWriteTime === undefined ? {} : { lastWriteTime }),
  }
}

/** A workload whose pods another one runs: nothing is to be done about it. */
export function lentOut(lender: Workload): Workload {
  return { ...lender, ...NO_TEMPLATE_FACTS, settings: NOT_OPTED_IN, releases: [] }
}

function holderOf({ ref, uid, resourceVersion }: Workload): NonNullable<Workload['lender']> {
  return { ref, uid, resourceVersion }
}

function began({ source, resourceVersion }: Sighting): string | undefined {
  return source === 'watch' ? resourceVersion : undefined
}

/** The lender knows since when it has its template; what the borrower had from elsewhere before is its own history. */
function templatesOf(
  { borrowing }: Workload,
  lender: Workload,
  { previous, sighting }: Pick<BorrowOptions, 'previous' | 'sighting'>,
): readonly TemplateVersion[] {
  const present = lender.loan?.templates.at(-1)
  if (present === undefined) return []
  const before = previous?.templates ?? []
  const same = previous?.lender !== undefined && refKey(previous.lender.ref) === refKey(lender.ref)
  const history =
    before.at(-1)?.hash === present.hash
      ? before
      : before.length > 0 && !(same && previous.lender?.uid === lender.uid)
        ? withTemplate(before, present.hash, sighting)
        : [...before, present].slice(-MAX_TEMPLATE_VERSIONS)
  return borrowing?.rolledOutGeneration === lender.generation ? withEarlierGone(history) : history
}
