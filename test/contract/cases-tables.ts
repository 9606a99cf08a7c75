// Tables: what kubectl prints. Descriptions of columns are not compared, because nobody shows them.
import {
  CONFIG_MAPS,
  type ContractCase,
  configMap,
  DEPLOYMENTS,
  deployment,
  from,
  get,
  patch,
  post,
  SECRETS,
} from './contract-case.ts'
import type { Exchange, Json } from './exchange.ts'

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
const APPS = '/apis/apps/v1/namespaces/{ns}'
const BATCH = '/apis/batch/v1/namespaces/{ns}'
const CORE = '/api/v1/namespaces/{ns}'

function table(path: string): Exchange {
  return get(path, { accept: TABLE })
}

const ignored = { keys: ['description', 'managedFields', 'remainingItemCount'] }

const LABELS = { app: 'a' }
const TEMPLATE = {
  metadata: { labels: LABELS },
  spec: {
    nodeSelector: { nowhere: 'x' },
    restartPolicy: 'Always',
    containers: [
      { name: 'app', image: 'nginx:1' },
      { name: 'side', image: 'busybox' },
    ],
  },
}
const SELECTOR = { matchLabels: LABELS, matchExpressions: [{ key: 'b', operator: 'DoesNotExist' }] }

/** A pod that no scheduler takes, with a status of one's choice. */
function pod(name: string, spec: { readonly [key: string]: Json } = {}): Json {
  return {
    metadata: { name },
    spec: { ...TEMPLATE.spec, schedulerName: 'none', ...spec },
  }
}

function podStatus(name: string, status: Json): Exchange {
  return patch('merge', `${CORE}/pods/${name}/status`, { status })
}

const RUNNING = { running: { startedAt: '2020-01-01T00:00:00Z' } }

function container(name: string, members: { readonly [key: string]: Json }): Json {
  return { name, image: 'i', imageID: '', restartCount: 0, ready: false, ...members }
}

