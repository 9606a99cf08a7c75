// PATCH: merge, JSON and strategic merge, with preconditions and bad input.
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
} from './contract-case.ts'

const ONE = `${CONFIG_MAPS}/one`
const APP = `${DEPLOYMENTS}/app`

/** Two containers with variables, volumes and mounts, to be patched strategically. */
const RICH = deployment('app', {
  spec: {
    template: {
      metadata: { labels: { app: 'app' } },
      spec: {
        containers: [
          {
            name: 'app',
            image: 'nginx:1',
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
              { name: 'C', value: '3' },
            ],
            ports: [{ containerPort: 80 }, { containerPort: 81, name: 'other' }],
            volumeMounts: [{ name: 'conf', mountPath: '/conf' }],
          },
          { name: 'side', image: 'nginx:2', command: ['a', 'b'] },
        ],
        volumes: [
          { name: 'conf', configMap: { name: 'one', items: [{ key: 'a', path: 'a' }] } },
          { name: 'tmp', emptyDir: {} },
        ],
        imagePullSecrets: [{ name: 'x' }],
        nodeSelector: { a: 'b' },
      },
    },
  },
})

/** Patches of the pod template's spec. */
function template(spec: object) {
  return patch('strategic', APP, { spec: { template: { spec: JSON.parse(JSON.stringify(spec)) } } })
}

const container = (members: object) => template({ containers: [{ name: 'app', ...members }] })

/** The controllers of the control plane write the status at moments of their own. */
const ignored = { keys: ['status', 'resourceVersion'] }

