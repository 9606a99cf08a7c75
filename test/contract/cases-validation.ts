// Workloads that the server refuses, and its words for it.
import { type ContractCase, DEPLOYMENTS, post } from './contract-case.ts'
import type { Json } from './exchange.ts'
import { CONTAINER, podOf, workload } from './pod-templates.ts'

const APPS = '/apis/apps/v1/namespaces/{ns}'

const rolling = (maxUnavailable: Json, maxSurge: Json) =>
  workload('Deployment', { strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge } } })
const limits = (limits: Json) => podOf({ containers: [{ ...CONTAINER, resources: { limits } }] })
const ports = (ports: Json) => podOf({ containers: [{ ...CONTAINER, ports }] })

export const VALIDATION_CASES: readonly ContractCase[] = [
  {
    name: 'strategies, quantities and ports',
    ignored: { keys: ['uid', 'status'] },
    steps: [
      rolling(0, 0),
      rolling('0%', 0),
      rolling('101%', 1),
      rolling('x', 1),
      rolling(1, 'y%'),
      rolling(-1, 1),
      workload('Deployment', { strategy: { type: 'Recreate', rollingUpdate: {} } }),
      limits({ cpu: 'x' }),
      limits({ cpu: '1x' }),
      limits({ cpu: '1.5', memory: '1024Ki', 'example.com/a': '1e3', 'example.com/b': 2000 }),
      ports([
        { containerPort: 0, name: 'A' },
        { containerPort: 70000, name: '-1-', protocol: 'X' },
      ]),
      ports([
        { containerPort: 80, name: 'a' },
        { containerPort: 81, name: 'a' },
      ]),
    ].map((body) => post(`${DEPLOYMENTS}?dryRun=All`, body)),
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
      ...[
        { schedule: '* * * *' },
        { schedule: '61 * * * *' },
        { schedule: '@hourly', timeZone: 'Europe/Nowhere' },
        { schedule: '@hourly', concurrencyPolicy: 'Maybe' },
        { schedule: '@hourly', failedJobsHistoryLimit: -1, startingDeadlineSeconds: -1 },
      ].map((spec) =>
        post('/apis/batch/v1/namespaces/{ns}/cronjobs?dryRun=All', {
          metadata: { name: 'app' },
          spec: {
            ...spec,
            jobTemplate: {
              spec: { template: { spec: { restartPolicy: 'Never', containers: [CONTAINER] } } },
            },
          },
        }),
      ),
      post('/apis/batch/v1/namespaces/{ns}/cronjobs?dryRun=All', { metadata: { name: 'app' }, spec: {} }),
    ],
  },
]