export const TABLE_CASES: readonly ContractCase[] = [
  {
    name: 'tables of configs',
    steps: [
      post(CONFIG_MAPS, configMap('one', { binaryData: { b: 'AA==' } })),
      post(CONFIG_MAPS, configMap('two')),
      post(SECRETS, { metadata: { name: 's' }, stringData: { a: '1' } }),
      table(`${CONFIG_MAPS}/one`),
      table(`${CONFIG_MAPS}?labelSelector=!nothing&fieldSelector=metadata.name!%3Dkube-root-ca.crt`),
      table(`${CONFIG_MAPS}/one?includeObject=Object`),
      table(`${CONFIG_MAPS}/one?includeObject=None`),
      table(`${CONFIG_MAPS}/none`),
      table(`${SECRETS}/s`),
      get(`${CONFIG_MAPS}/one`, { accept: 'application/json;as=Table;v=v7;g=meta.k8s.io' }),
      (seen) =>
        table(
          `${CONFIG_MAPS}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name!%3Dkube-root-ca.crt&resourceVersion=${from(seen, 0, 'metadata', 'resourceVersion')}`,
        ),
      table('/api/v1/namespaces/{ns}'),
      table(`${CORE}/serviceaccounts?fieldSelector=metadata.name%3Dnone`),
    ],
    ignored,
  },
  {
    name: 'tables of workloads',
    steps: [
      post(DEPLOYMENTS, deployment('a', { spec: { template: TEMPLATE, selector: SELECTOR } })),
      post(`${APPS}/replicasets`, {
        metadata: { name: 'a' },
        spec: { replicas: 0, selector: { matchLabels: LABELS }, template: TEMPLATE },
      }),
      post(`${APPS}/statefulsets`, {
        metadata: { name: 'a' },
        spec: { serviceName: '', replicas: 0, selector: { matchLabels: LABELS }, template: TEMPLATE },
      }),
      post(`${APPS}/daemonsets`, {
        metadata: { name: 'a' },
        spec: { selector: { matchLabels: LABELS }, template: TEMPLATE },
      }),
      post(`${APPS}/controllerrevisions`, { metadata: { name: 'a' }, data: { a: 1 }, revision: 3 }),
      post(`${BATCH}/cronjobs`, {
        metadata: { name: 'a' },
        spec: {
          schedule: '0 0 1 1 *',
          suspend: true,
          jobTemplate: { spec: { template: { spec: { ...TEMPLATE.spec, restartPolicy: 'Never' } } } },
        },
      }),
      table(`${DEPLOYMENTS}/a`),
      table(`${APPS}/replicasets/a`),
      table(`${APPS}/statefulsets/a`),
      table(`${APPS}/daemonsets/a`),
      table(`${APPS}/controllerrevisions/a`),
      table(`${BATCH}/cronjobs/a`),
      table(`${BATCH}/jobs?fieldSelector=metadata.name%3Dnone`),
    ],
    ignored: { keys: [...ignored.keys, 'metadata', 'spec', 'status'] },
  },
  {
    name: 'tables of pods',
    steps: [
      post(`${CORE}/pods`, pod('pending')),
      post(`${CORE}/pods`, pod('running', { readinessGates: [{ conditionType: 'x/y' }] })),
      podStatus('running', {
        phase: 'Running',
        podIP: '10.0.0.1',
        podIPs: [{ ip: '10.0.0.1' }],
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [
          container('app', { ready: true, state: RUNNING, restartCount: 2 }),
          container('side', { state: { terminated: { exitCode: 0, reason: 'Completed' } } }),
        ],
      }),
      post(`${CORE}/pods`, pod('crashing')),
      podStatus('crashing', {
        phase: 'Running',
        containerStatuses: [
          container('app', { restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } } }),
          container('side', { ready: true, state: RUNNING }),
        ],
      }),
      post(
        `${CORE}/pods`,
        pod('init', {
          initContainers: [
            { name: 'i', image: 'i' },
            { name: 'j', image: 'i', restartPolicy: 'Always' },
          ],
        }),
      ),
      podStatus('init', {
        phase: 'Pending',
        initContainerStatuses: [
          container('i', { state: { terminated: { exitCode: 0 } } }),
          container('j', {}),
        ],
      }),
      post(`${CORE}/pods`, pod('failed')),
      podStatus('failed', {
        phase: 'Failed',
        containerStatuses: [container('app', { state: { terminated: { exitCode: 3 } } })],
      }),
      ...['pending', 'running', 'crashing', 'init', 'failed'].map((each) => table(`${CORE}/pods/${each}`)),
    ],
    ignored: { keys: [...ignored.keys, 'spec', 'status'] },
  },
  {
    name: 'tables of the rest',
    steps: [
      post(`${CORE}/events`, {
        metadata: { name: 'one', namespace: '{ns}' },
        involvedObject: { kind: 'Deployment', apiVersion: 'apps/v1', name: 'app', namespace: '{ns}' },
        reason: 'Reloaded',
        message: ' text ',
        type: 'Normal',
        source: { component: 'reloader', host: 'h' },
        firstTimestamp: '2020-01-01T00:00:00Z',
        lastTimestamp: '2020-01-02T00:00:00Z',
        count: 3,
      }),
      post('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases', {
        metadata: { name: 'l' },
        spec: { holderIdentity: 'a' },
      }),
      post('/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings', {
        metadata: { name: 'r' },
        roleRef: { kind: 'Role', name: 'r' },
        subjects: [
          { kind: 'ServiceAccount', name: 'sa', namespace: '{ns}' },
          { kind: 'User', name: 'u' },
          { kind: 'User', name: 'v' },
        ],
      }),
      post('/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles', { metadata: { name: 'r' } }),
      table(`${CORE}/events`),
      table('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases'),
      table('/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings'),
      table('/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles'),
    ],
    ignored,
  },
]
