// The table of kinds that every server knows. Kinds differ in data only, and this table is the data.
import type { CustomRules } from './custom-rules.ts'

export interface Resource {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  /** Groups of resources that kubectl knows, such as `all`. */
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly subresources: readonly string[]
  /** Whether `metadata.generation` counts the changes of the spec. */
  readonly generation: boolean
  /** Whether a PUT without resourceVersion is taken as "whatever is there" (`AllowUnconditionalUpdate`). */
  readonly unconditionalUpdate: boolean
  /** Whether a PUT on a name that does not exist creates the object (`AllowCreateOnUpdate`). */
  readonly createOnUpdate: boolean
  /** Field selectors beside metadata.name and metadata.namespace: the label is the path in the object. */
  readonly selectableFields: readonly string[]
  /** What a CustomResourceDefinition says of it; undefined for a resource that every server has. */
  readonly custom?: CustomRules
}

type Row = Pick<Resource, 'kind'> & Partial<Omit<Resource, 'kind' | 'group' | 'version'>>

function groupOf(name: string, version: string, rows: readonly Row[]): readonly Resource[] {
  return rows.map((row) => {
    const singular = row.kind.toLowerCase()
    return {
      group: name,
      version,
      plural: `${singular}s`,
      singular,
      shortNames: [],
      categories: [],
      namespaced: true,
      subresources: [],
      generation: false,
      unconditionalUpdate: true,
      createOnUpdate: false,
      selectableFields: [],
      ...row,
    }
  })
}

const EVENT_FIELDS = [
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.apiVersion',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'source',
  'type',
]
const POD_FIELDS = [
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'spec.hostNetwork',
  'status.phase',
  'status.podIP',
  'status.nominatedNodeName',
]

const ALL = ['all']

/** The resources that every server has. */
export const RESOURCES: readonly Resource[] = [
  ...groupOf('', 'v1', [
    { kind: 'ConfigMap', shortNames: ['cm'] },
    { kind: 'Event', shortNames: ['ev'], createOnUpdate: true, selectableFields: EVENT_FIELDS },
    {
      kind: 'Namespace',
      shortNames: ['ns'],
      namespaced: false,
      subresources: ['status', 'finalize'],
      selectableFields: ['status.phase'],
    },
    { kind: 'Node', shortNames: ['no'], namespaced: false, subresources: ['status'] },
    {
      kind: 'Pod',
      shortNames: ['po'],
      categories: ALL,
      subresources: ['status', 'log', 'proxy'],
      generation: true,
      selectableFields: POD_FIELDS,
    },
    { kind: 'Secret', selectableFields: ['type'] },
    {
      kind: 'Service',
      shortNames: ['svc'],
      categories: ALL,
      subresources: ['status'],
      selectableFields: ['spec.clusterIP', 'spec.type'],
    },
    { kind: 'ServiceAccount', shortNames: ['sa'], subresources: ['token'] },
  ]),
  ...groupOf('apiextensions.k8s.io', 'v1', [
    {
      kind: 'CustomResourceDefinition',
      shortNames: ['crd', 'crds'],
      categories: ['api-extensions'],
      namespaced: false,
      subresources: ['status'],
      generation: true,
      unconditionalUpdate: false,
    },
  ]),
  ...groupOf('apps', 'v1', [
    { kind: 'ControllerRevision' },
    { kind: 'DaemonSet', shortNames: ['ds'], categories: ALL, subresources: ['status'], generation: true },
    {
      kind: 'Deployment',
      shortNames: ['deploy'],
      categories: ALL,
      subresources: ['status', 'scale'],
      generation: true,
    },
    {
      kind: 'ReplicaSet',
      shortNames: ['rs'],
      categories: ALL,
      subresources: ['status', 'scale'],
      generation: true,
    },
    {
      kind: 'StatefulSet',
      shortNames: ['sts'],
      categories: ALL,
      subresources: ['status', 'scale'],
      generation: true,
    },
  ]),
  ...groupOf('batch', 'v1', [
    { kind: 'CronJob', shortNames: ['cj'], categories: ALL, subresources: ['status'], generation: true },
    {
      kind: 'Job',
      categories: ALL,
      subresources: ['status'],
      generation: true,
      selectableFields: ['status.successful'],
    },
  ]),
  ...groupOf('coordination.k8s.io', 'v1', [
    { kind: 'Lease', createOnUpdate: true, unconditionalUpdate: false },
  ]),
  ...groupOf('rbac.authorization.k8s.io', 'v1', [
    { kind: 'ClusterRole', namespaced: false, createOnUpdate: true },
    { kind: 'ClusterRoleBinding', namespaced: false, createOnUpdate: true },
    { kind: 'Role', createOnUpdate: true },
    { kind: 'RoleBinding', createOnUpdate: true },
  ]),
]

/** The resource of a kind that this program itself names. Throws a RangeError for one that is not in the table. */
export function resourceOf(kind: string): Resource {
  const found = RESOURCES.find((each) => each.kind === kind)
  if (found === undefined)
    throw new RangeError(`Cannot find the resource of kind ${kind}: it is not in the table`)
  return found
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(resource: Pick<Resource, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
}

/** `deployments.apps`, or `configmaps` for the core group: how messages name a resource. */
export function qualifiedName(resource: Pick<Resource, 'group' | 'plural'>): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
}
