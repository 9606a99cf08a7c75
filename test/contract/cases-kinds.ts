// The other kinds: Leases, Events, namespaces, ServiceAccounts, roles.
import { type ContractCase, from, get, patch, post, put, remove } from './contract-case.ts'
import type { Json } from './exchange.ts'

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases'
const EVENTS = '/api/v1/namespaces/{ns}/events'
const RBAC = '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}'

function event(name: string, members: { readonly [key: string]: Json } = {}): Json {
  return {
    metadata: { name, namespace: '{ns}' },
    involvedObject: { kind: 'Deployment', apiVersion: 'apps/v1', name: 'app', namespace: '{ns}' },
    reason: 'Reloaded',
    message: 'text',
    type: 'Normal',
    source: { component: 'reloader' },
    firstTimestamp: '2020-01-01T00:00:00Z',
    lastTimestamp: '2020-01-01T00:00:00Z',
    count: 1,
    ...members,
  }
}

export const KIND_CASES: readonly ContractCase[] = [
  {
    name: 'a Lease is taken, renewed and lost',
    steps: [
      post(LEASES, {
        metadata: { name: 'l' },
        spec: {
          holderIdentity: 'a',
          leaseDurationSeconds: 15,
          acquireTime: '2020-01-01T00:00:00.000000Z',
          renewTime: '2020-01-01T02:00:00.123456+02:00',
          leaseTransitions: 0,
        },
      }),
      put(`${LEASES}/l`, { metadata: { name: 'l' }, spec: { holderIdentity: 'b' } }),
      (seen) =>
        put(`${LEASES}/l`, {
          metadata: { name: 'l', resourceVersion: from(seen, 0, 'metadata', 'resourceVersion') },
          spec: { holderIdentity: 'b', leaseDurationSeconds: 15, renewTime: '2020-01-01T00:00:01.000000Z' },
        }),
      (seen) =>
        put(`${LEASES}/l`, {
          metadata: { name: 'l', resourceVersion: from(seen, 0, 'metadata', 'resourceVersion') },
          spec: { holderIdentity: 'c' },
        }),
      put(`${LEASES}/made`, { metadata: { name: 'made' }, spec: { holderIdentity: '' } }),
      patch('merge', `${LEASES}/l`, { spec: { holderIdentity: null } }),
      post(LEASES, { metadata: { name: 'bad' }, spec: { leaseDurationSeconds: 0 } }),
      ...[
        'yesterday',
        '2020-01-01T00:00:00Z',
        '2020-01-01T00:00:00.1234567Z',
        '2020-01-01T00:00:00.123Z',
      ].map((renewTime) => post(LEASES, { metadata: { name: 'bad' }, spec: { renewTime } })),
      post(LEASES, { metadata: { name: 'bad' }, spec: { leaseTransitions: -1 } }),
    ],
  },
  {
    name: 'Events of both shapes, and how they are selected',
    steps: [
      post(EVENTS, event('one')),
      post(
        EVENTS,
        event('two', { involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' }, type: 'Warning' }),
      ),
      post(
        EVENTS,
        event('three', {
          eventTime: '2020-01-01T00:00:00.000000Z',
          reportingComponent: 'r',
          reportingInstance: 'i',
          action: 'Reload',
        }),
      ),
      post(EVENTS, event('bad', { involvedObject: { kind: 'Pod', name: 'p', namespace: 'other' } })),
      post(EVENTS, event('bad', { involvedObject: { kind: 'Pod', name: 'p' } })),
      post(EVENTS, event('bad', { eventTime: '2020-01-01T00:00:00.000000Z' })),
      patch('merge', `${EVENTS}/one`, { count: 2, lastTimestamp: '2020-01-02T00:00:00Z' }),
      ...[
        'involvedObject.name=app',
        'involvedObject.kind!=Pod,reason=Reloaded',
        'type=Warning',
        'source=reloader',
        'strange=x',
      ].map((each) => get(`${EVENTS}?fieldSelector=${encodeURIComponent(each)}`)),
    ],
  },
  {
    name: 'a namespace is made and goes with what is in it',
    steps: [
      get('/api/v1/namespaces/{ns}'),
      post('/api/v1/namespaces', { metadata: { name: '{ns}' } }),
      post('/api/v1/namespaces', { metadata: { name: 'Bad_Name' } }),
      patch('merge', '/api/v1/namespaces/{ns}', { metadata: { labels: { x: 'y' } } }),
      patch('merge', '/api/v1/namespaces/{ns}', { spec: { finalizers: [] } }),
      get('/api/v1/namespaces?fieldSelector=metadata.name%3D{ns}'),
      get('/api/v1/namespaces/no-such-namespace'),
      get('/api/v1/namespaces/no-such-namespace/configmaps'),
      remove('/api/v1/namespaces/no-such-namespace'),
    ],
  },
  {
    name: 'ServiceAccounts, roles and bindings',
    steps: [
      post('/api/v1/namespaces/{ns}/serviceaccounts', { metadata: { name: 'sa' } }),
      post(`${RBAC}/roles`, {
        metadata: { name: 'r' },
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
      }),
      post(`${RBAC}/roles`, { metadata: { name: 'system:odd:name' } }),
      post(`${RBAC}/rolebindings`, {
        metadata: { name: 'r' },
        roleRef: { kind: 'Role', name: 'r' },
        subjects: [
          { kind: 'ServiceAccount', name: 'sa', namespace: '{ns}' },
          { kind: 'User', name: 'u' },
        ],
      }),
      get(`${RBAC}/roles`),
    ],
  },
]
