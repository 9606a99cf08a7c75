// What the server writes into metadata, above all managedFields: who owns what, and when that changed.
import {
  CONFIG_MAPS,
  type ContractCase,
  configMap,
  DEPLOYMENTS,
  deployment,
  get,
  patch,
  post,
  put,
} from './contract-case.ts'

const ONE = `${CONFIG_MAPS}/one`
const APP = `${DEPLOYMENTS}/app`

const by = (manager: string, path = ONE) => `${path}?fieldManager=${manager}`
const ignored = { keys: ['status', 'resourceVersion'] }

function variables(...env: readonly { name: string; value: string }[]) {
  return { spec: { template: { spec: { containers: [{ name: 'app', env }] } } } }
}

export const METADATA_CASES: readonly ContractCase[] = [
  {
    name: 'the time of a manager moves when it adds or changes a field, and at nothing else',
    timed: true,
    steps: [
      post(by('first', CONFIG_MAPS), configMap('one', { data: { a: '1', b: '2' } })),
      patch('merge', by('first'), { data: { a: '1' } }),
      patch('merge', by('first'), { data: { b: null } }),
      patch('merge', by('first'), { metadata: { labels: { x: 'y' } } }),
      patch('merge', by('second'), { metadata: { annotations: { n: 'm' } } }),
      patch('merge', by('second'), { data: { a: '1' } }),
      patch('merge', by('second'), { data: { a: '2' } }),
      patch('merge', by('first'), { data: { a: null } }),
      patch('merge', by('third'), { metadata: { labels: { x: null } } }),
      put(by('first'), configMap('one', { data: { z: '1' } })),
      put(by('first'), configMap('one', { data: { z: '1' } })),
      get(ONE),
    ],
  },
  {
    name: 'a manager is who says so, else the first part of the User-Agent',
    steps: [
      post(CONFIG_MAPS, configMap('one')),
      {
        ...patch('merge', ONE, { data: { b: '1' } }),
        headers: { 'user-agent': 'kubectl/v1.2 (linux)', 'content-type': 'application/merge-patch+json' },
      },
      {
        ...patch('merge', ONE, { data: { c: '1' } }),
        headers: { 'user-agent': 'plain', 'content-type': 'application/merge-patch+json' },
      },
      patch('merge', by(''), { data: { d: '1' } }),
      patch('merge', by('x'.repeat(129)), { data: { e: '1' } }),
      patch('merge', by('a%0Ab'), { data: { f: '1' } }),
    ],
  },
  {
    name: 'managedFields that a client sends',
    steps: [
      post(CONFIG_MAPS, configMap('one', { metadata: { managedFields: [] } })),
      patch('merge', ONE, { data: { b: '1' }, metadata: { managedFields: [] } }),
      patch('merge', ONE, { data: { c: '1' } }),
      put(ONE, configMap('one', { metadata: { managedFields: [{}] } })),
      post(
        CONFIG_MAPS,
        configMap('two', {
          metadata: {
            managedFields: [
              {
                manager: 'x',
                operation: 'Update',
                apiVersion: 'v1',
                fieldsType: 'FieldsV1',
                fieldsV1: { 'f:data': { 'f:a': {} } },
              },
            ],
          },
        }),
      ),
      patch('merge', `${CONFIG_MAPS}/two`, {
        metadata: { managedFields: [{ manager: 'x', operation: 'Strange' }] },
      }),
      patch('merge', `${CONFIG_MAPS}/two`, { metadata: { managedFields: null } }),
    ],
  },
  {
    name: 'where nobody owns anything any more, nobody will',
    steps: [
      post(CONFIG_MAPS, configMap('one')),
      patch('merge', ONE, { data: { a: null } }),
      patch('merge', ONE, { data: { a: '1' } }),
      patch('merge', ONE, { data: { b: '1' } }),
    ],
  },
  {
    name: 'more than ten managers are merged',
    timed: true,
    steps: [
      post(by('manager-0', CONFIG_MAPS), configMap('one')),
      ...Array.from({ length: 12 }, (_, i) =>
        patch('merge', by(`manager-${i + 1}`), { data: { [`k${i}`]: '1' } }),
      ),
    ],
  },
  {
    name: 'fields of a Deployment and their owners',
    timed: true,
    steps: [
      post(by('first', DEPLOYMENTS), deployment('app')),
      patch('strategic', by('second', APP), variables({ name: 'A', value: '1' })),
      patch('strategic', by('third', APP), variables({ name: 'A', value: '2' }, { name: 'B', value: '1' })),
      patch('strategic', by('second', APP), {
        spec: { replicas: 1, template: { metadata: { annotations: { a: 'b' } } } },
      }),
      patch('strategic', by('third', APP), {
        spec: {
          template: { spec: { containers: [{ name: 'app', env: [{ name: 'A', $patch: 'delete' }] }] } },
        },
      }),
      patch('merge', by('fourth', APP), {
        spec: { template: { spec: { containers: [{ name: 'other', image: 'x' }] } } },
      }),
      patch('strategic', by('fifth', APP), {
        spec: {
          template: {
            spec: {
              volumes: [{ name: 'v', secret: { secretName: 's', items: [{ key: 'k', path: 'p' }] } }],
              containers: [
                {
                  name: 'other',
                  volumeMounts: [{ name: 'v', mountPath: '/v' }],
                  ports: [{ containerPort: 80 }],
                  livenessProbe: { httpGet: { port: 80 } },
                  resources: { limits: { cpu: '1' } },
                  envFrom: [{ configMapRef: { name: 'c' } }],
                  env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
                  securityContext: { capabilities: { add: ['NET_ADMIN'] } },
                },
              ],
              tolerations: [{ key: 'a', operator: 'Exists' }],
              nodeSelector: { a: 'b' },
              imagePullSecrets: [{ name: 'x' }],
              affinity: {
                nodeAffinity: {
                  requiredDuringSchedulingIgnoredDuringExecution: {
                    nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
                  },
                },
              },
              topologySpreadConstraints: [
                { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} },
              ],
            },
          },
        },
      }),
      patch('merge', by('sixth', APP), {
        metadata: { finalizers: ['example.com/a'], ownerReferences: null },
      }),
      patch('merge', by('sixth', APP), { metadata: { finalizers: null } }),
    ],
    ignored,
  },
  {
    name: 'generateName makes a name',
    steps: [
      post(CONFIG_MAPS, { metadata: { generateName: 'made-' } }),
      post(CONFIG_MAPS, { metadata: { generateName: 'Made-' } }),
      post(CONFIG_MAPS, { metadata: { generateName: '' } }),
    ],
    ignored: { keys: ['name', 'message', 'causes'] },
  },
]