export const PATCH_CASES: readonly ContractCase[] = [
  {
    name: 'a merge patch adds, changes and removes',
    steps: [
      post(CONFIG_MAPS, configMap('one', { data: { a: '1', b: '2' } })),
      patch('merge', ONE, { data: { a: '3', c: '4', b: null }, metadata: { labels: { x: 'y' } } }),
      patch('merge', ONE, { data: null }),
      patch('merge', ONE, { metadata: { labels: null, annotations: { n: 'm' } } }),
      patch('merge', ONE, {}),
      patch('merge', `${CONFIG_MAPS}/gone`, {}),
      patch('merge', ONE, []),
      patch('merge', ONE, '{"a":'),
      patch('merge', ONE, { data: { a: 1 } }),
      patch('merge', ONE, { strange: 1 }),
      patch('merge', `${ONE}?fieldValidation=Strict`, { strange: 1 }),
      patch('merge', `${ONE}?dryRun=All`, { data: { z: '1' } }),
      { method: 'PATCH', path: ONE, body: {}, headers: { 'content-type': 'application/json' } },
      {
        method: 'PATCH',
        path: ONE,
        body: {},
        headers: { 'content-type': 'application/merge-patch+json; charset=utf-8' },
      },
    ],
  },
  {
    name: 'a patch holds for the version and the uid it names',
    steps: [
      post(CONFIG_MAPS, configMap('one')),
      (seen) =>
        patch('merge', ONE, {
          data: { a: '2' },
          metadata: { resourceVersion: from(seen, 0, 'metadata', 'resourceVersion') },
        }),
      (seen) =>
        patch('merge', ONE, {
          data: { a: '3' },
          metadata: { resourceVersion: from(seen, 0, 'metadata', 'resourceVersion') },
        }),
      (seen) =>
        patch('merge', ONE, { data: { a: '3' }, metadata: { uid: from(seen, 0, 'metadata', 'uid') } }),
      patch('merge', ONE, { data: { a: '4' }, metadata: { uid: '11111111-1111-1111-1111-111111111111' } }),
      (seen) =>
        patch('merge', ONE, {
          data: { a: '4' },
          metadata: {
            uid: '11111111-1111-1111-1111-111111111111',
            resourceVersion: from(seen, 0, 'metadata', 'resourceVersion'),
          },
        }),
      patch('merge', ONE, { metadata: { name: 'two' } }),
      patch('merge', ONE, { metadata: { namespace: 'other' } }),
      patch('merge', ONE, { metadata: { creationTimestamp: '2001-01-01T00:00:00Z', generation: 5 } }),
      patch('merge', ONE, { metadata: { deletionTimestamp: '2001-01-01T00:00:00Z' } }),
      patch('merge', ONE, { kind: 'ServiceAccount' }),
      patch('merge', ONE, { apiVersion: 'v2' }),
      patch('merge', ONE, { metadata: { resourceVersion: '' }, data: { a: '5' } }),
      patch('merge', ONE, { metadata: null }),
    ],
  },
  {
    name: 'a JSON patch, operation by operation',
    steps: [
      post(CONFIG_MAPS, configMap('one', { data: { a: '1', b: '2' } })),
      ...[
        [{ op: 'add', path: '/data/c', value: '3' }],
        [{ op: 'replace', path: '/data/c', value: '4' }],
        [{ op: 'replace', path: '/data/missing', value: '5' }],
        [{ op: 'remove', path: '/data/missing' }],
        [{ op: 'remove', path: '/data/missing' }],
        [{ op: 'test', path: '/data/a', value: '1' }],
        [{ op: 'test', path: '/data/a', value: '2' }],
        [{ op: 'test', path: '/data/none', value: null }],
        [{ op: 'test', path: '/none/none', value: null }],
        [
          { op: 'test', path: '/data/a', value: '2' },
          { op: 'add', path: '/data/d', value: '1' },
        ],
        [{ op: 'move', from: '/data/a', path: '/data/moved' }],
        [{ op: 'move', from: '/data/none', path: '/data/moved' }],
        [{ op: 'copy', from: '/data/moved', path: '/data/a' }],
        [{ op: 'copy', from: '/none/none', path: '/data/a' }],
        [{ op: 'add', path: '/none/a', value: '1' }],
        [{ op: 'replace', path: '/none/a', value: '1' }],
        [{ op: 'add', path: '', value: {} }],
        [{ op: 'add', path: '/metadata/annotations', value: { 'x/y~z': '1' } }],
        [{ op: 'test', path: '/metadata/annotations/x~1y~0z', value: '1' }],
        [{ op: 'strange', path: '/data/a' }],
        [{ path: '/data/a' }],
        [{ op: 'add', value: '1' }],
        [{ op: 'add', path: '/data/null', value: null }],
        [{ op: 'test', path: '/metadata/uid', value: 'else' }],
      ].map((operations) => patch('json', ONE, operations)),
      patch('json', ONE, {}),
      patch('json', ONE, '[{'),
      patch('json', ONE, [{ op: 'add', path: '/data/e', value: '1', strange: true }]),
      (seen) =>
        patch('json', ONE, [
          { op: 'test', path: '/metadata/uid', value: from(seen, 0, 'metadata', 'uid') },
          {
            op: 'replace',
            path: '/metadata/resourceVersion',
            value: from(seen, 0, 'metadata', 'resourceVersion'),
          },
          { op: 'add', path: '/data/f', value: '1' },
        ]),
    ],
  },
  {
    name: 'a JSON patch of lists',
    steps: [
      post(DEPLOYMENTS, RICH),
      ...[
        [{ op: 'add', path: '/spec/template/spec/containers/0/env/-', value: { name: 'D', value: '4' } }],
        [{ op: 'add', path: '/spec/template/spec/containers/0/env/1', value: { name: 'E', value: '5' } }],
        [{ op: 'add', path: '/spec/template/spec/containers/0/env/9', value: { name: 'F' } }],
        [{ op: 'add', path: '/spec/template/spec/containers/0/env/-1', value: { name: 'G' } }],
        [{ op: 'remove', path: '/spec/template/spec/containers/0/env/0' }],
        [{ op: 'remove', path: '/spec/template/spec/containers/0/env/9' }],
        [{ op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value: '9' }],
        [{ op: 'replace', path: '/spec/template/spec/containers/0/env/9', value: { name: 'H' } }],
        [{ op: 'add', path: '/spec/template/spec/containers/0/env/x', value: { name: 'H' } }],
        [{ op: 'test', path: '/spec/template/spec/containers/1/name', value: 'side' }],
        [{ op: 'test', path: '/spec/template/spec/containers/9/name', value: 'side' }],
        [{ op: 'add', path: '/spec/template/spec/containers/1/env', value: [{ name: 'N', value: '' }] }],
      ].map((operations) => patch('json', APP, operations)),
    ],
    ignored,
  },
  {
    name: 'a strategic merge patch of a container',
    steps: [
      post(DEPLOYMENTS, RICH),
      container({ env: [{ name: 'B', value: '9' }] }),
      container({ env: [{ name: 'NEW', value: '1' }] }),
      container({
        env: [
          { name: 'C', value: '4' },
          { name: 'LAST', value: '1' },
        ],
      }),
      container({ env: [{ name: 'A', $patch: 'delete' }] }),
      container({ env: [{ name: 'NONE', $patch: 'delete' }] }),
      container({ env: [{ value: 'nameless' }] }),
      container({
        env: [{ name: 'B', value: null, valueFrom: { configMapKeyRef: { name: 'one', key: 'a' } } }],
      }),
      container({ env: [{ $patch: 'replace' }, { name: 'ONLY', value: '1' }] }),
      container({ env: null }),
      container({ env: [{ name: 'FIRST', value: '1' }] }),
      container({ ports: [{ containerPort: 81, name: 'renamed' }, { containerPort: 82 }] }),
      container({ command: ['x'], args: ['y'] }),
      container({ command: null }),
      container({ volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] }),
      container({ volumeMounts: [{ name: 'tmp', mountPath: '/conf' }] }),
      container({ resources: { limits: { cpu: '1' } } }),
      container({ resources: { $patch: 'replace', limits: { memory: '1Gi' } } }),
      container({ resources: { $patch: 'strange' } }),
    ],
    ignored,
  },
  {
    name: 'a strategic merge patch of the pod',
    steps: [
      post(DEPLOYMENTS, RICH),
      template({ containers: [{ name: 'third', image: 'nginx:3' }] }),
      template({ containers: [{ name: 'side', $patch: 'delete' }] }),
      template({ volumes: [{ name: 'tmp', emptyDir: null, secret: { secretName: 's' } }] }),
      template({
        volumes: [{ name: 'tmp', $retainKeys: ['name', 'configMap'], configMap: { name: 'one' } }],
      }),
      template({ volumes: [{ name: 'tmp', $retainKeys: ['name'], configMap: { name: 'one' } }] }),
      template({ volumes: [{ name: 'tmp', $patch: 'delete' }] }),
      template({ volumes: [{ name: 'conf', configMap: { items: [{ key: 'b', path: 'b' }] } }] }),
      template({ imagePullSecrets: [{ name: 'y' }] }),
      template({ nodeSelector: { c: 'd' } }),
      template({ nodeSelector: { $patch: 'replace', e: 'f' } }),
      template({ tolerations: [{ key: 'a', operator: 'Exists' }] }),
      template({ tolerations: [{ key: 'b', operator: 'Exists' }] }),
      template({ strange: true }),
      patch('strategic', APP, { metadata: { finalizers: ['example.com/b', 'example.com/a'] } }),
      patch('strategic', APP, { metadata: { finalizers: ['example.com/c'] } }),
      patch('strategic', APP, { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/a'] } }),
      patch('strategic', APP, {
        metadata: { '$setElementOrder/finalizers': ['example.com/b', 'example.com/c'] },
      }),
      patch('strategic', APP, { metadata: { finalizers: null } }),
      patch('strategic', APP, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }),
      patch('strategic', APP, { spec: { strategy: { type: 'RollingUpdate' } } }),
      patch('strategic', APP, { $patch: 'delete' }),
      patch('strategic', APP, []),
      patch('strategic', APP, { metadata: { uid: '11111111-1111-1111-1111-111111111111' } }),
      patch('strategic', APP, { metadata: { resourceVersion: '1' }, spec: { minReadySeconds: 1 } }),
    ],
    ignored,
  },
  {
    name: 'a strategic merge patch that orders a list',
    steps: [
      post(DEPLOYMENTS, RICH),
      container({
        '$setElementOrder/env': [{ name: 'C' }, { name: 'NEW' }, { name: 'A' }, { name: 'B' }],
        env: [{ name: 'NEW', value: '1' }],
      }),
      container({ '$setElementOrder/env': [{ name: 'A' }, { name: 'C' }] }),
      container({
        '$setElementOrder/env': [{ name: 'B' }, { name: 'A' }],
        env: [{ name: 'B', $patch: 'delete' }],
      }),
      container({
        '$setElementOrder/env': [{ name: 'A' }, { name: 'Z' }],
        env: [
          { name: 'Z', value: '1' },
          { name: 'A', value: '2' },
        ],
      }),
      container({ '$setElementOrder/env': [{ name: 'A' }], env: [{ name: 'Z', value: '1' }] }),
      template({
        '$setElementOrder/containers': [{ name: 'new' }, { name: 'app' }],
        containers: [{ name: 'new', image: 'nginx' }],
      }),
    ],
    ignored,
  },
  {
    name: 'a strategic merge patch of a ConfigMap is a merge patch',
    steps: [
      post(CONFIG_MAPS, configMap('one', { data: { a: '1', b: '2' } })),
      patch('strategic', ONE, { data: { a: null, c: '3' } }),
      patch('strategic', ONE, { data: { $patch: 'replace', z: '1' } }),
      patch('strategic', `${ONE}?dryRun=All`, {
        metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }] },
      }),
      patch('strategic', ONE, { metadata: { ownerReferences: [{ uid: 'u', $patch: 'delete' }] } }),
      get(ONE),
    ],
  },
]
