// What a dry run reports, as data: the text and the JSON of it are made from this.
import { timeText } from '../../types/time-text.ts'
import { WORKLOAD_KINDS, type WorkloadKind } from '../../types/workload.ts'
import type { RecordsOf } from '../find-installations.ts'
import type { LackingRight } from '../rights/lacking-rights.ts'
import type { SeenWorkload } from './first-look.ts'

/** Everything that the report tells. */
export interface DryRunReport {
  readonly version: string
  readonly cluster: { readonly server: string; readonly source: string }
  readonly looksAt: {
    /** Undefined: the whole cluster. */
    readonly namespaces?: readonly string[]
    readonly ignoredNamespaces: readonly string[]
    readonly namespaceSelector?: string
    readonly configSelector?: string
  }
  readonly records: {
    readonly namespace: string
    readonly name: string
    /** Workloads that have a record; 0: it decides as at a first start. */
    readonly workloads: number
    /** Everybody who has records, where these are none. */
    readonly others: readonly RecordsOf[]
  }
  /** Changes are told to a webhook, and nothing is rolled. */
  readonly webhook: boolean
  /** All workloads in sight, opted in or not. */
  readonly inSight: Readonly<Partial<Record<WorkloadKind, number>>>
  readonly workloads: readonly SeenWorkload[]
  readonly lacking: readonly LackingRight[]
  /** Why the API server was not asked for rights. */
  readonly unasked?: string
}

/** How many workloads of each kind follow something, and how many configs they follow, in one namespace. */
export interface NamespaceCounts {
  readonly namespace: string
  readonly workloads: Readonly<Partial<Record<WorkloadKind, number>>>
  /** Different configs, by kind. */
  readonly configs: Readonly<Record<string, number>>
}

/** Those that follow something: others are told of for what is wrong with their annotations. */
export function following(workloads: readonly SeenWorkload[]): readonly SeenWorkload[] {
  return workloads.filter(({ follows }) => follows.length > 0)
}

/** One row for each namespace in which something is followed, sorted. */
export function countByNamespace(workloads: readonly SeenWorkload[]): readonly NamespaceCounts[] {
  const namespaces = [...new Set(workloads.map(({ workload }) => workload.namespace))].sort()
  return namespaces.map((namespace) => {
    const here = workloads.filter(({ workload }) => workload.namespace === namespace)
    const configs = new Set(here.flatMap(({ follows }) => follows.map(({ kind, name }) => `${kind}/${name}`)))
    return {
      namespace,
      workloads: countByKind(here.map(({ workload }) => workload.kind)),
      configs: countBy([...configs].map((each) => each.slice(0, each.indexOf('/')))),
    }
  })
}

/** The kinds that occur, in the order of the table of kinds. */
export function countByKind(kinds: readonly WorkloadKind[]): NamespaceCounts['workloads'] {
  const counts = countBy(kinds)
  return Object.fromEntries(WORKLOAD_KINDS.flatMap((kind) => (counts[kind] ? [[kind, counts[kind]]] : [])))
}

function countBy(words: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The report as one line of JSON, with the keys of a log line. */
export function reportJson(report: DryRunReport, now: Date): string {
  const { workloads, ...rest } = report
  const namespaces = countByNamespace(following(workloads))
  const time = timeText(now.getTime())
  const rolls = workloads.filter(({ roll }) => roll !== undefined).length
  return JSON.stringify({ level: 'info', msg: 'Dry run report', time, rolls, ...rest, namespaces, workloads })
}
