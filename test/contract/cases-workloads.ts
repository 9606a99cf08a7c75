// Workloads: defaults, generation, immutable fields, status, validation.
import { type ContractCase, DEPLOYMENTS, deployment, get, patch, post, put } from './contract-case.ts'
import { CONTAINER, podOf, workload } from './pod-templates.ts'

const APPS = '/apis/apps/v1/namespaces/{ns}'
const APP = `${DEPLOYMENTS}/app`

/** The controllers of the control plane write the status at moments of their own. */
const ignored = { keys: ['status', 'resourceVersion'] }

/** A Deployment in whose pod template as much as possible is given, and as much as possible left out. */
export const EVERYTHING = podOf({
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
