// Who may do what: tokens, roles, refusals.

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
  remove,
} from './contract-case.ts'
import type { Answer } from './exchange.ts'

const RBAC = '/apis/rbac.authorization.k8s.io/v1'
const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
const ACCOUNTS = '/api/v1/namespaces/{ns}/serviceaccounts'

/** Makes the account, lets it do a few things in its namespace, and asks for a token. */
const SET_UP = [
  post(ACCOUNTS, { metadata: { name: 'sa' } }),
  post(`${RBAC}/namespaces/{ns}/roles`, {
    metadata: { name: 'r' },
    rules: [
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'create'] },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['*'], resourceNames: ['app'] },
      { apiGroups: ['*'], resources: ['*/status'], verbs: ['get'] },
    ],
  }),
  post(`${RBAC}/namespaces/{ns}/rolebindings`, {
    metadata: { name: 'r' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
    subjects: [{ kind: 'ServiceAccount', name: 'sa', namespace: '{ns}' }],
  }),
  post(`${ACCOUNTS}/sa/token`, { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', spec: {} }),
]

/** What a server says of its own build, and of groups that only the real one has. */
const BUILD = [
  'gitVersion',
  'buildDate',
  'gitCommit',
  'goVersion',
  'compiler',
  'platform',
  'emulationMajor',
  'emulationMinor',
  'minCompatibilityMajor',
  'minCompatibilityMinor',
  'gitTreeState',
  'groups',
  'token',
  'items',
  'managedFields',
]

type Ask = (seen: readonly Answer[]) => ReturnType<typeof get>

/** The request under the token of the account. */
function asAccount(request: ReturnType<typeof get>): Ask {
  return (seen) => ({
    ...request,
    headers: { ...request.headers, authorization: `Bearer ${from(seen, 3, 'status', 'token')}` },
  })
}

const APPLY = { 'content-type': 'application/apply-patch+yaml' }

/** An apply to the one Deployment that the account may write, but for creating it. */
const applied = (name: string) => ({
  ...patch('merge', `${DEPLOYMENTS}/${name}?fieldManager=m`, deployment(name)),
  headers: APPLY,
})

function asApplier(name: string): Ask {
  return (seen) => {
    const { headers, ...rest } = applied(name)
    return {
      ...rest,
      headers: { ...headers, authorization: `Bearer ${from(seen, 3, 'status', 'token')}` },
    }
  }
}

export const ACCESS_CASES: readonly ContractCase[] = [
  {
    name: 'who applies what is not there has to be allowed to create it',
    ignored: { keys: ['token', 'status', 'expirationTimestamp', 'managedFields', 'resourceVersion'] },
    steps: [
      ...SET_UP.map((each) =>
        JSON.parse(JSON.stringify(each).replace('"verbs":["*"]', '"verbs":["get","patch","update"]')),
      ),
      asApplier('app'),
      applied('app'),
      asApplier('app'),
    ],
  },
  {
    name: 'a ServiceAccount may do what its roles say',
    steps: [
      ...SET_UP,
      asAccount(get(CONFIG_MAPS)),
      asAccount(post(CONFIG_MAPS, configMap('one'))),
      asAccount(patch('merge', `${CONFIG_MAPS}/one`, {})),
      asAccount(remove(`${CONFIG_MAPS}/one`)),
      asAccount(remove(CONFIG_MAPS)),
      asAccount(get(`${CONFIG_MAPS}?watch=1&timeoutSeconds=1`)),
      asAccount(get('/api/v1/configmaps')),
      asAccount(get('/api/v1/namespaces/default/configmaps')),
      asAccount(get('/api/v1/namespaces')),
      asAccount(get('/api/v1/namespaces/{ns}')),
      asAccount(get(`${DEPLOYMENTS}/app`)),
      asAccount(get(`${DEPLOYMENTS}/other`)),
      asAccount(get(DEPLOYMENTS)),
      asAccount(get(`${DEPLOYMENTS}?fieldSelector=metadata.name%3Dapp`)),
      asAccount(get(`${DEPLOYMENTS}/other/status`)),
      asAccount(patch('merge', `${DEPLOYMENTS}/app/status`, {})),
      asAccount(patch('merge', `${DEPLOYMENTS}/other/status`, {})),
      asAccount(get('/version')),
      asAccount(get('/apis')),
      asAccount(get('/healthz')),
      asAccount(get('/metrics')),
    ],
    ignored: { keys: BUILD },
  },
  {
    name: 'nobody gets in without a token',
    steps: [get(CONFIG_MAPS), get('/apis'), get('/healthz'), get('/version'), get('/strange')].flatMap(
      (each) => [
        { ...each, headers: { authorization: '' } },
        { ...each, headers: { authorization: 'Bearer nonsense' } },
        { ...each, headers: { authorization: 'Basic bm8=' } },
      ],
    ),
    ignored: { keys: BUILD },
  },
  {
    name: 'who is known may ask what they may do, and the answer is that of their roles',
    steps: [
      ...SET_UP,
      ...[
        { resourceAttributes: { verb: 'get', resource: 'configmaps', namespace: '{ns}' } },
        { resourceAttributes: { verb: 'delete', resource: 'configmaps', namespace: '{ns}', name: '' } },
        { resourceAttributes: { verb: 'get', resource: 'configmaps', namespace: 'default' } },
        { resourceAttributes: { verb: 'get', resource: 'configmaps' } },
        {
          resourceAttributes: {
            verb: 'patch',
            group: 'apps',
            resource: 'deployments',
            namespace: '{ns}',
            name: 'app',
          },
        },
        { resourceAttributes: { verb: 'patch', group: 'apps', resource: 'deployments', namespace: '{ns}' } },
        { nonResourceAttributes: { path: '/apis', verb: 'get' } },
        { nonResourceAttributes: { path: '/metrics', verb: 'get' } },
        {},
        {
          resourceAttributes: { verb: 'get', resource: 'pods' },
          nonResourceAttributes: { path: '/apis', verb: 'get' },
        },
      ].map((spec) => asAccount(post(REVIEWS, { spec }))),
      { ...post(REVIEWS, { spec: {} }), headers: { authorization: '' } },
    ],
    // Which binding allowed it is told by the real server alone.
    ignored: { keys: ['managedFields', 'token', 'reason'] },
  },
]
