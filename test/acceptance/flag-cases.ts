// What the incumbent's flags change, each combination with a controller of its own.
import { AUTO, envFrom, mount, secretNamed } from '../scenarios/harness/fixtures.ts'
import { APP, type CaseRow, type ConfigRow } from './acceptance-case.ts'
import type { Installed, Mode } from './acceptance-world.ts'

export interface FlagRun extends Installed {
  readonly name: string
  /** Where the flag has a meaning in one scope only. */
  readonly scope?: Mode['scope']
}

const SECRET = { kind: 'Secret', data: { key: 'secret-before' } } as const
const SECRET_CHANGE = { kind: 'Secret', data: { key: 'secret-after' } } as const
const USES_BOTH = [envFrom(APP), envFrom(secretNamed('@app'))]
const BOTH: readonly ConfigRow[] = [{}, SECRET]
const NAMED = { 'configmap.reloader.stakater.com/reload': '@app' }

const RELOAD_ALL: readonly CaseRow[] = [
  { name: 'reload-all: no annotation', annotations: {} },
  { name: 'reload-all: a Secret', annotations: {}, configs: BOTH, uses: USES_BOTH, change: SECRET_CHANGE },
  { name: 'reload-all: a StatefulSet', kind: 'StatefulSet', annotations: {} },
  { name: 'reload-all: a DaemonSet', kind: 'DaemonSet', annotations: {} },
  { name: 'reload-all: a CronJob', kind: 'CronJob', annotations: {} },
  { name: 'reload-all: a Job', kind: 'Job', annotations: {} },
  { name: 'reload-all: a Rollout', kind: 'Rollout', annotations: {} },
  { name: 'reload-all: auto=""', annotations: { 'reloader.stakater.com/auto': '' } },
  { name: 'reload-all: auto=false', annotations: { 'reloader.stakater.com/auto': 'false' }, rolls: false },
  { name: 'reload-all: auto=yes', annotations: { 'reloader.stakater.com/auto': 'yes' }, rolls: false },
  {
    name: 'reload-all: configmap auto=false',
    annotations: { 'configmap.reloader.stakater.com/auto': 'false' },
    rolls: false,
  },
  {
    name: 'reload-all: configmap auto=false, a Secret',
    annotations: { 'configmap.reloader.stakater.com/auto': 'false' },
    configs: BOTH,
    uses: USES_BOTH,
    change: SECRET_CHANGE,
  },
  {
    name: 'reload-all: excluded',
    annotations: { 'configmaps.exclude.reloader.stakater.com/reload': '@app' },
    rolls: false,
  },
  {
    name: 'reload-all: ignored',
    annotations: {},
    configs: [{ annotations: { 'reloader.stakater.com/ignore': 'true' } }],
    rolls: false,
  },
  { name: 'reload-all: unreferenced', annotations: {}, uses: [], rolls: false },
  {
    name: 'reload-all: named, another that is referenced',
    annotations: { 'configmap.reloader.stakater.com/reload': '@other' },
  },
]

const CREATE = { verb: 'create' } as const
const DELETE = { verb: 'delete' } as const

const CREATED_AND_DELETED: readonly CaseRow[] = [
  { name: 'created', configs: [], change: CREATE },
  { name: 'created, a Secret', configs: [], uses: USES_BOTH, change: { ...CREATE, ...SECRET_CHANGE } },
  { name: 'created, mounted', configs: [], uses: [mount(APP)], change: CREATE },
  { name: 'created, named', configs: [], uses: [], annotations: NAMED, change: CREATE },
  {
    name: 'created, an expression',
    configs: [],
    uses: [],
    annotations: { 'configmap.reloader.stakater.com/reload': '@a.*' },
    change: CREATE,
  },
  {
    name: 'created, search and match',
    configs: [],
    annotations: { 'reloader.stakater.com/search': 'true' },
    change: { ...CREATE, annotations: { 'reloader.stakater.com/match': 'true' } },
  },
  {
    name: 'created, ignored',
    configs: [],
    change: { ...CREATE, annotations: { 'reloader.stakater.com/ignore': 'true' } },
    rolls: false,
  },
  { name: 'created, not opted in', configs: [], annotations: {}, change: CREATE, rolls: false },
  {
    name: 'created, excluded',
    configs: [],
    annotations: { ...AUTO, 'configmaps.exclude.reloader.stakater.com/reload': '@app' },
    change: CREATE,
    rolls: false,
  },
  { name: 'created, a StatefulSet', kind: 'StatefulSet', configs: [], change: CREATE },
  { name: 'created, a DaemonSet', kind: 'DaemonSet', configs: [], change: CREATE },
  { name: 'created, a CronJob', kind: 'CronJob', configs: [], change: CREATE },
  { name: 'created, a Job', kind: 'Job', configs: [], change: CREATE },
  { name: 'created, a Rollout', kind: 'Rollout', configs: [], change: CREATE },
  { name: 'deleted', only: 'annotations', change: DELETE },
  {
    name: 'deleted, a Secret',
    only: 'annotations',
    configs: BOTH,
    uses: USES_BOTH,
    change: { ...SECRET_CHANGE, ...DELETE },
  },
  { name: 'deleted, named', only: 'annotations', annotations: NAMED, uses: [], change: DELETE },
  ...(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'] as const).map((kind) => ({
    name: `deleted after a change, a ${kind}`,
    kind,
    steps: [
      { changes: [{}], rolls: true },
      { changes: [DELETE], rolls: true },
    ],
  })),
  { name: 'deleted, not opted in', annotations: {}, change: DELETE, rolls: false },
  {
    name: 'deleted, excluded',
    annotations: { ...AUTO, 'configmaps.exclude.reloader.stakater.com/reload': '@app' },
    change: DELETE,
    rolls: false,
  },
  {
    name: 'created, changed, deleted and created again',
    configs: [],
    steps: [
      { changes: [CREATE], rolls: true },
      { changes: [{ data: { key: 'changed' } }], rolls: true },
      { changes: [DELETE], rolls: true },
      { changes: [CREATE], rolls: true },
    ],
  },
]

