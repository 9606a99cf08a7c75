// Where a pod template can use a config (spec 3), for every kind of workload, and what is no change at all.
import {
  type ConfigName,
  configMapNamed,
  envFrom,
  envKey,
  mount,
  projected,
  secretNamed,
  subPath,
  type Use,
} from '../scenarios/harness/fixtures.ts'
import { CUSTOM_KINDS, WORKLOAD_KINDS } from '../scenarios/harness/kinds.ts'
import { type AnyKind, APP, type CaseRow } from './acceptance-case.ts'

const KINDS: readonly AnyKind[] = [...WORKLOAD_KINDS, 'CronJob', 'Job', ...CUSTOM_KINDS]
const CONFIGS = [APP, secretNamed('@app')]
const DATA = { key: 'secret-before' }
const AFTER = { key: 'secret-after' }

/** The forms that everybody uses. */
const FORMS: Readonly<Record<string, (config: ConfigName) => Use>> = {
  'env.valueFrom': (config) => envKey(config, 'key'),
  envFrom,
  volume: mount,
  'projected volume': projected,
  'envFrom of an init container': (config) => ({ ...envFrom(config), init: true }),
}

const MORE_FORMS: Readonly<Record<string, (config: ConfigName) => Use>> = {
  'volume with items': (config) => mount(config, ['key']),
  'projected volume with items': (config) => projected(config, ['key']),
  subPath: (config) => subPath(config, 'key'),
  'env.valueFrom of an init container': (config) => ({ ...envKey(config, 'key'), init: true }),
  'volume of an init container': (config) => ({ ...mount(config), init: true }),
  'projected volume of an init container': (config) => ({ ...projected(config), init: true }),
  'envFrom of the second container': (config) => ({ ...envFrom(config), container: 1 }),
  'volume of the second container': (config) => ({ ...mount(config), container: 1 }),
}

/** The volume is there, and no container mounts it. */
const unmounted = (config: ConfigName): Use => {
  const { volume } = mount(config)
  return volume === undefined ? {} : { volume }
}

function usedBy(kind: AnyKind, forms: typeof FORMS): readonly CaseRow[] {
  return CONFIGS.flatMap((config) =>
    Object.entries(forms).map(([form, use]) => ({
      name: `${kind}: ${config.kind} by ${form}`,
      kind,
      configs: [{ kind: config.kind, data: DATA }],
      containers: ['app', 'sidecar'],
      uses: [use(config)],
      change: { kind: config.kind, data: AFTER },
    })),
  )
}

const OF_EVERY_KIND = KINDS.flatMap((kind): readonly CaseRow[] => [
  ...usedBy(kind, FORMS),
  {
    name: `${kind}: named, unreferenced`,
    kind,
    annotations: { 'configmap.reloader.stakater.com/reload': '@app' },
    uses: [],
  },
  {
    name: `${kind}: auto on the pod template`,
    kind,
    annotations: {},
    templateAnnotations: { 'reloader.stakater.com/auto': 'true' },
  },
  { name: `${kind}: not opted in`, kind, annotations: {}, rolls: false },
  { name: `${kind}: auto=false`, kind, annotations: { 'reloader.stakater.com/auto': 'false' }, rolls: false },
  {
    name: `${kind}: excluded`,
    kind,
    annotations: {
      'reloader.stakater.com/auto': 'true',
      'configmaps.exclude.reloader.stakater.com/reload': '@app',
    },
    rolls: false,
  },
  {
    name: `${kind}: a label only`,
    kind,
    change: { verb: 'merge', patch: { metadata: { labels: { a: 'b' } } } },
    rolls: false,
  },
  {
    name: `${kind}: one change after the other`,
    kind,
    steps: [
      { changes: [{ data: { key: 'second' } }], rolls: true },
      { changes: [{ data: { key: 'third' } }], rolls: true },
    ],
  },
])

const BOTH = [{}, { kind: 'Secret', data: DATA }] as const

