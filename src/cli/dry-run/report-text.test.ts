import { describe, expect, test } from 'vitest'
import { controllerRights } from '../rights/controller-rights.ts'
import type { LackingRight } from '../rights/lacking-rights.ts'
import { TERMINAL_WIDTH } from '../wrap.ts'
import type { FollowedConfig, SeenWorkload } from './first-look.ts'
import { type DryRunReport, reportJson } from './report.ts'
import { reportText } from './report-text.ts'

const EMPTY: DryRunReport = {
  version: '1.2.3',
  cluster: { server: 'https://127.0.0.1:6443', source: 'context kind-dev of /home/me/.kube/config' },
  looksAt: { ignoredNamespaces: [] },
  records: { namespace: 'default', name: 'reloader', workloads: 0, others: [] },
  webhook: false,
  inSight: {},
  workloads: [],
  lacking: [],
}

const envFrom: FollowedConfig = {
  kind: 'ConfigMap',
  name: 'app',
  reason: 'Auto',
  via: 'containers[app].envFrom',
  state: 'present',
}
const missing: FollowedConfig = { kind: 'Secret', name: 'tls', reason: 'Named', state: 'absent' }

function seen(name: string, rest: Partial<SeenWorkload> = {}): SeenWorkload {
  const workload = { kind: 'Deployment', namespace: 'shop', name } as const
  return { workload, follows: [envFrom], unreadable: {}, ignored: [], ...rest }
}

const ALL = controllerRights({
  name: 'reloader',
  configTypes: ['ConfigMap', 'Secret'],
  workloadKinds: ['Deployment'],
  selectsNamespaces: false,
  elects: false,
}).map((right): LackingRight => ({ ...right, namespace: right.place === 'own' ? 'default' : '' }))

const FULL: DryRunReport = {
  ...EMPTY,
  looksAt: { ignoredNamespaces: ['kube-system'], configSelector: 'reload=yes' },
  records: { namespace: 'reloader', name: 'rel-reloader', workloads: 7, others: [] },
  inSight: { Deployment: 40, StatefulSet: 1 },
  workloads: [
    seen('api', { roll: { reason: 'IncumbentStampStale', configs: ['ConfigMap/app', 'Secret/tls'] } }),
    seen('bad', {
      follows: [],
      ignored: [
        {
          annotation: 'reloader.stakater.com/auto',
          entry: 'maybe',
          problem: 'it is neither true nor false nor a list of names',
        },
      ],
    }),
    seen('web', {
      follows: [envFrom, missing],
      unreadable: { 'Secret/key': 'secrets "key" is forbidden: User "me" cannot get resource "secrets"' },
    }),
  ],
  lacking: ALL.filter(({ resource, place }) => resource === 'deployments' || place === 'own'),
}

test('it tells everything', () => {
  expect(reportText(FULL)).toBe(`Reloader 1.2.3, dry run: nothing is written.

Cluster: https://127.0.0.1:6443 (context kind-dev of /home/me/.kube/config)
Looks at: the whole cluster; without namespaces kube-system; only configs with
  reload=yes
Records: 7 workloads of rel-reloader in namespace reloader

Follows: 2 of 41 workloads in sight: 2 Deployments
  shop: 2 Deployments; 1 ConfigMap, 1 Secret

Deployment shop/api
  ConfigMap/app: auto, containers[app].envFrom
Deployment shop/web
  ConfigMap/app: auto, containers[app].envFrom
  Secret/tls: named, does not exist

Would roll now: 1
  Deployment shop/api: ConfigMap/app, Secret/tls (IncumbentStampStale)

Cannot be read: 1
  Secret/key for Deployment shop/web: secrets "key" is forbidden: User "me"
    cannot get resource "secrets"

Annotation entries that count for nothing: 1
  Deployment shop/bad: reloader.stakater.com/auto: maybe: it is neither true nor
    false nor a list of names

Permissions that are missing: 3
  get, list, watch, patch deployments.apps in the whole cluster. Without: a
    Deployment is not seen (list), is noticed late (watch) or cannot be rolled
    (patch)
  get, list, watch, create, update configmaps in namespace default. Without:
    records live in memory only: what changes while the controller is down is
    not noticed
  get, update secrets reloader-digest-key in namespace default. Without: the key
    of the digests stays in the record store

To grant them, add rules (docs/permissions.md)
  to its ClusterRole:
    - apiGroups: [apps]
      resources: [deployments]
      verbs: [get, list, watch, patch]
  to its Role in namespace default:
    - apiGroups: [""]
      resources: [configmaps]
      verbs: [get, list, watch, create, update]
    - apiGroups: [""]
      resources: [secrets]
      resourceNames: [reloader-digest-key]
      verbs: [get, update]
`)
})

test('where nothing is followed it says how to opt in, and what is well in one line each', () => {
  expect(reportText(EMPTY)).toBe(`Reloader 1.2.3, dry run: nothing is written.

Cluster: https://127.0.0.1:6443 (context kind-dev of /home/me/.kube/config)
Looks at: the whole cluster
Records: none of reloader in namespace default; it decides as at a first start

Follows: 0 of 0 workloads in sight
  A workload opts in by kubectl annotate deployment/NAME
    reloader.stakater.com/auto=true

Would roll now: nothing

Permissions: all that it needs are there
`)
})

test('without records it says whose there are', () => {
  const others = [
    { namespace: 'default', name: 'reloader' },
    { namespace: 'tools', name: 'rel-reloader' },
  ]
  expect(reportText({ ...EMPTY, records: { ...EMPTY.records, others } })).toContain(`
Records: none of reloader in namespace default; it decides as at a first start
  There are records of another one: RELOADER_NAMESPACE=tools
    RELOADER_DEPLOYMENT_NAME=rel-reloader
`)
})

describe('no line is wider than a terminal', () => {
  test.each([
    ['with every right missing', { ...FULL, lacking: ALL }],
    [
      'with many namespaces',
      {
        ...FULL,
        looksAt: { ...FULL.looksAt, namespaces: Array.from({ length: 40 }, (_, i) => `team-${i}`) },
      },
    ],
    [
      'without an answer about rights',
      { ...EMPTY, unasked: 'the server could not find the requested resource '.repeat(4) },
    ],
  ])('%s', (_name, report) => {
    expect(
      reportText(report)
        .split('\n')
        .filter((line) => line.length > TERMINAL_WIDTH),
    ).toEqual([])
  })
})

test('as JSON it is one line with the keys of a log line', () => {
  const line = reportJson(FULL, new Date('2026-01-02T03:04:05.678Z'))
  expect(line).not.toContain('\n')
  expect(JSON.parse(line)).toMatchObject({
    level: 'info',
    msg: 'Dry run report',
    time: '2026-01-02T03:04:05Z',
    rolls: 1,
    inSight: { Deployment: 40 },
    namespaces: [{ namespace: 'shop', workloads: { Deployment: 2 }, configs: { ConfigMap: 1, Secret: 1 } }],
    workloads: [{ workload: { name: 'api' }, roll: { reason: 'IncumbentStampStale' } }, {}, {}],
    lacking: [{ resource: 'deployments', verbs: ['get', 'list', 'watch', 'patch'] }, {}, {}],
  })
})

test('a class without a pod is neither missing nor out of scope: only nothing is known of what it holds', () => {
  const unmounted = {
    kind: 'SecretProviderClass',
    name: 'vault',
    reason: 'Auto',
    state: 'outOfScope',
  } as const
  const text = reportText({ ...FULL, workloads: [seen('web', { follows: [unmounted] })] })
  expect(text).toContain('SecretProviderClass/vault: auto, no pod says what it mounts of it\n')
})
