// The rights that a chart grants, ours and the incumbent's (spec 8.4, word for word), everywhere or in some namespaces.
import type { Cluster, PolicyRule } from '../scenarios/cluster.ts'
import { CUSTOM_KINDS } from '../scenarios/harness/kinds.ts'
import { documentedPermissions, type Permissions } from '../scenarios/harness/permissions.ts'
import type { TestApi } from '../scenarios/harness/test-api.ts'

export type Chart = 'ours' | 'incumbent'

const LOOK = ['get', 'list', 'watch']
const ROLL = ['list', 'get', 'update', 'patch']

const INCUMBENT: Permissions = {
  clusterRules: [
    { apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: LOOK },
    { apiGroups: [''], resources: ['namespaces'], verbs: LOOK },
    { apiGroups: ['apps.openshift.io', ''], resources: ['deploymentconfigs'], verbs: ROLL },
    { apiGroups: ['argoproj.io', ''], resources: ['rollouts'], verbs: ROLL },
    { apiGroups: ['apps'], resources: ['deployments', 'daemonsets', 'statefulsets'], verbs: ROLL },
    { apiGroups: ['batch'], resources: ['cronjobs'], verbs: ['list', 'get'] },
    { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'delete', 'list', 'get'] },
    {
      apiGroups: ['secrets-store.csi.x-k8s.io'],
      resources: ['secretproviderclasspodstatuses', 'secretproviderclasses'],
      verbs: LOOK,
    },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'get', 'update'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  ],
  namespaceRules: [{ apiGroups: [''], resources: ['configmaps'], verbs: [...LOOK, 'create', 'update'] }],
}

const OURS = documentedPermissions({
  name: 'reloader',
  custom: CUSTOM_KINDS,
  classes: true,
  namespaceSelector: true,
  enableHa: true,
})

export interface AccountOptions {
  readonly chart: Chart
  /** The controller's own namespace. */
  readonly home: string
  /** Where the rights hold; undefined: everywhere. */
  readonly namespaces?: readonly string[]
}

/** Makes a ServiceAccount with these rights and returns a kubeconfig file. */
export async function createAccount(
  { cluster, api }: { readonly cluster: Cluster; readonly api: TestApi },
  { chart, home, namespaces }: AccountOptions,
): Promise<string> {
  const { clusterRules, namespaceRules } = chart === 'ours' ? OURS : INCUMBENT
  const account = { namespace: home, name: 'reloader' }
  if (namespaces === undefined)
    return await cluster.controllerKubeconfig({ ...account, clusterRules, namespaceRules })
  for (const namespace of namespaces) {
    if (namespace !== home) await grantIn(api, { namespace, home, rules: clusterRules })
  }
  const own = [...clusterRules, ...namespaceRules]
  return await cluster.controllerKubeconfig({ ...account, clusterRules: [], namespaceRules: own })
}

async function grantIn(
  api: TestApi,
  {
    namespace,
    home,
    rules,
  }: { readonly namespace: string; readonly home: string; readonly rules: readonly PolicyRule[] },
): Promise<void> {
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
  const metadata = { name: `reloader-of-${home}` }
  await api.call('POST', `${path}/roles`, { body: { metadata, rules } })
  const body = {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', name: 'reloader', namespace: home }],
  }
  await api.call('POST', `${path}/rolebindings`, { body })
}