const CHANGES: readonly CaseRow[] = [
  { name: 'a volume that nobody mounts', uses: [unmounted(APP)], rolls: false },
  { name: 'two volumes of one config, the second mounted', uses: [unmounted(APP), projected(APP)] },
  {
    name: 'two configs in one go',
    configs: BOTH,
    uses: [envFrom(APP), mount(secretNamed('@app'))],
    steps: [{ changes: [{}, { kind: 'Secret', data: AFTER }], rolls: true }],
  },
  {
    name: 'two configs, one after the other',
    configs: [{}, { name: '@other' }],
    uses: [envFrom(APP), mount(configMapNamed('@other'))],
    steps: [
      { changes: [{}], rolls: true },
      { changes: [{ name: '@other' }], rolls: true },
    ],
  },
  { name: 'a key more', change: { data: { key: 'before', more: 'x' } } },
  {
    name: 'a key less',
    configs: [{ data: { key: 'before', more: 'x' } }],
    change: { data: { key: 'before' } },
  },
  {
    name: 'binary data',
    uses: [mount(APP)],
    change: { verb: 'merge', patch: { binaryData: { blob: 'AAEC' } } },
  },
  {
    name: 'stringData of a Secret',
    configs: BOTH,
    uses: [envFrom(secretNamed('@app'))],
    change: { kind: 'Secret', verb: 'merge', patch: { stringData: { key: 'by-string' } } },
  },
  {
    name: 'an annotation only',
    change: { verb: 'merge', patch: { metadata: { annotations: { a: 'b' } } } },
    rolls: false,
  },
  {
    name: 'labels of a Secret only',
    configs: BOTH,
    uses: [envFrom(secretNamed('@app'))],
    change: { kind: 'Secret', verb: 'merge', patch: { metadata: { labels: { a: 'b' } } } },
    rolls: false,
  },
  ...['@my.app.v1.0', '@0-9', `@${'a'.repeat(120)}.${'b'.repeat(120)}`].map((name) => ({
    name: `a config called ${name.slice(0, 12)}, of ${name.length} characters`,
    configs: [{ name }],
    uses: [envFrom(configMapNamed(name))],
    change: { name },
  })),
  {
    name: 'twenty changes, one right after the other',
    steps: [
      { changes: Array.from({ length: 20 }, (_, at) => ({ data: { key: `value ${at}` } })), rolls: true },
    ],
  },
  {
    name: 'created and changed at once, without --reload-on-create',
    configs: [],
    steps: [{ changes: [{ verb: 'create', data: { key: 'before' } }, {}], rolls: true }],
  },
  { name: 'the same data again', change: { data: { key: 'before' } }, rolls: false },
  { name: 'deleted, without --reload-on-delete', change: { verb: 'delete' }, rolls: false },
  { name: 'created, without --reload-on-create', configs: [], change: { verb: 'create' }, rolls: false },
]

const PAUSE = { 'reloader.stakater.com/auto': 'true', 'deployment.reloader.stakater.com/pause-period': '5s' }

const SIDE_EFFECTS: readonly CaseRow[] = [
  {
    name: 'pause-period pauses, and ends the pause',
    annotations: PAUSE,
    steps: [
      { changes: [{}], rolls: true, sign: 'paused-at' },
      { rolls: true, sign: 'paused-at' },
    ],
  },
  { name: 'pause-period, the roll', annotations: PAUSE },
  { name: 'no pause-period', steps: [{ changes: [{}], rolls: false, sign: 'paused-at' }] },
  { name: 'pause-period without a change', annotations: PAUSE, steps: [{ rolls: false, sign: 'paused-at' }] },
  { name: 'pause-period on a StatefulSet', kind: 'StatefulSet', annotations: PAUSE },
  {
    name: 'Rollout with rollout-strategy restart',
    kind: 'Rollout',
    annotations: {
      'reloader.stakater.com/auto': 'true',
      'reloader.stakater.com/rollout-strategy': 'restart',
    },
    steps: [
      { changes: [{}], rolls: true, sign: 'restartAt' },
      { changes: [{ data: { key: 'again' } }], rolls: true, sign: 'restartAt' },
    ],
  },
  {
    name: 'Rollout with rollout-strategy rollout',
    kind: 'Rollout',
    annotations: {
      'reloader.stakater.com/auto': 'true',
      'reloader.stakater.com/rollout-strategy': 'rollout',
    },
  },
]

export const REFERENCE_CASES: readonly CaseRow[] = [
  ...OF_EVERY_KIND,
  ...usedBy('Deployment', MORE_FORMS),
  ...CHANGES,
  ...SIDE_EFFECTS,
]
