// Who follows what: every annotation of spec 2, on a Deployment.
import { AUTO, configMapNamed, envFrom, mount, secretNamed } from '../scenarios/harness/fixtures.ts'
import { APP, type CaseRow, type ChangeRow, type ConfigRow } from './acceptance-case.ts'

const SECRET = { kind: 'Secret', data: { key: 'secret-before' } } as const
const SECRET_CHANGE = { kind: 'Secret', data: { key: 'secret-after' } } as const
const BOTH: readonly ConfigRow[] = [{}, SECRET]
const USES_BOTH = [envFrom(APP), envFrom(secretNamed('@app'))]
const OTHER: ChangeRow = { name: '@other' }
const TWO: readonly ConfigRow[] = [{}, { name: '@other' }]
const USES_TWO = [envFrom(APP), mount(configMapNamed('@other'))]

const auto = (value: string) => ({ 'reloader.stakater.com/auto': value })
const configMapAuto = (value: string) => ({ 'configmap.reloader.stakater.com/auto': value })
const secretAuto = (value: string) => ({ 'secret.reloader.stakater.com/auto': value })
const configMaps = (value: string) => ({ 'configmap.reloader.stakater.com/reload': value })
const secrets = (value: string) => ({ 'secret.reloader.stakater.com/reload': value })
const SEARCH = { 'reloader.stakater.com/search': 'true' }
const MATCH = { 'reloader.stakater.com/match': 'true' }
const ignore = (value: string) => ({ 'reloader.stakater.com/ignore': value })
const withoutConfigMaps = (value: string) => ({ 'configmaps.exclude.reloader.stakater.com/reload': value })
const withoutSecrets = (value: string) => ({ 'secrets.exclude.reloader.stakater.com/reload': value })

const annotated = (key: string, value: string | null): ChangeRow => ({
  verb: 'merge',
  patch: { metadata: { annotations: { [key]: value } } },
})

const AUTO_CASES: readonly CaseRow[] = [
  ...['true', 'True', 'TRUE', '1', 't', 'T'].map((value) => ({
    name: `auto=${value}`,
    annotations: auto(value),
  })),
  ...['false', 'F', '0', 'yes', ''].map((value) => ({
    name: `auto=${value || '""'}`,
    annotations: auto(value),
    rolls: false,
  })),
  { name: 'no annotation', annotations: {}, rolls: false },
  { name: 'auto, a Secret', configs: BOTH, uses: USES_BOTH, change: SECRET_CHANGE },
  { name: 'auto, unreferenced', uses: [], rolls: false },
  { name: 'auto, of the same name but another kind', configs: BOTH, change: SECRET_CHANGE, rolls: false },
  { name: 'configmap auto', configs: BOTH, uses: USES_BOTH, annotations: configMapAuto('true') },
  {
    name: 'configmap auto, a Secret',
    configs: BOTH,
    uses: USES_BOTH,
    annotations: configMapAuto('true'),
    change: SECRET_CHANGE,
    rolls: false,
  },
  {
    name: 'secret auto',
    configs: BOTH,
    uses: USES_BOTH,
    annotations: secretAuto('true'),
    change: SECRET_CHANGE,
  },
  {
    name: 'secret auto, a ConfigMap',
    configs: BOTH,
    uses: USES_BOTH,
    annotations: secretAuto('true'),
    rolls: false,
  },
  { name: 'configmap auto=false', annotations: configMapAuto('false'), rolls: false },
  { name: 'auto=false beside configmap auto', annotations: { ...auto('false'), ...configMapAuto('true') } },
  { name: 'auto beside configmap auto=false', annotations: { ...AUTO, ...configMapAuto('false') } },
  {
    name: 'both typed autos',
    configs: BOTH,
    uses: USES_BOTH,
    annotations: { ...configMapAuto('true'), ...secretAuto('true') },
    steps: [
      { changes: [{}], rolls: true },
      { changes: [SECRET_CHANGE], rolls: true },
    ],
  },
]

