// What a cleanup says: what was found, and what became of it.

import { otherInstallationLines, type RecordsOf } from '../find-installations.ts'
import { type Installation, type Leftovers, objectText, type TouchedWorkload } from './leftovers.ts'

/** What the text depends on besides what was found. */
export interface FoundTextOptions {
  readonly server: string
  /** Where the way to the cluster was found. */
  readonly source: string
  readonly installation: Installation
  /** Installations that have records anywhere: told where this one left nothing. */
  readonly others: readonly RecordsOf[]
  readonly stamps: boolean
}

/** Everything that there is to do, and first of all how many workloads it rolls. */
export function foundText(leftovers: Leftovers, options: FoundTextOptions): string {
  const { installation } = options
  return [
    `Cluster: ${options.server} (${options.source})`,
    `Installation: ${installation.name} in namespace ${installation.namespace}`,
    ...(leftovers.own.length > 0 ? [] : otherInstallationLines(options.others, installation)),
    '',
    rollLine(leftovers.workloads, options.stamps),
    ...section(
      'Takes the stamps out of',
      withStamps(leftovers.workloads).map(({ ref }) => objectText(ref)),
    ),
    ...section(
      'Takes the stamp of its last restart off',
      leftovers.workloads.filter(({ restarted }) => restarted).map(({ ref }) => objectText(ref)),
    ),
    ...section('Resumes, paused by Reloader', withPause(leftovers.workloads, 'on')),
    ...section('Takes the mark of a pause that is over off', withPause(leftovers.workloads, 'over')),
    ...section('Removes', leftovers.own.filter(({ keep }) => keep === undefined).map(objectText)),
    ...section(
      'Keeps',
      leftovers.own.flatMap((each) => keepLine(each) ?? []),
    ),
    ...section('Cannot look at everything', leftovers.problems),
    '',
  ].join('\n')
}

function keepLine(object: Leftovers['own'][number]): string | undefined {
  const { namespace, name, keep } = object
  if (keep === undefined) return undefined
  return `${objectText(object)}: ${keep}; see kubectl get configmap --namespace ${namespace} ${name} --output yaml`
}

function rollLine(workloads: readonly TouchedWorkload[], stamps: boolean): string {
  if (!stamps) return 'Rolls no workload. Stamps stay in pod templates; --stamps takes them out, too.'
  const stamped = withStamps(workloads)
  return stamped.length === 0
    ? 'Rolls no workload: no pod template in sight carries a stamp.'
    : `Rolls ${counted(stamped.length, 'workload')}: ${byKind(stamped)}.`
}

/** `10 Deployments, 1 StatefulSet`, in the order in which the kinds came. */
function byKind(workloads: readonly TouchedWorkload[]): string {
  const kinds = [...new Set(workloads.map(({ ref }) => ref.kind))]
  return kinds
    .map((kind) => counted(workloads.filter(({ ref }) => ref.kind === kind).length, kind))
    .join(', ')
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

function withStamps(workloads: readonly TouchedWorkload[]): readonly TouchedWorkload[] {
  return workloads.filter(({ stamps }) => stamps !== undefined)
}

function withPause(workloads: readonly TouchedWorkload[], pause: 'on' | 'over'): readonly string[] {
  return workloads.filter((each) => each.pause === pause).map(({ ref }) => objectText(ref))
}

/** A heading with a line for each entry; nothing where there is none. */
function section(heading: string, entries: readonly string[]): readonly string[] {
  return entries.length === 0 ? [] : ['', `${heading}:`, ...entries.map((entry) => `  ${entry}`)]
}
