// Cases that a controller meets one by one: where it may not watch workloads, nothing else makes it look at them.
import { envFrom, secretNamed } from '../scenarios/harness/fixtures.ts'
import { CUSTOM_KINDS, WORKLOAD_KINDS } from '../scenarios/harness/kinds.ts'
import type { AnyKind, CaseRow, ChangeRow, StepRow } from './acceptance-case.ts'
import type { FlagRun } from './flag-cases.ts'

const LABEL: ChangeRow = { verb: 'merge', patch: { metadata: { labels: { a: 'b' } } } }
const QUIET: StepRow = { rolls: false }
/** Longer than from one list of all workloads to the next. */
const LONG_QUIET: readonly StepRow[] = [QUIET, QUIET, QUIET, QUIET]

const KINDS: readonly AnyKind[] = [...WORKLOAD_KINDS, 'CronJob', 'Job', ...CUSTOM_KINDS]

const ROWS: readonly CaseRow[] = [
  ...KINDS.map((kind) => ({ name: `alone: a ${kind}`, kind })),
  {
    name: 'alone: unreferenced',
    annotations: { 'configmap.reloader.stakater.com/reload': '@app' },
    uses: [],
  },
  {
    name: 'alone: an expression',
    annotations: { 'configmap.reloader.stakater.com/reload': '@a.*' },
    uses: [],
  },
  {
    name: 'alone: a Secret',
    configs: [{ kind: 'Secret' }],
    uses: [envFrom(secretNamed('@app'))],
    change: { kind: 'Secret', data: { key: 'secret-after' } },
  },
  {
    name: 'alone: a label only, for long',
    steps: [{ changes: [LABEL], rolls: false }, ...LONG_QUIET],
  },
  {
    name: 'alone: a label of a Secret only, for long',
    configs: [{ kind: 'Secret' }],
    uses: [envFrom(secretNamed('@app'))],
    steps: [{ changes: [{ ...LABEL, kind: 'Secret' }], rolls: false }, ...LONG_QUIET],
  },
  {
    name: 'alone: the same data again, for long',
    steps: [{ changes: [{ data: { key: 'before' } }], rolls: false }, ...LONG_QUIET],
  },
]

const CREATED_AND_DELETED: readonly CaseRow[] = [
  { name: 'alone: created', configs: [], change: { verb: 'create' } },
  {
    name: 'alone: created, an expression',
    configs: [],
    uses: [],
    annotations: { 'configmap.reloader.stakater.com/reload': '@a.*' },
    change: { verb: 'create' },
  },
  { name: 'alone: deleted', only: 'annotations', change: { verb: 'delete' } },
  {
    name: 'alone: deleted after a change',
    steps: [
      { changes: [{}], rolls: true },
      { changes: [{ verb: 'delete' }], rolls: true },
    ],
  },
]

/** From one `kubectl apply` to the next. */
const PACE_MS = 500

/** Each with a controller of its own. */
export const LONE_RUNS: readonly FlagRun[] = [
  ...ROWS.map((row) => ({ name: row.name, rows: [row], paceMs: PACE_MS })),
  ...CREATED_AND_DELETED.map((row) => ({
    name: row.name,
    flags: ['--reload-on-create=true', '--reload-on-delete=true'],
    rows: [row],
    paceMs: PACE_MS,
  })),
]
