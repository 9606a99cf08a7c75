// WATCH: from where, what, in which form, and what is refused. Every watch ends by its own timeout.

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
import type { Answer } from './exchange.ts'

const OURS = 'labelSelector=ours&timeoutSeconds=1'
const METADATA = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }

function labelled(name: string, labels: { readonly [key: string]: string } = {}) {
  return configMap(name, { metadata: { labels: { ours: '', ...labels } } })
}

function version(seen: readonly Answer[], at: number): string {
  return from(seen, at, 'metadata', 'resourceVersion')
}

export const WATCH_CASES: readonly ContractCase[] = [
  {
    name: 'a watch from a version shows what came after it',
    steps: [
      post(CONFIG_MAPS, labelled('a')),
      post(CONFIG_MAPS, labelled('b')),
      patch('merge', `${CONFIG_MAPS}/a`, { data: { a: '2' } }),
      remove(`${CONFIG_MAPS}/b`),
      (seen) => get(`${CONFIG_MAPS}?watch=1&${OURS}&resourceVersion=${version(seen, 0)}`),
      (seen) => get(`${CONFIG_MAPS}?watch=true&${OURS}&resourceVersion=${version(seen, 0)}`, METADATA),
      (seen) => get(`${CONFIG_MAPS}?watch=1&${OURS}&resourceVersion=${version(seen, 2)}`),
    ],
  },
  {
    name: 'objects enter and leave a selector',
    steps: [
      post(CONFIG_MAPS, labelled('a')),
      patch('merge', `${CONFIG_MAPS}/a`, { metadata: { labels: { x: '1' } } }),
      patch('merge', `${CONFIG_MAPS}/a`, { data: { a: '2' } }),
      patch('merge', `${CONFIG_MAPS}/a`, { metadata: { labels: { x: '2' } } }),
      patch('merge', `${CONFIG_MAPS}/a`, { metadata: { labels: { x: '1' } }, data: { a: '3' } }),
      remove(`${CONFIG_MAPS}/a`),
      (seen) =>
        get(
          `${CONFIG_MAPS}?watch=1&labelSelector=x%3D1&timeoutSeconds=1&resourceVersion=${version(seen, 0)}`,
        ),
    ],
  },
  {
    name: 'a watch without a version, and with 0, begins with what is there',
    steps: [
      post(CONFIG_MAPS, labelled('b')),
      post(CONFIG_MAPS, labelled('a')),
      get(`${CONFIG_MAPS}?watch=1&${OURS}`),
      get(`${CONFIG_MAPS}?watch=1&${OURS}&resourceVersion=0`),
      get(`${CONFIG_MAPS}?watch=1&${OURS}&fieldSelector=metadata.name%3Da`),
    ],
  },
  {
    name: 'sendInitialEvents ends what is there with a bookmark',
    steps: [
      post(CONFIG_MAPS, labelled('a')),
      ...[
        '',
        '&resourceVersion=0',
        '&allowWatchBookmarks=true',
        '&allowWatchBookmarks=true&resourceVersion=0',
      ].map((each) =>
        get(`${CONFIG_MAPS}?watch=1&${OURS}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan${each}`),
      ),
      (seen) =>
        get(
          `${CONFIG_MAPS}?watch=1&${OURS}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion=${version(seen, 0)}`,
        ),
      get(
        `${CONFIG_MAPS}?watch=1&${OURS}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
        METADATA,
      ),
      get(
        `/apis/apps/v1/namespaces/{ns}/deployments?watch=1&${OURS}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      ),
      ...[
        'apps/v1/namespaces/{ns}/statefulsets',
        'apps/v1/namespaces/{ns}/daemonsets',
        'batch/v1/namespaces/{ns}/cronjobs',
        'batch/v1/namespaces/{ns}/jobs',
        'coordination.k8s.io/v1/namespaces/{ns}/leases',
      ].map((each) =>
        get(
          `/apis/${each}?watch=1&${OURS}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
        ),
      ),
      get(
        `/api/v1/namespaces/{ns}/secrets?watch=1&${OURS}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      ),
      get(`${CONFIG_MAPS}?watch=1&${OURS}&sendInitialEvents=false&resourceVersionMatch=NotOlderThan`),
    ],
  },
  {
    name: 'options of a watch that contradict each other',
    steps: [
      get(`${CONFIG_MAPS}?watch=1&${OURS}&sendInitialEvents=true`),
      get(`${CONFIG_MAPS}?watch=1&${OURS}&sendInitialEvents=true&resourceVersionMatch=Exact`),
      get(`${CONFIG_MAPS}?watch=1&${OURS}&resourceVersionMatch=NotOlderThan`),
      get(`${CONFIG_MAPS}?watch=1&${OURS}&resourceVersionMatch=Exact&resourceVersion=1`),
      get(`${CONFIG_MAPS}?watch=1&${OURS}&resourceVersion=x`),
      get(`${CONFIG_MAPS}?watch=1&${OURS}&labelSelector=${encodeURIComponent('a b')}`),
      get(`${CONFIG_MAPS}?watch=1&timeoutSeconds=1&fieldSelector=data.a%3D1`),
    ],
  },
  {
    name: 'a watch from a version that is gone, or is yet to come',
    steps: [
      post(CONFIG_MAPS, labelled('a')),
      get(`${CONFIG_MAPS}?watch=1&${OURS}&resourceVersion=1`),
      get(`${CONFIG_MAPS}?watch=1&${OURS}&resourceVersion=999999999`),
      get(
        `${CONFIG_MAPS}?watch=1&${OURS}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=999999999`,
      ),
    ],
  },
  {
    name: 'a write that changes nothing is no event',
    steps: [
      post(CONFIG_MAPS, labelled('a')),
      patch('merge', `${CONFIG_MAPS}/a`, { data: { a: '1' } }),
      put(`${CONFIG_MAPS}/a`, labelled('a')),
      (seen) => get(`${CONFIG_MAPS}?watch=1&${OURS}&resourceVersion=${version(seen, 0)}`),
    ],
  },
]
