// One row of the tables: what is made, what changes, and whether the incumbent's documentation has it rolled.
import {
  AUTO,
  type ConfigKind,
  configMapNamed,
  envFrom,
  type Use,
  type WorkloadSpec,
} from '../scenarios/harness/fixtures.ts'
import type { WorkloadKind } from '../scenarios/harness/kinds.ts'
import type { Sign, Strategy } from './evidence.ts'

/** A config in the words of the tables. */
export interface ConfigRow {
  readonly kind?: ConfigKind | 'SecretProviderClass'
  /** Default `@app`. */
  readonly name?: string
  /** Plain text, of a Secret too; of a class what a pod holds of it, id and version. Default `{ key: 'before' }`. */
  readonly data?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
}

/** What somebody does to a config. Default: `set` with `{ key: 'after' }`. */
export interface ChangeRow extends ConfigRow {
  readonly verb?: 'set' | 'create' | 'delete' | 'merge'
  /** With `merge`: a JSON merge patch; of a class for the status of its pod. */
  readonly patch?: unknown
}

export interface StepRow {
  /** Made one right after the other; none: only look. */
  readonly changes?: readonly ChangeRow[]
  readonly rolls: boolean
  /** Default `stamp`. */
  readonly sign?: Sign
}

export type AnyKind = WorkloadKind | 'CronJob' | 'Job'

export interface WorkloadRow extends Omit<WorkloadSpec, 'kind'> {
  readonly kind?: AnyKind
}

/** In every text of a row `@` stands for a prefix of the case's own. */
export interface AcceptanceCase {
  readonly name: string
  /** There before the workload. */
  readonly configs: readonly ConfigRow[]
  readonly workload: WorkloadRow
  readonly steps: readonly StepRow[]
  /** Which of the run's namespaces; default the first. */
  readonly place?: Place
}

/** `home`: followed. `other`: followed only where the whole cluster is. `ignored`: never followed. */
export type Place = 'home' | 'other' | 'ignored'

/** A row as the tables write it. */
export interface CaseRow extends Partial<Omit<AcceptanceCase, 'steps' | 'workload'>> {
  readonly name: string
  readonly kind?: AnyKind
  readonly annotations?: Record<string, string>
  readonly templateAnnotations?: Record<string, string>
  readonly uses?: readonly Use[]
  readonly containers?: readonly string[]
  /** One step; `steps` where there are more. */
  readonly change?: ChangeRow
  readonly rolls?: boolean
  readonly steps?: readonly StepRow[]
  /** Only with this strategy. */
  readonly only?: Strategy
}

export const APP = configMapNamed('@app')

/** Fills in what a row leaves out: one ConfigMap, a Deployment with `auto` that uses all of it, one change, a roll. */
export function caseOf(row: CaseRow): AcceptanceCase {
  const { name, kind = 'Deployment', annotations = AUTO, uses = [envFrom(APP)] } = row
  const { change = {}, rolls = true, configs = [{}] } = row
  return {
    name,
    configs: configs.map(named),
    workload: {
      kind,
      annotations,
      uses,
      ...(row.templateAnnotations && { templateAnnotations: row.templateAnnotations }),
      ...(row.containers && { containers: row.containers }),
    },
    steps: (row.steps ?? [{ changes: [change], rolls }]).map((step) => ({
      ...step,
      changes: (step.changes ?? []).map(named),
    })),
    ...(row.place && { place: row.place }),
  }
}

function named<T extends ConfigRow>(row: T): T {
  return { name: APP.name, ...row }
}
