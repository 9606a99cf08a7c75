// Create, read, update and delete of single objects.
import {
  CONFIG_MAPS,
  type ContractCase,
  configMap,
  from,
  get,
  patch,
  post,
  put,
  remove,
  SECRETS,
} from './contract-case.ts'

const TWICE =
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one","labels":{"a":"1","a":"2"}},"data":{"x":"1","x":"2"}}'

export const OBJECT_CASES: readonly ContractCase[] = [
  {
    name: 'a ConfigMap is created, read, replaced and deleted',
    steps: [
      post(CONFIG_MAPS, configMap('one', { metadata: { labels: { x: 'y' }, annotations: { n: 'm' } } })),
      get(`${CONFIG_MAPS}/one`),
      put(`${CONFIG_MAPS}/one`, configMap('one', { data: { a: '2', b: '' } })),
      put(`${CONFIG_MAPS}/one`, configMap('one', { data: { a: '2', b: '' } })),
      remove(`${CONFIG_MAPS}/one`),
      get(`${CONFIG_MAPS}/one`),
      remove(`${CONFIG_MAPS}/one`),
      put(`${CONFIG_MAPS}/one`, configMap('one')),
    ],
  },
  {
    name: 'a name that is taken, generated or missing',
    steps: [
      post(CONFIG_MAPS, configMap('one')),
      post(CONFIG_MAPS, configMap('one')),
      post(CONFIG_MAPS, { metadata: {} }),
      post(CONFIG_MAPS, { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'Not_Legal' } }),
      post(CONFIG_MAPS, { metadata: { name: 'short' } }),
    ],
  },
  {
    name: 'a body that does not fit the place it is sent to',
    steps: [
      post(CONFIG_MAPS, configMap('one', { metadata: { namespace: 'other' } })),
      post('/api/v1/namespaces/no-such-namespace/configmaps', configMap('one')),
      post(CONFIG_MAPS, configMap('one', { kind: 'Secret', data: {} })),
      post(CONFIG_MAPS, configMap('one', { kind: 'Strange' })),
      post(CONFIG_MAPS, configMap('one', { apiVersion: 'v2' })),
      post(CONFIG_MAPS, configMap('one', { apiVersion: 'apps/v1' })),
      post(CONFIG_MAPS, configMap('one')),
      put(`${CONFIG_MAPS}/one`, configMap('two')),
      put(`${CONFIG_MAPS}/one`, configMap('one', { metadata: { namespace: 'other' } })),
      put(`${CONFIG_MAPS}/one`, { kind: 'ConfigMap', apiVersion: 'v1' }),
      put(`${CONFIG_MAPS}/gone`, configMap('gone')),
    ],
  },
  {
    name: 'a body that is no object',
    steps: [
      post(CONFIG_MAPS, '{"kind": "ConfigMap", '),
      post(CONFIG_MAPS, ''),
      post(CONFIG_MAPS, []),
      post(CONFIG_MAPS, 'null'),
      post(CONFIG_MAPS, configMap('one', { data: { a: 1 } })),
      post(CONFIG_MAPS, configMap('one', { data: [] })),
      post(CONFIG_MAPS, configMap('one', { metadata: { labels: { a: 1 } } })),
      post(CONFIG_MAPS, configMap('one', { immutable: 'yes' })),
      { ...post(CONFIG_MAPS, configMap('one')), headers: { 'content-type': 'text/plain' } },
    ],
  },
  {
    name: 'unknown fields are dropped with a warning, or refused when strict',
    steps: [
      post(CONFIG_MAPS, configMap('one', { strange: 1, metadata: { odd: 2 } })),
      post(`${CONFIG_MAPS}?fieldValidation=Strict`, configMap('two', { strange: 1, metadata: { odd: 2 } })),
      post(`${CONFIG_MAPS}?fieldValidation=Ignore`, configMap('three', { strange: 1 })),
      post(`${CONFIG_MAPS}?fieldValidation=Else`, configMap('four')),
    ],
  },
  {
    name: 'optimistic concurrency, uid and immutable metadata on PUT',
    steps: [
      post(CONFIG_MAPS, configMap('one')),
      (seen) =>
        put(
          `${CONFIG_MAPS}/one`,
          configMap('one', {
            data: { a: '2' },
            metadata: { resourceVersion: from(seen, 0, 'metadata', 'resourceVersion') },
          }),
        ),
      (seen) =>
        put(
          `${CONFIG_MAPS}/one`,
          configMap('one', {
            data: { a: '3' },
            metadata: { resourceVersion: from(seen, 0, 'metadata', 'resourceVersion') },
          }),
        ),
      put(
        `${CONFIG_MAPS}/one`,
        configMap('one', { metadata: { uid: '11111111-1111-1111-1111-111111111111' } }),
      ),
      put(
        `${CONFIG_MAPS}/one`,
        configMap('one', { metadata: { creationTimestamp: '2001-01-01T00:00:00Z' } }),
      ),
      put(`${CONFIG_MAPS}/one`, configMap('one', { metadata: { generation: 7 } })),
      put(`${CONFIG_MAPS}/one`, configMap('one', { metadata: { resourceVersion: 'abc' } })),
      post(CONFIG_MAPS, configMap('two', { metadata: { resourceVersion: '12' } })),
      post(CONFIG_MAPS, configMap('three', { metadata: { uid: '11111111-1111-1111-1111-111111111111' } })),
    ],
  },
  {
    name: 'preconditions and options of DELETE',
    steps: [
      post(CONFIG_MAPS, configMap('one')),
      remove(`${CONFIG_MAPS}/one`, { preconditions: { uid: '11111111-1111-1111-1111-111111111111' } }),
      remove(`${CONFIG_MAPS}/one`, { preconditions: { resourceVersion: '1' } }),
      remove(`${CONFIG_MAPS}/one?dryRun=All`),
      get(`${CONFIG_MAPS}/one`),
      (seen) => remove(`${CONFIG_MAPS}/one`, { preconditions: { uid: from(seen, 0, 'metadata', 'uid') } }),
      post(CONFIG_MAPS, configMap('held', { metadata: { finalizers: ['example.com/held'] } })),
      remove(`${CONFIG_MAPS}/held`),
      remove(`${CONFIG_MAPS}/held`),
      put(`${CONFIG_MAPS}/held`, configMap('held')),
      get(`${CONFIG_MAPS}/held`),
    ],
  },
  {
    name: 'options of DELETE come from the body, else from the query',
    steps: [
      post(CONFIG_MAPS, configMap('one')),
      remove(`${CONFIG_MAPS}/one`, { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] }),
      remove(`${CONFIG_MAPS}/one`, { dryRun: ['Some'] }),
      remove(`${CONFIG_MAPS}/one`, { propagationPolicy: 'Sideways' }),
      remove(`${CONFIG_MAPS}/one`, { propagationPolicy: 'Orphan', orphanDependents: true }),
      remove(`${CONFIG_MAPS}/one?propagationPolicy=Sideways`),
      remove(`${CONFIG_MAPS}/one?propagationPolicy=Orphan&dryRun=All`),
      remove(`${CONFIG_MAPS}?fieldSelector=metadata.name%3Done`, { dryRun: ['All'] }),
      get(`${CONFIG_MAPS}/one`),
      remove(`${CONFIG_MAPS}/one?propagationPolicy=Background`),
      get(`${CONFIG_MAPS}/one`),
    ],
  },
  {
    name: 'fields that stand twice',
    steps: [
      post(`${CONFIG_MAPS}?fieldValidation=Strict`, TWICE),
      post(CONFIG_MAPS, TWICE),
      put(`${CONFIG_MAPS}/one?fieldValidation=Strict`, TWICE),
      put(`${CONFIG_MAPS}/one?fieldValidation=Ignore`, TWICE),
      ...(['merge', 'strategic'] as const).flatMap((type) => [
        patch(type, `${CONFIG_MAPS}/one?fieldValidation=Strict`, TWICE),
        patch(type, `${CONFIG_MAPS}/one`, TWICE),
      ]),
      patch('json', `${CONFIG_MAPS}/one`, '[{"op":"add","op":"test","path":"/data/x","value":"2"}]'),
      patch(
        'json',
        `${CONFIG_MAPS}/one?fieldValidation=Strict`,
        '[{"op":"add","op":"test","path":"/data/x","value":"2"}]',
      ),
    ],
  },
  {
    name: 'dry runs change nothing',
    steps: [
      post(`${CONFIG_MAPS}?dryRun=All`, configMap('one')),
      get(`${CONFIG_MAPS}/one`),
      post(CONFIG_MAPS, configMap('one')),
      post(`${CONFIG_MAPS}?dryRun=All`, configMap('one')),
      put(`${CONFIG_MAPS}/one?dryRun=All`, configMap('one', { data: { b: '2' } })),
      get(`${CONFIG_MAPS}/one`),
      post(`${CONFIG_MAPS}?dryRun=Some`, configMap('two')),
    ],
  },
  {
    name: 'Secrets: base64, stringData, types and keys',
    steps: [
      post(SECRETS, { metadata: { name: 'one' }, data: { a: 'MQ==' }, stringData: { b: '2' } }),
      post(SECRETS, { metadata: { name: 'two' }, data: { a: 'no base64!' } }),
      post(SECRETS, { metadata: { name: 'two' }, data: { a: 'MQ' } }),
      post(SECRETS, { metadata: { name: 'two' }, data: { 'bad/key': 'MQ==' } }),
      post(SECRETS, { metadata: { name: 'tls' }, type: 'kubernetes.io/tls', data: { a: 'MQ==' } }),
      put(`${SECRETS}/one`, { metadata: { name: 'one' }, type: 'other', data: { a: 'MQ==' } }),
      post(SECRETS, { metadata: { name: 'fixed' }, immutable: true, data: { a: 'MQ==' } }),
      put(`${SECRETS}/fixed`, { metadata: { name: 'fixed' }, immutable: true, data: { a: 'Mg==' } }),
      put(`${SECRETS}/fixed`, { metadata: { name: 'fixed' }, data: { a: 'MQ==' } }),
    ],
  },
  {
    name: 'ConfigMaps: keys, binaryData and immutability',
    steps: [
      post(CONFIG_MAPS, configMap('one', { data: { 'bad/key': 'x' } })),
      post(CONFIG_MAPS, configMap('one', { data: { '..': 'x' } })),
      post(CONFIG_MAPS, configMap('one', { data: { a: 'x' }, binaryData: { a: 'MQ==' } })),
      post(CONFIG_MAPS, configMap('one', { data: { z: 'x', a: '' }, binaryData: { b: 'MQ==' } })),
      post(CONFIG_MAPS, configMap('fixed', { immutable: true })),
      put(`${CONFIG_MAPS}/fixed`, configMap('fixed', { immutable: true, data: { a: '2' } })),
      put(`${CONFIG_MAPS}/fixed`, configMap('fixed', { immutable: false })),
      post(CONFIG_MAPS, configMap('large', { data: { a: 'x'.repeat(1024 * 1024 + 1) } })),
    ],
  },
  {
    name: 'labels, annotations and finalizers have a syntax',
    steps: [
      post(CONFIG_MAPS, configMap('one', { metadata: { labels: { 'a b': 'x' } } })),
      post(CONFIG_MAPS, configMap('one', { metadata: { labels: { a: 'x y' } } })),
      post(CONFIG_MAPS, configMap('one', { metadata: { labels: { a: 'x'.repeat(64) } } })),
      post(CONFIG_MAPS, configMap('one', { metadata: { annotations: { 'a/b/c': 'x' } } })),
      post(CONFIG_MAPS, configMap('one', { metadata: { finalizers: ['nope'] } })),
      post(CONFIG_MAPS, configMap('one', { metadata: { annotations: { big: 'x'.repeat(256 * 1024) } } })),
      post(CONFIG_MAPS, configMap('x'.repeat(254))),
    ],
  },
]
