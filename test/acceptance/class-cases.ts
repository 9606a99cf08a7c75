// SecretProviderClasses: what the driver rotates under living pods, seen through their statuses (spec 2.1 and 4.2).
import { AUTO } from '../scenarios/harness/fixtures.ts'
import { WORKLOAD_KINDS } from '../scenarios/harness/kinds.ts'
import { mountClass } from '../scenarios/harness/provider-classes.ts'
import type { CaseRow } from './acceptance-case.ts'

const CLASS = { kind: 'SecretProviderClass' } as const
const typedAuto = (value: string) => ({ 'secretproviderclass.reloader.stakater.com/auto': value })
const classes = (value: string) => ({ 'secretproviderclass.reloader.stakater.com/reload': value })
const SEARCH = { 'reloader.stakater.com/search': 'true' }
const MATCH = { 'reloader.stakater.com/match': 'true' }
const IGNORE = { 'reloader.stakater.com/ignore': 'true' }
const EXCLUDE = { 'secretproviderclasses.exclude.reloader.stakater.com/reload': '@app' }
const mounted = [mountClass('@app')]

const ROWS: readonly CaseRow[] = [
  ...[...WORKLOAD_KINDS, 'CronJob' as const, 'Job' as const].map((kind) => ({
    name: `class: a ${kind}`,
    kind,
  })),
  { name: 'class: typed auto', annotations: typedAuto('true') },
  { name: 'class: typed auto=false', annotations: typedAuto('false'), rolls: false },
  {
    name: 'class: configmap auto',
    annotations: { 'configmap.reloader.stakater.com/auto': 'true' },
    rolls: false,
  },
  { name: 'class: no annotation', annotations: {}, rolls: false },
  { name: 'class: typed auto on the pod template', annotations: {}, templateAnnotations: typedAuto('true') },
  { name: 'class: named', annotations: classes('@app') },
  { name: 'class: named, an expression', annotations: classes('@a.*') },
  { name: 'class: named, unreferenced', annotations: classes('@app'), uses: [] },
  { name: 'class: another is named', annotations: classes('@other'), rolls: false },
  { name: 'class: unreferenced', uses: [], rolls: false },
  { name: 'class: excluded', annotations: { ...AUTO, ...EXCLUDE }, rolls: false },
  { name: 'class: ignored', configs: [{ ...CLASS, annotations: IGNORE }], rolls: false },
  { name: 'class: search and match', annotations: SEARCH, configs: [{ ...CLASS, annotations: MATCH }] },
  { name: 'class: search alone', annotations: SEARCH, rolls: false },
  {
    name: 'class: a label only',
    change: { ...CLASS, verb: 'merge', patch: { metadata: { labels: { a: 'b' } } } },
    rolls: false,
  },
  { name: 'class: the same versions again', change: { ...CLASS, data: { key: 'before' } }, rolls: false },
  {
    name: 'class: one rotation after the other',
    steps: [
      { changes: [CLASS], rolls: true },
      { changes: [{ ...CLASS, data: { key: 'again' } }], rolls: true },
    ],
  },
]

export const CLASS_CASES: readonly CaseRow[] = ROWS.map((row) => ({
  configs: [CLASS],
  uses: mounted,
  change: CLASS,
  ...row,
}))
