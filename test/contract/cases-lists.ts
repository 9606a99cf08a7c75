// LIST: pages, versions, selectors, forms.
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
} from './contract-case.ts'
import type { Exchange } from './exchange.ts'

const METADATA_LIST = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' }
const METADATA = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }
/** The control plane adds a ConfigMap of its own to every namespace. */
const OURS = 'labelSelector=ours'

function labelled(name: string, labels: { readonly [key: string]: string } = {}) {
  return configMap(name, { metadata: { labels: { ours: '', ...labels } } })
}

function asMetadata(exchange: Exchange): Exchange {
  return { ...exchange, headers: { ...exchange.headers, ...METADATA } }
}

const THREE = [
  post(CONFIG_MAPS, labelled('c')),
  post(CONFIG_MAPS, labelled('a')),
  post(CONFIG_MAPS, labelled('b')),
]

export const LIST_CASES: readonly ContractCase[] = [
  {
    name: 'a list is sorted by name, whole or as metadata',
    steps: [
      ...THREE,
      get(`${CONFIG_MAPS}?${OURS}`),
      get(`${CONFIG_MAPS}?${OURS}`, METADATA_LIST),
      get(`${CONFIG_MAPS}/a`, METADATA),
      get(`${CONFIG_MAPS}/a`, { accept: 'text/html' }),
      get(`${CONFIG_MAPS}?${OURS}`, { accept: `${METADATA_LIST.accept},application/json` }),
      get(`${CONFIG_MAPS}/a`, { accept: 'application/json;as=Strange;g=meta.k8s.io;v=v1' }),
    ],
  },
  {
    name: 'a write is answered in the form that it asks for',
    steps: [
      asMetadata(post(CONFIG_MAPS, labelled('a'))),
      asMetadata(put(`${CONFIG_MAPS}/a`, configMap('a', { data: { key: 'value' } }))),
      asMetadata(patch('merge', `${CONFIG_MAPS}/a`, { data: { key: 'other' } })),
      asMetadata(put(`${CONFIG_MAPS}/a`, labelled('b'))),
      get(`${CONFIG_MAPS}/a`),
    ],
  },
  {
    name: 'a list comes in pages as of its first one',
    steps: [
      ...THREE,
      get(`${CONFIG_MAPS}?${OURS}&limit=2`),
      remove(`${CONFIG_MAPS}/c`),
      post(CONFIG_MAPS, labelled('d')),
      (seen) => get(`${CONFIG_MAPS}?${OURS}&limit=2&continue=${from(seen, 3, 'metadata', 'continue')}`),
      (seen) =>
        get(
          `${CONFIG_MAPS}?${OURS}&limit=2&resourceVersion=0&continue=${from(seen, 3, 'metadata', 'continue')}`,
        ),
      (seen) =>
        get(
          `${CONFIG_MAPS}?${OURS}&limit=2&resourceVersion=1&continue=${from(seen, 3, 'metadata', 'continue')}`,
        ),
      get(`${CONFIG_MAPS}?${OURS}&limit=2&continue=nonsense`),
      get(`${CONFIG_MAPS}?${OURS}&limit=2&resourceVersion=0`),
      get(`${CONFIG_MAPS}?${OURS}&limit=-1`),
      get(`${CONFIG_MAPS}?${OURS}&limit=x`),
    ],
  },
  {
    name: 'what is left of a list is counted where nothing is filtered out',
    steps: [
      ...THREE,
      get('/api/v1/namespaces/{ns}/leases?limit=1'),
      post('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases', { metadata: { name: 'a' } }),
      post('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases', { metadata: { name: 'b' } }),
      get('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases?limit=1'),
    ],
    ignored: { keys: ['uid'] },
  },
  {
    name: 'resourceVersion and resourceVersionMatch of a list',
    steps: [
      ...THREE,
      patch('merge', `${CONFIG_MAPS}/a`, { data: { a: '2' } }),
      (seen) =>
        get(
          `${CONFIG_MAPS}?${OURS}&resourceVersionMatch=Exact&resourceVersion=${from(seen, 1, 'metadata', 'resourceVersion')}`,
        ),
      (seen) =>
        get(
          `${CONFIG_MAPS}?${OURS}&resourceVersionMatch=NotOlderThan&resourceVersion=${from(seen, 1, 'metadata', 'resourceVersion')}`,
        ),
      (seen) =>
        get(`${CONFIG_MAPS}?${OURS}&limit=9&resourceVersion=${from(seen, 1, 'metadata', 'resourceVersion')}`),
      (seen) => get(`${CONFIG_MAPS}?${OURS}&resourceVersion=${from(seen, 1, 'metadata', 'resourceVersion')}`),
      get(`${CONFIG_MAPS}?${OURS}&resourceVersion=0`),
      get(`${CONFIG_MAPS}?${OURS}&resourceVersion=999999999`),
      get(`${CONFIG_MAPS}?${OURS}&resourceVersion=x`),
      get(`${CONFIG_MAPS}?resourceVersionMatch=Exact`),
      get(`${CONFIG_MAPS}?resourceVersionMatch=Else&resourceVersion=1`),
      get(`${CONFIG_MAPS}?resourceVersionMatch=Exact&resourceVersion=0`),
      get(`${CONFIG_MAPS}?sendInitialEvents=true`),
      get(`${CONFIG_MAPS}?resourceVersionMatch=Exact&resourceVersion=1&continue=x`),
      get(`${CONFIG_MAPS}/a?resourceVersion=0`),
      get(`${CONFIG_MAPS}/a?resourceVersion=x`),
      get(`${CONFIG_MAPS}/a?resourceVersion=999999999`),
    ],
  },
  {
    name: 'label selectors',
    steps: [
      post(CONFIG_MAPS, labelled('a', { x: '1', y: '1' })),
      post(CONFIG_MAPS, labelled('b', { x: '2' })),
      post(CONFIG_MAPS, labelled('c', { y: '2' })),
      ...[
        'ours,x=1',
        'ours,x==2',
        'ours,x!=1',
        'ours,x in (1,2)',
        'ours,x notin (1)',
        'ours,x',
        'ours,!x',
        'ours, x in ( 1 , 2 ),!y',
        'ours=',
        'x=1,y in (1)',
        'a b',
        'x=a b',
        'x in 1',
        'x in ()',
        'x,,y',
        'x=1,',
        '!',
        'x>1',
        'a/b/c=1',
        `x=${'1'.repeat(64)}`,
      ].map((each) => get(`${CONFIG_MAPS}?labelSelector=${encodeURIComponent(each)}`)),
    ],
  },
  {
    name: 'field selectors',
    steps: [
      ...THREE,
      ...[
        'metadata.name=a',
        'metadata.name==a',
        'metadata.name!=a',
        'metadata.name=a,metadata.namespace={ns}',
        'metadata.namespace=other',
        'data.a=1',
        'metadata.name',
        '',
      ].map((each) =>
        get(`${CONFIG_MAPS}?${OURS}&fieldSelector=${encodeURIComponent(each).replace('%7Bns%7D', '{ns}')}`),
      ),
    ],
  },
  {
    name: 'a collection is deleted by its selector',
    steps: [
      post(CONFIG_MAPS, labelled('a', { x: '1' })),
      post(CONFIG_MAPS, labelled('b')),
      remove(`${CONFIG_MAPS}?labelSelector=x`),
      get(`${CONFIG_MAPS}?${OURS}`),
    ],
  },
  {
    name: 'paths that are not served',
    steps: [
      get('/api/v1/namespaces/{ns}/strange'),
      get('/api/v2/namespaces/{ns}/configmaps'),
      get('/apis/strange.example.com/v1/things'),
      get('/strange'),
      get(`${CONFIG_MAPS}/a/strange`),
      get(`${CONFIG_MAPS}/a/status`),
      { method: 'PUT', path: CONFIG_MAPS, body: {} },
      { method: 'POST', path: `${CONFIG_MAPS}/a`, body: {} },
      { method: 'PATCH', path: CONFIG_MAPS, body: {} },
      post('/api/v1/configmaps', configMap('a')),
      get('/api/v1/configmaps/a'),
    ],
  },
]
