// The report of a dry run for people, at most 80 columns wide where no name is longer than that.
import type { FollowReason } from '../../types/plan.ts'
import type { WorkloadRef } from '../../types/workload.ts'
import { otherInstallationLines } from '../find-installations.ts'
import type { LackingRight } from '../rights/lacking-rights.ts'
import { type PolicyRule, resourceText, rulesOf } from '../rights/right.ts'
import { scopeText } from '../scope-text.ts'
import { indented } from '../wrap.ts'
import type { FollowedConfig, SeenWorkload } from './first-look.ts'
import { countByKind, countByNamespace, type DryRunReport, following } from './report.ts'

const REASONS: Readonly<Record<FollowReason, string>> = {
  Named: 'named',
  SearchMatch: 'search and match',
  Auto: 'auto',
  AutoReloadAll: '--auto-reload-all',
}

const STATES: Readonly<Record<FollowedConfig['state'], string>> = {
  present: '',
  settling: '',
  absent: 'does not exist',
  outOfScope: 'is out of scope',
  unreadable: 'cannot be read',
}

/** All of it, line breaks included. */
export function reportText(report: DryRunReport): string {
  const lines = [
    `Reloader ${report.version}, dry run: nothing is written.`,
    '',
    ...head(report),
    '',
    ...followed(report),
    ...rolls(report),
    ...unreadable(report.workloads),
    ...ignored(report.workloads),
    ...permissions(report),
  ]
  return `${lines.join('\n')}\n`
}

function head({ cluster, looksAt, records }: DryRunReport): readonly string[] {
  return [
    ...indented(`Cluster: ${cluster.server} (${cluster.source})`, 0),
    ...indented(`Looks at: ${scopeText(looksAt)}`, 0),
    ...indented(`Records: ${recordsText(records)}`, 0),
    ...otherInstallationLines(records.others, records).flatMap((line) => indented(line, 2)),
  ]
}

function recordsText({ namespace, name, workloads }: DryRunReport['records']): string {
  const where = `of ${name} in namespace ${namespace}`
  return workloads === 0
    ? `none ${where}; it decides as at a first start`
    : `${counted(workloads, 'workload')} ${where}`
}

function followed({ workloads: seen, inSight }: DryRunReport): readonly string[] {
  const workloads = following(seen)
  const all = Object.values(inSight).reduce((sum, count) => sum + count, 0)
  const kinds = countByKind(workloads.map(({ workload }) => workload.kind))
  const total = `Follows: ${workloads.length} of ${counted(all, 'workload')} in sight`
  if (workloads.length === 0) return [total, ...indented(HOW_TO_OPT_IN, 2), '']
  return [
    ...indented(`${total}: ${countsText(kinds)}`, 0),
    ...countByNamespace(workloads).flatMap((row) =>
      indented(`${row.namespace}: ${countsText(row.workloads)}; ${countsText(row.configs)}`, 2),
    ),
    '',
    ...workloads.flatMap(workloadLines),
    '',
  ]
}

const HOW_TO_OPT_IN = 'A workload opts in by kubectl annotate deployment/NAME reloader.stakater.com/auto=true'

function workloadLines({ workload, follows }: SeenWorkload): readonly string[] {
  return [...indented(placeText(workload), 0), ...follows.flatMap((each) => indented(configText(each), 2))]
}

function configText({ kind, name, reason, via, state }: FollowedConfig): string {
  const unmounted = kind === 'SecretProviderClass' && state === 'outOfScope'
  const what = unmounted ? 'no pod says what it mounts of it' : STATES[state]
  const details = [REASONS[reason], via ?? '', what].filter((each) => each !== '')
  return `${kind}/${name}: ${details.join(', ')}`
}

function rolls({ workloads, webhook }: DryRunReport): readonly string[] {
  const would = webhook ? 'Would call the webhook now for' : 'Would roll now'
  const entries = workloads.flatMap(({ workload, roll }) =>
    roll === undefined ? [] : [`${placeText(workload)}: ${roll.configs.join(', ')} (${roll.reason})`],
  )
  return entries.length === 0 ? [`${would}: nothing`, ''] : section(would, entries)
}

function unreadable(workloads: readonly SeenWorkload[]): readonly string[] {
  const entries = workloads.flatMap(({ workload, unreadable: problems }) =>
    Object.entries(problems).map(([config, problem]) => `${config} for ${placeText(workload)}: ${problem}`),
  )
  return section('Cannot be read', entries)
}

function ignored(workloads: readonly SeenWorkload[]): readonly string[] {
  const entries = workloads.flatMap(({ workload, ignored: invalid }) =>
    invalid.map(
      ({ annotation, entry, problem }) => `${placeText(workload)}: ${annotation}: ${entry}: ${problem}`,
    ),
  )
  return section('Annotation entries that count for nothing', entries)
}

function permissions({ lacking, unasked }: DryRunReport): readonly string[] {
  if (unasked !== undefined) return indented(`Permissions: cannot be told: ${unasked}`, 0)
  if (lacking.length === 0) return ['Permissions: all that it needs are there']
  const entries = lacking.map(
    (right) => `${right.verbs.join(', ')} ${rightText(right)}. Without: ${right.without}`,
  )
  const namespaces = [...new Set(lacking.map(({ namespace }) => namespace))]
  return [
    ...section('Permissions that are missing', entries),
    'To grant them, add rules (docs/permissions.md)',
    ...namespaces.flatMap((namespace) => grantLines(lacking, namespace)),
  ]
}

function rightText({ namespace, name, ...right }: LackingRight): string {
  return `${resourceText(right)}${name === undefined ? '' : ` ${name}`} ${whereText(namespace)}`
}

function whereText(namespace: string): string {
  return namespace === '' ? 'in the whole cluster' : `in namespace ${namespace}`
}

function grantLines(lacking: readonly LackingRight[], namespace: string): readonly string[] {
  const role = namespace === '' ? 'to its ClusterRole:' : `to its Role in namespace ${namespace}:`
  const rules = rulesOf(lacking.filter((right) => right.namespace === namespace))
  return [`  ${role}`, ...rules.flatMap(ruleLines)]
}

function ruleLines({ apiGroups, resources, resourceNames, verbs }: PolicyRule): readonly string[] {
  const list = (texts: readonly string[]) =>
    `[${texts.map((text) => (text === '' ? '""' : text)).join(', ')}]`
  return [
    `    - apiGroups: ${list(apiGroups)}`,
    `      resources: ${list(resources)}`,
    ...(resourceNames === undefined ? [] : [`      resourceNames: ${list(resourceNames)}`]),
    `      verbs: ${list(verbs)}`,
  ]
}

/** A heading with the number of its entries, and an empty line after them; nothing where there is none. */
function section(heading: string, entries: readonly string[]): readonly string[] {
  if (entries.length === 0) return []
  return [`${heading}: ${entries.length}`, ...entries.flatMap((entry) => indented(entry, 2)), '']
}

function placeText({ kind, namespace, name }: WorkloadRef): string {
  return `${kind} ${namespace}/${name}`
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([word, count]) => counted(count, word))
    .join(', ')
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
