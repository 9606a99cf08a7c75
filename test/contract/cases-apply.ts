// Server-side apply: what is merged, who owns it afterwards, and what is refused.
import { CONFIG_MAPS, type ContractCase, configMap, DEPLOYMENTS, get, patch, post } from './contract-case.ts'
import type { Exchange, Json } from './exchange.ts'

const ONE = `${CONFIG_MAPS}/one`
const APP = `${DEPLOYMENTS}/app`

/** An apply by a manager; further parameters may follow the path. */
function apply(path: string, body: Json, manager = 'a'): Exchange {
  const query = `${path.includes('?') ? '&' : '?'}fieldManager=${manager}`
  return {
    method: 'PATCH',
    path: path + query,
    body,
    headers: { 'content-type': 'application/apply-patch+yaml' },
  }
}

const head = { apiVersion: 'v1', kind: 'ConfigMap' }
const map = (data: Json, metadata: { readonly [key: string]: Json } = {}): Json => ({
  ...head,
  metadata: { name: 'one', ...metadata },
  data,
})

const app = (
  spec: { readonly [key: string]: Json },
  podSpec: { readonly [key: string]: Json } = {},
): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'app' },
  spec: {
    paused: true,
    selector: { matchLabels: { app: 'app' } },
    template: {
      metadata: { labels: { app: 'app' } },
      spec: { containers: [{ name: 'app', image: 'nginx' }], ...podSpec },
    },
    ...spec,
  },
})

const CRON = '/apis/batch/v1/namespaces/{ns}/cronjobs/job'

/** A CronJob that no controller acts on. */
function cronJob(members: { readonly [key: string]: Json }): Json {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'job' },
    spec: {
      schedule: '0 0 1 1 *',
      suspend: true,
      jobTemplate: {
        spec: {
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } },
        },
      },
    },
    ...members,
  }
}

const ignored = { keys: ['status', 'resourceVersion'] }
const container = (members: { readonly [key: string]: Json }) => ({
  containers: [{ name: 'app', ...members }],
})