const NAMED_CASES: readonly CaseRow[] = [
  { name: 'named', annotations: configMaps('@app') },
  { name: 'named, unreferenced', annotations: configMaps('@app'), uses: [] },
  { name: 'named Secret', configs: [SECRET], annotations: secrets('@app'), change: SECRET_CHANGE },
  {
    name: 'named Secret, unreferenced',
    configs: [SECRET],
    annotations: secrets('@app'),
    uses: [],
    change: SECRET_CHANGE,
  },
  {
    name: 'named, another changes',
    configs: TWO,
    uses: USES_TWO,
    annotations: configMaps('@app'),
    change: OTHER,
    rolls: false,
  },
  {
    name: 'named ConfigMap, the Secret changes',
    configs: BOTH,
    uses: USES_BOTH,
    annotations: configMaps('@app'),
    change: SECRET_CHANGE,
    rolls: false,
  },
  {
    name: 'a list, each of it',
    configs: TWO,
    annotations: configMaps('@app, @other'),
    steps: [
      { changes: [{}], rolls: true },
      { changes: [OTHER], rolls: true },
    ],
  },
  {
    name: 'named beside auto, an unreferenced one',
    configs: TWO,
    annotations: { ...AUTO, ...configMaps('@other') },
    change: OTHER,
  },
  {
    name: 'named beside auto, a referenced one',
    configs: TWO,
    annotations: { ...AUTO, ...configMaps('@other') },
  },
  { name: 'named beside auto=false', annotations: { ...auto('false'), ...configMaps('@app') } },
  {
    name: 'both kinds named',
    configs: BOTH,
    annotations: { ...configMaps('@app'), ...secrets('@app') },
    uses: USES_BOTH,
    steps: [
      { changes: [{}], rolls: true },
      { changes: [SECRET_CHANGE], rolls: true },
    ],
  },
  { name: 'an expression', annotations: configMaps('@a.*') },
  { name: 'an expression, unreferenced', annotations: configMaps('@a[a-z]+'), uses: [] },
  {
    name: 'an expression for a Secret',
    configs: [SECRET],
    annotations: secrets('@.*'),
    uses: [],
    change: SECRET_CHANGE,
  },
  { name: 'an expression that does not match', annotations: configMaps('@b.*'), rolls: false },
  { name: 'an expression that matches a part only', annotations: configMaps('@ap'), rolls: false },
  { name: 'an expression with alternatives', annotations: configMaps('@(app|other)'), uses: [] },
  { name: 'a broken expression beside a good one', annotations: configMaps('([,@app') },
]

const SEARCH_CASES: readonly CaseRow[] = [
  { name: 'search and match', annotations: SEARCH, configs: [{ annotations: MATCH }] },
  {
    name: 'search and match, a Secret',
    annotations: SEARCH,
    configs: [{ ...SECRET, annotations: MATCH }],
    uses: USES_BOTH,
    change: SECRET_CHANGE,
  },
  { name: 'search alone', annotations: SEARCH, rolls: false },
  {
    name: 'search, and match added and changed at once',
    annotations: SEARCH,
    steps: [
      { changes: [{}], rolls: false },
      {
        changes: [annotated('reloader.stakater.com/match', 'true'), { data: { key: 'again' } }],
        rolls: true,
      },
    ],
  },
  { name: 'match alone', annotations: {}, configs: [{ annotations: MATCH }], rolls: false },
  {
    name: 'search and match=false',
    annotations: SEARCH,
    configs: [{ annotations: { 'reloader.stakater.com/match': 'false' } }],
    rolls: false,
  },
  {
    name: 'search and match, unreferenced',
    annotations: SEARCH,
    configs: [{ annotations: MATCH }],
    uses: [],
    rolls: false,
  },
  { name: 'search beside auto, no match', annotations: { ...SEARCH, ...AUTO } },
  {
    name: 'search=false',
    annotations: { 'reloader.stakater.com/search': 'false' },
    configs: [{ annotations: MATCH }],
    rolls: false,
  },
  {
    name: 'search, one of two matches',
    annotations: SEARCH,
    configs: [{ annotations: MATCH }, { name: '@other' }],
    uses: USES_TWO,
    steps: [
      { changes: [OTHER], rolls: false },
      { changes: [{}], rolls: true },
    ],
  },
]

