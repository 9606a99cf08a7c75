// Workloads: defaults, generation, immutable fields, status, validation.
import { type ContractCase, DEPLOYMENTS, deployment, get, patch, post, put } from './contract-case.ts'
import type { Json } from './exchange.ts'

const APPS = '/apis/apps/v1/namespaces/{ns}'
const APP = `${DEPLOYMENTS}/app`

function workload(kind: string, spec: { readonly [key: string]: Json } = {}): Json {
  const labels = { app: 'app' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'nginx' }] } }
  return {
    kind,
    apiVersion: 'apps/v1',
    metadata: { name: 'app' },
    spec: { selector: { matchLabels: labels }, template, ...spec },
  }
}

/** A Deployment with this pod. */
function podOf(spec: { readonly [key: string]: Json }): Json {
  return deployment('app', { spec: { template: { metadata: { labels: { app: 'app' } }, spec } } })
}

const CONTAINER = { name: 'app', image: 'nginx' }
/** The controllers of the control plane write the status at moments of their own. */
const ignored = { keys: ['status', 'resourceVersion'] }

const EVERYTHING = podOf({
  serviceAccount: 'old-name',
  securityContext: { runAsUser: 0, runAsNonRoot: false },
  terminationGracePeriodSeconds: 0,
  hostNetwork: false,
  containers: [
    {
      name: 'app',
      image: 'registry.example.com:5000/app:1.2',
      ports: [{ containerPort: 80 }],
      env: [
        { name: 'EMPTY', value: '' },
        { name: 'FIELD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'RESOURCE', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: false } } },
      ],
      envFrom: [{ configMapRef: { name: 'c' } }, { prefix: 'P_', secretRef: { name: 's', optional: true } }],
      livenessProbe: { httpGet: { port: 80 } },
      readinessProbe: { tcpSocket: { port: 'http' } },
      startupProbe: { exec: { command: ['true'] }, failureThreshold: 9 },
      volumeMounts: [
        { name: 'c', mountPath: '/c', subPath: 'a' },
        { name: 'p', mountPath: '/p', readOnly: true },
      ],
      resources: { requests: { cpu: '100m' } },
    },
    {
      name: 'digest',
      image: 'nginx@sha256:0123456789012345678901234567890123456789012345678901234567890123',
    },
    { name: 'latest', image: 'nginx:latest', imagePullPolicy: 'Never', tty: false, stdin: true },
  ],
  initContainers: [{ name: 'init', image: 'busybox', restartPolicy: 'Always' }],
  volumes: [
    { name: 'c', configMap: { name: 'c', optional: true, defaultMode: 0 } },
    { name: 's', secret: { secretName: 's' } },
    { name: 'n' },
    { name: 'h', hostPath: { path: '/h' } },
    { name: 'd', downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
    {
      name: 'p',
      projected: {
        sources: [
          { configMap: { name: 'c' } },
          { secret: { name: 's', items: [{ key: 'k', path: 'k', mode: 256 }] } },
          { serviceAccountToken: { path: 't' } },
        ],
      },
    },
    {
      name: 'csi',
      csi: { driver: 'secrets-store.csi.k8s.io', volumeAttributes: { secretProviderClass: 'x' } },
    },
  ],
})

export const WORKLOAD_CASES: readonly ContractCase[] = [
  {
    name: 'defaults of every workload kind',
    steps: [
      post(`${APPS}/deployments`, workload('Deployment', { paused: true })),
      post(`${APPS}/statefulsets`, workload('StatefulSet', { replicas: 0 })),
      post(
        `${APPS}/daemonsets`,
        workload('DaemonSet', {
          template: {
            metadata: { labels: { app: 'app' } },
            spec: { containers: [CONTAINER], nodeSelector: { no: 'node' } },
          },
        }),
      ),
      post(`${APPS}/replicasets`, workload('ReplicaSet', { replicas: 0 })),
      post('/apis/batch/v1/namespaces/{ns}/cronjobs', {
        metadata: { name: 'app' },
        spec: {
          schedule: '0 0 1 1 *',
          suspend: true,
          jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [CONTAINER] } } } },
        },
      }),
      post(`${DEPLOYMENTS}?dryRun=All`, deployment('recreate', { spec: { strategy: { type: 'Recreate' } } })),
      post(
        `${DEPLOYMENTS}?dryRun=All`,
        deployment('surge', { spec: { strategy: { rollingUpdate: { maxSurge: 0 } } } }),
      ),
      post(
        `${APPS}/statefulsets?dryRun=All`,
        workload('StatefulSet', {
          updateStrategy: { type: 'OnDelete' },
          serviceName: 'x',
          volumeClaimTemplates: [
            {
              metadata: { name: 'v' },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          ],
        }),
      ),
    ],
    ignored,
  },
  {
    name: 'defaults of everything in a pod template',
    steps: [post(DEPLOYMENTS, EVERYTHING), put(APP, EVERYTHING)],
    ignored,
  },
  {
    name: 'the generation of a Deployment counts spec and annotations',
    steps: [
      post(DEPLOYMENTS, deployment('app')),
      patch('merge', APP, { metadata: { labels: { x: 'y' } } }),
      patch('merge', APP, { metadata: { annotations: { x: 'y' } } }),
      patch('merge', APP, { spec: { minReadySeconds: 1 } }),
      patch('merge', APP, { spec: { minReadySeconds: 1 } }),
      patch('merge', APP, { spec: { template: { metadata: { annotations: { a: 'b' } } } } }),
      patch('merge', APP, { status: { replicas: 7 } }),
    ],
    ignored,
  },
  {
    name: 'the generation of the other kinds counts the spec alone',
    steps: ['statefulsets', 'daemonsets', 'replicasets'].flatMap((plural, i) => {
      const kind = ['StatefulSet', 'DaemonSet', 'ReplicaSet'][i] ?? ''
      const path = `${APPS}/${plural}/app`
      return [
        post(`${APPS}/${plural}`, workload(kind, kind === 'DaemonSet' ? {} : { replicas: 0 })),
        patch('merge', path, { metadata: { annotations: { x: 'y' } } }),
        patch('merge', path, { spec: { minReadySeconds: 1 } }),
        patch('merge', path, { spec: { template: { metadata: { annotations: { a: 'b' } } } } }),
      ]
    }),
    ignored,
  },
  {
    name: 'immutable fields of workloads',
    steps: [
      post(DEPLOYMENTS, deployment('app')),
      patch('merge', APP, { spec: { selector: { matchLabels: { app: 'other' } } } }),
      patch('merge', APP, { spec: { selector: null } }),
      post(`${APPS}/statefulsets`, workload('StatefulSet', { replicas: 0 })),
      patch('merge', `${APPS}/statefulsets/app`, { spec: { serviceName: 'other' } }),
      patch('merge', `${APPS}/statefulsets/app`, { spec: { podManagementPolicy: 'Parallel' } }),
      post(`${APPS}/daemonsets`, workload('DaemonSet')),
      patch('merge', `${APPS}/daemonsets/app`, { spec: { selector: { matchLabels: { app: 'other' } } } }),
    ],
    ignored,
  },
  {
    name: 'what is wrong with a workload',
    steps: [
      workload('Deployment', { selector: null }),
      workload('Deployment', { selector: {} }),
      workload('Deployment', { selector: { matchLabels: { app: 'other' } } }),
      workload('Deployment', { replicas: -1 }),
      workload('Deployment', { progressDeadlineSeconds: 0 }),
      workload('Deployment', { template: {} }),
      podOf({ containers: [] }),
      podOf({ containers: [{ name: 'a' }] }),
      podOf({ containers: [{ image: 'a' }] }),
      podOf({ containers: [{ name: 'A_b', image: 'a' }] }),
      podOf({ containers: [CONTAINER, CONTAINER] }),
      podOf({ containers: [{ ...CONTAINER, env: [{ name: '' }] }] }),
      podOf({ containers: [{ ...CONTAINER, env: [{ name: 'a=b' }] }] }),
      podOf({ containers: [{ ...CONTAINER, env: [{ name: 'a', valueFrom: {} }] }] }),
      podOf({
        containers: [
          {
            ...CONTAINER,
            env: [{ name: 'a', value: 'x', valueFrom: { configMapKeyRef: { name: 'a', key: 'b' } } }],
          },
        ],
      }),
      podOf({
        containers: [{ ...CONTAINER, env: [{ name: 'a', valueFrom: { configMapKeyRef: { name: 'a' } } }] }],
      }),
      podOf({
        containers: [{ ...CONTAINER, env: [{ name: 'a', valueFrom: { configMapKeyRef: { key: 'a' } } }] }],
      }),
      podOf({
        containers: [
          {
            ...CONTAINER,
            env: [
              {
                name: 'a',
                valueFrom: {
                  configMapKeyRef: { name: 'a', key: 'b' },
                  secretKeyRef: { name: 'a', key: 'b' },
                },
              },
            ],
          },
        ],
      }),
      podOf({ containers: [{ ...CONTAINER, envFrom: [{}] }] }),
      podOf({ containers: [{ ...CONTAINER, envFrom: [{ configMapRef: {} }] }] }),
      podOf({
        containers: [{ ...CONTAINER, envFrom: [{ configMapRef: { name: 'a' }, secretRef: { name: 'b' } }] }],
      }),
      podOf({ containers: [{ ...CONTAINER, volumeMounts: [{ name: 'none', mountPath: '/x' }] }] }),
      podOf({ containers: [{ ...CONTAINER, volumeMounts: [{ name: 'none' }] }] }),
      podOf({
        containers: [CONTAINER],
        volumes: [{ name: 'a', configMap: { name: 'a' }, secret: { secretName: 'b' } }],
      }),
      podOf({ containers: [CONTAINER], volumes: [{ name: 'a', configMap: {} }] }),
      podOf({ containers: [CONTAINER], volumes: [{ name: 'a', secret: {} }] }),
      podOf({ containers: [CONTAINER], volumes: [{ name: 'a' }, { name: 'a' }] }),
      podOf({ containers: [CONTAINER], volumes: [{ configMap: { name: 'a' } }] }),
      podOf({
        containers: [CONTAINER],
        volumes: [{ name: 'a', configMap: { name: 'a', items: [{ key: 'x' }] } }],
      }),
      podOf({ containers: [CONTAINER], restartPolicy: 'Never' }),
      podOf({ containers: [CONTAINER], restartPolicy: 'Strange' }),
      podOf({ containers: 'none' }),
      podOf({ containers: [{ ...CONTAINER, env: [{ name: 'a', value: 1 }] }] }),
      podOf({ containers: [{ ...CONTAINER, ports: [{ containerPort: 'x' }] }] }),
      podOf({ containers: [{ ...CONTAINER, tty: 'x' }] }),
      podOf({ containers: [{ ...CONTAINER, strange: 1, env: [{ name: 'a', odd: 1 }] }] }),
    ].map((body) => post(`${DEPLOYMENTS}?dryRun=All`, body)),
    ignored,
  },
  {
    name: 'what is wrong with the other workloads',
    steps: [
      post(`${APPS}/statefulsets?dryRun=All`, workload('StatefulSet', { selector: null })),
      post(`${APPS}/statefulsets?dryRun=All`, workload('StatefulSet', { selector: {} })),
      post(`${APPS}/daemonsets?dryRun=All`, workload('DaemonSet', { selector: null })),
      post(`${APPS}/daemonsets?dryRun=All`, workload('DaemonSet', { selector: { matchLabels: { a: 'b' } } })),
      post(`${APPS}/replicasets?dryRun=All`, workload('ReplicaSet', { selector: {} })),
      post('/apis/batch/v1/namespaces/{ns}/jobs?dryRun=All', {
        metadata: { name: 'app' },
        spec: { template: { spec: { containers: [CONTAINER] } } },
      }),
      post('/apis/batch/v1/namespaces/{ns}/jobs?dryRun=All', { metadata: { name: 'app' }, spec: {} }),
      post('/apis/batch/v1/namespaces/{ns}/cronjobs?dryRun=All', { metadata: { name: 'app' }, spec: {} }),
    ],
    ignored,
  },
  {
    name: 'the status of a workload is written on its own',
    steps: [
      post('/apis/batch/v1/namespaces/{ns}/cronjobs', {
        metadata: { name: 'app' },
        spec: {
          schedule: '0 0 1 1 *',
          suspend: true,
          jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [CONTAINER] } } } },
        },
      }),
      patch('strategic', '/apis/batch/v1/namespaces/{ns}/cronjobs/app/status', {
        status: { lastScheduleTime: '2020-01-01T00:00:00Z' },
        spec: { schedule: '2 2 2 2 2' },
        metadata: { labels: { l: 'x' }, annotations: { x: 'y' } },
      }),
      get('/apis/batch/v1/namespaces/{ns}/cronjobs/app/status'),
      put('/apis/batch/v1/namespaces/{ns}/cronjobs/app/status', {
        metadata: { name: 'app' },
        spec: {
          schedule: '1 1 1 1 1',
          jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [CONTAINER] } } } },
        },
        status: { lastScheduleTime: '2021-01-01T00:00:00Z' },
      }),
    ],
  },
]

/** The status of a Deployment leaves labels alone too. */
export const STATUS_OF_A_DEPLOYMENT: ContractCase = {
  name: 'the status of a Deployment leaves its labels alone',
  steps: [
    post(DEPLOYMENTS, deployment('app')),
    patch('merge', `${APP}/status?dryRun=All`, {
      status: { replicas: 0 },
      spec: { replicas: 5 },
      metadata: { labels: { l: 'x' }, annotations: { x: 'y' } },
    }),
  ],
  ignored,
}
