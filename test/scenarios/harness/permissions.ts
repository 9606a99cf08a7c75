// The rights that the documentation asks for, exactly: what the controller tries beyond them fails its scenario.
import type { PolicyRule } from '../cluster.ts'

export interface Permissions {
  /** Bound in every namespace. */
  readonly clusterRules: readonly PolicyRule[]
  /** Bound in the controller's own namespace. */
  readonly namespaceRules: readonly PolicyRule[]
}

export interface PermissionsOptions {
  /** `RELOADER_DEPLOYMENT_NAME`. */
  readonly name: string
  /** `--namespace-selector` is used. */
  readonly namespaceSelector?: boolean
  /** `--enable-ha` is used. */
  readonly enableHa?: boolean
  /** The incumbent's chart grants no `watch` on workloads. */
  readonly watchWorkloads?: boolean
}

/** The documented rules. */
export function documentedPermissions(options: PermissionsOptions): Permissions {
  const { name, namespaceSelector = false, enableHa = false, watchWorkloads = true } = options
  const read = ['get', 'list', 'watch']
  const workloadVerbs = watchWorkloads ? [...read, 'patch'] : ['get', 'list', 'patch']
  const namespaces: PolicyRule[] = namespaceSelector
    ? [{ apiGroups: [''], resources: ['namespaces'], verbs: read }]
    : []
  const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] }
  const election: PolicyRule[] = enableHa
    ? [
        { ...leases, verbs: ['create'] },
        { ...leases, resourceNames: ['stakater-reloader-lock'], verbs: ['get', 'update'] },
      ]
    : []
  return {
    clusterRules: [
      { apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: read },
      { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets'], verbs: workloadVerbs },
      ...namespaces,
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
    ],
    namespaceRules: [
      { apiGroups: [''], resources: ['configmaps'], verbs: [...read, 'create', 'update'] },
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: [`${name}-digest-key`],
        verbs: ['get', 'update'],
      },
      ...election,
    ],
  }
}