const OWN_KEYS = {
  'auto-annotation': 'acme.example/auto',
  'configmap-auto-annotation': 'acme.example/configmap-auto',
  'secret-auto-annotation': 'acme.example/secret-auto',
  'configmap-annotation': 'acme.example/configmaps',
  'secret-annotation': 'acme.example/secrets',
  'ignore-annotation': 'acme.example/ignore',
  'auto-search-annotation': 'acme.example/search',
  'search-match-annotation': 'acme.example/match',
  'pause-deployment-annotation': 'acme.example/pause',
} as const

const RENAMED: readonly CaseRow[] = [
  { name: 'renamed auto', annotations: { 'acme.example/auto': 'true' } },
  { name: 'renamed configmap auto', annotations: { 'acme.example/configmap-auto': 'true' } },
  {
    name: 'renamed secret auto',
    annotations: { 'acme.example/secret-auto': 'true' },
    configs: BOTH,
    uses: USES_BOTH,
    change: SECRET_CHANGE,
  },
  { name: 'renamed configmap list', annotations: { 'acme.example/configmaps': '@app' } },
  {
    name: 'renamed secret list',
    annotations: { 'acme.example/secrets': '@app' },
    configs: BOTH,
    uses: USES_BOTH,
    change: SECRET_CHANGE,
  },
  {
    name: 'renamed search and match',
    annotations: { 'acme.example/search': 'true' },
    configs: [{ annotations: { 'acme.example/match': 'true' } }],
  },
  {
    name: 'renamed ignore',
    annotations: { 'acme.example/auto': 'true' },
    configs: [{ annotations: { 'acme.example/ignore': 'true' } }],
    rolls: false,
  },
  {
    name: 'renamed pause-period',
    annotations: { 'acme.example/auto': 'true', 'acme.example/pause': '1h' },
    steps: [{ changes: [{}], rolls: true, sign: 'paused-at' }],
  },
  { name: 'auto, which was renamed', rolls: false },
]

const LABELLED = [{ labels: { tier: 'front' } }]

const LABELS: readonly CaseRow[] = [
  { name: 'labelled', configs: LABELLED },
  { name: 'not labelled', rolls: false },
  { name: 'labelled otherwise', configs: [{ labels: { tier: 'back' } }], rolls: false },
  {
    name: 'labelled late, and changed at once',
    steps: [
      { changes: [{}], rolls: false },
      {
        changes: [
          { verb: 'merge', patch: { metadata: { labels: { tier: 'front' } } } },
          { data: { key: 'again' } },
        ],
        rolls: true,
      },
    ],
  },
  { name: 'labelled, named', configs: LABELLED, annotations: NAMED, uses: [] },
]

const SELECTED: readonly CaseRow[] = [
  { name: 'in a namespace that is selected' },
  { name: 'in a namespace that is not selected', place: 'other', rolls: false },
]

const WITHOUT_RUNS: readonly CaseRow[] = [
  { name: 'a Job, ignored', kind: 'Job', rolls: false },
  { name: 'a CronJob, ignored', kind: 'CronJob', rolls: false },
  { name: 'a Deployment, beside ignored kinds' },
]

const typesIgnored = (ignored: 'configmaps' | 'secrets'): readonly CaseRow[] => [
  {
    name: `${ignored} ignored: a ConfigMap`,
    configs: BOTH,
    uses: USES_BOTH,
    rolls: ignored !== 'configmaps',
  },
  {
    name: `${ignored} ignored: a Secret`,
    configs: BOTH,
    uses: USES_BOTH,
    change: SECRET_CHANGE,
    rolls: ignored !== 'secrets',
  },
]

/** Whatever Reloader keeps in its own namespace is none of anybody's configs. */
const OWN_NAMESPACE: readonly CaseRow[] = [
  {
    name: 'all ConfigMaps of the own namespace',
    annotations: {
      'configmap.reloader.stakater.com/reload': '.*',
      'secret.reloader.stakater.com/reload': '.*',
    },
    steps: [{ changes: [{}], rolls: true }, { rolls: false }],
  },
]

export const FLAG_RUNS: readonly FlagRun[] = [
  { name: 'all', flags: ['--auto-reload-all=true'], rows: RELOAD_ALL },
  {
    name: 'create and delete',
    flags: ['--reload-on-create=true', '--reload-on-delete=true'],
    rows: CREATED_AND_DELETED,
  },
  { name: 'keys', flags: Object.entries(OWN_KEYS).map(([flag, key]) => `--${flag}=${key}`), rows: RENAMED },
  { name: 'labels', flags: ['--resource-label-selector=tier=front'], rows: LABELS },
  {
    name: 'selector',
    scope: 'cluster-wide',
    flags: ['--namespace-selector=acceptance=selected'],
    labels: { acceptance: 'selected' },
    rows: SELECTED,
  },
  { name: 'no runs', flags: ['--ignored-workload-types=jobs,cronjobs'], rows: WITHOUT_RUNS },
  { name: 'no configmaps', flags: ['--resources-to-ignore=configmaps'], rows: typesIgnored('configmaps') },
  { name: 'no secrets', flags: ['--resources-to-ignore=secrets'], rows: typesIgnored('secrets') },
  { name: 'own namespace', scope: 'own namespace', rows: OWN_NAMESPACE },
  { name: 'ha', flags: ['--enable-ha=true'], rows: [{ name: 'with --enable-ha' }] },
]