const IGNORE_CASES: readonly CaseRow[] = [
  { name: 'ignore', configs: [{ annotations: ignore('true') }], rolls: false },
  {
    name: 'ignore, taken away and changed at once',
    configs: [{ annotations: ignore('true') }],
    steps: [
      { changes: [{}], rolls: false },
      { changes: [annotated('reloader.stakater.com/ignore', null), { data: { key: 'again' } }], rolls: true },
    ],
  },
  { name: 'ignore=false', configs: [{ annotations: ignore('false') }] },
  {
    name: 'ignore, named',
    configs: [{ annotations: ignore('true') }],
    annotations: configMaps('@app'),
    rolls: false,
  },
  {
    name: 'ignore, a Secret',
    configs: [{ ...SECRET, annotations: ignore('true') }],
    uses: USES_BOTH,
    change: SECRET_CHANGE,
    rolls: false,
  },
  { name: 'ignore on the workload', annotations: { ...AUTO, ...ignore('true') } },
  { name: 'exclude', annotations: { ...AUTO, ...withoutConfigMaps('@app') }, rolls: false },
  { name: 'exclude another', annotations: { ...AUTO, ...withoutConfigMaps('@other') } },
  { name: 'exclude a list', annotations: { ...AUTO, ...withoutConfigMaps('@other , @app') }, rolls: false },
  {
    name: 'exclude, named',
    annotations: { ...configMaps('@app'), ...withoutConfigMaps('@app') },
    rolls: false,
  },
  { name: 'exclude is no expression', annotations: { ...AUTO, ...withoutConfigMaps('@a.*') } },
  {
    name: 'exclude a Secret',
    configs: BOTH,
    uses: USES_BOTH,
    annotations: { ...AUTO, ...withoutSecrets('@app') },
    steps: [
      { changes: [SECRET_CHANGE], rolls: false },
      { changes: [{}], rolls: true },
    ],
  },
]

const TEMPLATE_CASES: readonly CaseRow[] = [
  { name: 'auto on the pod template', annotations: {}, templateAnnotations: AUTO },
  { name: 'configmap auto on the pod template', annotations: {}, templateAnnotations: configMapAuto('true') },
  { name: 'named on the pod template', annotations: {}, templateAnnotations: configMaps('@app'), uses: [] },
  {
    name: 'search on the pod template',
    annotations: {},
    templateAnnotations: SEARCH,
    configs: [{ annotations: MATCH }],
  },
  {
    name: 'auto=false on the workload, auto on the pod template',
    annotations: auto('false'),
    templateAnnotations: AUTO,
    rolls: false,
  },
  {
    name: 'an annotation of the other kind on the workload, auto on the pod template',
    configs: BOTH,
    uses: USES_BOTH,
    annotations: configMapAuto('true'),
    templateAnnotations: secretAuto('true'),
    change: SECRET_CHANGE,
  },
  {
    name: 'auto on the pod template, exclude on the workload',
    annotations: withoutConfigMaps('@app'),
    templateAnnotations: AUTO,
    rolls: false,
  },
  { name: 'exclude on the pod template', templateAnnotations: withoutConfigMaps('@app') },
]

export const ANNOTATION_CASES: readonly CaseRow[] = [
  ...AUTO_CASES,
  ...NAMED_CASES,
  ...SEARCH_CASES,
  ...IGNORE_CASES,
  ...TEMPLATE_CASES,
]
