// Where the kinds that the scenarios use live in the API.

export interface KindInfo {
  readonly apiVersion: string
  readonly plural: string
  readonly namespaced: boolean
}

const KINDS: Readonly<Record<string, KindInfo>> = {
  Namespace: { apiVersion: 'v1', plural: 'namespaces', namespaced: false },
  ConfigMap: { apiVersion: 'v1', plural: 'configmaps', namespaced: true },
  Secret: { apiVersion: 'v1', plural: 'secrets', namespaced: true },
  Lease: { apiVersion: 'coordination.k8s.io/v1', plural: 'leases', namespaced: true },
  Event: { apiVersion: 'v1', plural: 'events', namespaced: true },
  Pod: { apiVersion: 'v1', plural: 'pods', namespaced: true },
  Deployment: { apiVersion: 'apps/v1', plural: 'deployments', namespaced: true },
  StatefulSet: { apiVersion: 'apps/v1', plural: 'statefulsets', namespaced: true },
  DaemonSet: { apiVersion: 'apps/v1', plural: 'daemonsets', namespaced: true },
  ReplicaSet: { apiVersion: 'apps/v1', plural: 'replicasets', namespaced: true },
  CronJob: { apiVersion: 'batch/v1', plural: 'cronjobs', namespaced: true },
  Job: { apiVersion: 'batch/v1', plural: 'jobs', namespaced: true },
  Rollout: { apiVersion: 'argoproj.io/v1alpha1', plural: 'rollouts', namespaced: true },
  DeploymentConfig: { apiVersion: 'apps.openshift.io/v1', plural: 'deploymentconfigs', namespaced: true },
  SecretProviderClass: {
    apiVersion: 'secrets-store.csi.x-k8s.io/v1',
    plural: 'secretproviderclasses',
    namespaced: true,
  },
  SecretProviderClassPodStatus: {
    apiVersion: 'secrets-store.csi.x-k8s.io/v1',
    plural: 'secretproviderclasspodstatuses',
    namespaced: true,
  },
  CustomResourceDefinition: {
    apiVersion: 'apiextensions.k8s.io/v1',
    plural: 'customresourcedefinitions',
    namespaced: false,
  },
  ControllerRevision: { apiVersion: 'apps/v1', plural: 'controllerrevisions', namespaced: true },
}

/** Those that every server has. */
export const WORKLOAD_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const
/** Those that only a definition makes (custom-kinds.ts). */
export const CUSTOM_KINDS = ['Rollout', 'DeploymentConfig'] as const
export type CustomKind = (typeof CUSTOM_KINDS)[number]
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number] | CustomKind

/** Throws for a kind that no scenario uses. */
export function kindInfo(kind: string): KindInfo {
  const info = KINDS[kind]
  if (info === undefined) throw new Error(`Cannot find where ${kind} lives: add it to kinds.ts`)
  return info
}

/** The kind whose plural this is, or undefined. */
export function kindOfPlural(plural: string): string | undefined {
  return Object.keys(KINDS).find((kind) => KINDS[kind]?.plural === plural)
}

/** The path of a collection, or of one object of it. */
export function pathOf(
  kind: string,
  { namespace, name }: { namespace?: string; name?: string } = {},
): string {
  const { apiVersion, plural, namespaced } = kindInfo(kind)
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const scope = namespaced && namespace !== undefined ? `/namespaces/${namespace}` : ''
  return `${root}${scope}/${plural}${name === undefined ? '' : `/${name}`}`
}