export const APPLY_CASES: readonly ContractCase[] = [
  {
    name: 'apply creates, changes and removes what it applied before',
    steps: [
      apply(ONE, map({ a: '1', b: '2' }, { labels: { x: 'y' } })),
      apply(ONE, map({ a: '1', c: '3' })),
      apply(ONE, map({ a: '1', c: '3' })),
      apply(ONE, map({})),
      apply(ONE, { ...head, metadata: { name: 'one' } }),
      get(ONE),
    ],
  },
  {
    name: 'two appliers: shared fields, conflicts, force',
    steps: [
      apply(ONE, map({ a: '1', b: '2' })),
      apply(ONE, map({ a: '1' }), 'b'),
      apply(ONE, map({ a: '2' }), 'b'),
      apply(`${ONE}?force=true`, map({ a: '2' }), 'b'),
      apply(ONE, map({ b: '2' })),
      apply(ONE, map({ b: '3' }), 'b'),
      apply(ONE, map({ a: '9', c: '9' }), 'c'),
      apply(ONE, map({}), 'b'),
      get(ONE),
    ],
  },
  {
    name: 'an applier beside updaters',
    timed: true,
    steps: [
      post(`${CONFIG_MAPS}?fieldManager=u`, configMap('one', { data: { a: '1', b: '2' } })),
      apply(ONE, map({ a: '1' })),
      apply(ONE, map({ a: '2' })),
      apply(`${ONE}?force=true`, map({ a: '2', c: '3' })),
      patch('merge', `${ONE}?fieldManager=u`, { data: { c: '4' } }),
      apply(ONE, map({ a: '2' })),
      apply(ONE, map({ a: '2', c: '3' })),
      patch('merge', `${ONE}?fieldManager=u`, { data: { a: null } }),
      apply(ONE, map({ a: '2' })),
    ],
  },
  {
    name: 'before the first apply nobody owned anything',
    timed: true,
    steps: [
      post(CONFIG_MAPS, configMap('one', { data: { a: '1', b: '2' } })),
      patch('merge', ONE, { metadata: { managedFields: [{}] } }),
      apply(ONE, map({ a: '2' })),
      apply(ONE, map({ a: '1' })),
      get(ONE),
    ],
  },
  {
    name: 'kubectl takes over what it applied on the client side',
    steps: [
      post(
        `${CONFIG_MAPS}?fieldManager=kubectl-client-side-apply`,
        configMap('one', {
          metadata: {
            annotations: {
              'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
                ...head,
                metadata: { name: 'one' },
                data: { a: '1' },
              }),
            },
          },
        }),
      ),
      apply(ONE, map({ a: '2' }), 'other'),
      apply(ONE, map({ a: '2' }), 'kubectl'),
      patch('merge', `${ONE}?fieldManager=x`, { data: { a: '5' } }),
      apply(ONE, map({ a: '3' }, { annotations: { n: 'm' } }), 'kubectl'),
    ],
  },
  {
    name: 'lists by key, sets and atomic lists of a Deployment',
    ignored,
    steps: [
      apply(APP, app({ replicas: 0 }, container({ image: 'nginx', env: [{ name: 'A', value: '1' }] }))),
      apply(
        APP,
        app({}, container({ env: [{ name: 'B', value: '2' }], ports: [{ containerPort: 80 }] })),
        'b',
      ),
      apply(APP, app({}, container({ env: [{ name: 'A', value: '2' }], command: ['x'] })), 'b'),
      apply(
        `${APP}?force=true`,
        app({}, container({ env: [{ name: 'A', value: '2' }], command: ['x'] })),
        'b',
      ),
      apply(APP, app({ replicas: 0 }, container({ image: 'nginx' }))),
      apply(APP, app({}, { containers: [{ name: 'side', image: 'x' }, { name: 'app' }] }), 'c'),
      apply(
        APP,
        app({}, { containers: [{ name: 'app', ports: [{ containerPort: 80, protocol: 'UDP' }] }] }),
        'c',
      ),
      apply(APP, app({}, container({ resources: { limits: { cpu: '1000m' } } })), 'd'),
      apply(APP, app({}, container({ resources: { limits: { cpu: 1, memory: '1Gi' } } })), 'd'),
      apply(APP, app({ strategy: { type: 'RollingUpdate' } }), 'e'),
      get(APP),
    ],
  },
  {
    name: 'finalizers and owner references',
    steps: [
      apply(ONE, map({}, { finalizers: ['a/b', 'c/d'] })),
      apply(ONE, map({}, { finalizers: ['e/f', 'a/b'] }), 'b'),
      apply(ONE, map({}, { finalizers: ['c/d'] })),
      apply(ONE, map({}, { ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'u' }] })),
      apply(ONE, map({})),
      apply(ONE, map({}), 'b'),
    ],
  },
  {
    name: 'applies that are refused',
    steps: [
      apply(ONE, map({ a: '1' }), ''),
      apply(ONE, { ...head, kind: 'Secret', metadata: { name: 'one' } }),
      apply(ONE, { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'one' } }),
      apply(ONE, { metadata: { name: 'one' } }),
      apply(ONE, map({ a: 1 })),
      apply(ONE, map({ a: [1, 'x'] })),
      apply(ONE, map([])),
      apply(ONE, { ...head, metadata: { name: 'one' }, spec: {} }),
      apply(ONE, { ...head, metadata: { name: 'one', managedFields: [] } }),
      apply(ONE, map({}, { name: 'two' })),
      apply(ONE, map({}, { namespace: 'elsewhere' })),
      apply(ONE, map({}, { resourceVersion: '1' })),
      apply(ONE, map({}, { uid: 'u' })),
      apply(ONE, { ...head, metadata: {} }),
      apply(ONE, { ...head }),
      apply(ONE, ''),
      apply(ONE, '[]'),
      apply(APP, app({ replicas: 'x' })),
      apply(APP, app({ paused: 'x' })),
      apply(APP, app({}, { containers: [{ image: 'x' }] })),
      apply(APP, app({}, { containers: [{ name: 'a' }, { name: 'a' }] })),
      apply(APP, app({}, { containers: [null] })),
      apply(APP, app({}, { containers: ['x'] })),
      apply(APP, app({}, { containers: {} })),
      apply(APP, app({}, { containers: [{ name: 'a', image: 'b', strange: 1 }] })),
      apply(APP, app({}, { containers: [{ name: 'a' }] })),
      patch('merge', `${ONE}?force=true`, {}),
      apply(`${ONE}?force=maybe`, map({ a: '1' })),
    ],
  },
  {
    name: 'conditions of an apply to what is there',
    steps: [
      apply(ONE, map({ a: '1' })),
      apply(ONE, map({ a: '2' }, { resourceVersion: '1' })),
      apply(ONE, map({ a: '2' }, { uid: 'u' })),
      apply(ONE, map({ a: '2' }, { generateName: 'x' })),
      apply(ONE, map({ a: '2' }, { creationTimestamp: null })),
      apply(`${ONE}?dryRun=All`, map({ a: '3' })),
      apply(`${CONFIG_MAPS}/two?dryRun=All`, map({ a: '3' }, { name: 'two' })),
      get(ONE),
      get(`${CONFIG_MAPS}/two`),
    ],
  },
  {
    name: 'YAML that is applied',
    steps: [
      apply(
        ONE,
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata:\n  a: "1"\n  b: |\n    x\n    y\n',
      ),
      apply(ONE, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata:\n  a: yes\n'),
      apply(
        ONE,
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\nimmutable: off\ndata: {a: 2020-01-01}\n',
      ),
      apply(ONE, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata:\n  a: "1"\n  a: "2"\n'),
      apply(
        `${ONE}?fieldValidation=Strict`,
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata:\n  a: "1"\n  a: "3"\n',
      ),
      apply(
        `${ONE}?fieldValidation=Ignore`,
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata:\n  a: "1"\n  a: "4"\n',
      ),
    ],
  },
  {
    name: 'apply to the status',
    steps: [
      apply(CRON, cronJob({})),
      apply(`${CRON}/status`, cronJob({ status: { lastScheduleTime: '2020-01-01T00:00:00Z' } }), 's'),
      apply(`${CRON}/status`, cronJob({ status: { lastScheduleTime: '2021-01-01T00:00:00Z' } }), 't'),
      apply(`${CRON}/status`, cronJob({ spec: { suspend: false }, status: {} }), 's'),
      apply(CRON, cronJob({ status: { lastSuccessfulTime: '2020-01-01T00:00:00Z' } }), 'u'),
      apply(`${CRON.replace('/job', '/none')}/status`, cronJob({ metadata: { name: 'none' } })),
    ],
  },
]
