// The names under which OpenAPI documents define the types of the tables: the Go package, reversed like a domain.

import type { Resource } from '../object/resources.ts'
import type { Scalar } from '../schema/schema.ts'
import { META_TYPES } from '../schema/schema-meta.ts'

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** Packages by the names of their types; what none of them claims belongs to the core group. */
const PACKAGES: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:CustomResource|JSONSchemaProps|SelectableField|ExternalDocumentation)/,
    'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  ],
  [/^(?:Deployment|StatefulSet|DaemonSet|ReplicaSet|ControllerRevision|RollingUpdate)/, 'io.k8s.api.apps.v1'],
  [/^(?:Job|CronJob|PodFailurePolicy|SuccessPolicy|UncountedTerminatedPods)/, 'io.k8s.api.batch.v1'],
  [/^Lease/, 'io.k8s.api.coordination.v1'],
  [/^(?:Role|ClusterRole|PolicyRule|AggregationRule|Subject$)/, 'io.k8s.api.rbac.v1'],
]

/** `schema-meta.ts` holds these too, although they belong to the core group. */
const CORE_REFERENCES = /(?:ObjectReference|LocalObjectReference)$/

/** The full name of a type of the tables, for instance `io.k8s.api.core.v1.Pod`. */
export function typeName(type: string): string {
  if (type in META_TYPES && !CORE_REFERENCES.test(type)) return `${META}.${type}`
  const [, owner = 'io.k8s.api.core.v1'] = PACKAGES.find(([pattern]) => pattern.test(type)) ?? []
  return `${owner}.${type}`
}

/** The full name of the kind of a resource; that of a custom resource is its group and version, reversed like a domain. */
export function definitionName({ kind, group, version, custom }: Resource): string {
  if (custom === undefined) return typeName(kind)
  return [...group.split('.').reverse(), version, kind].join('.')
}

/** The scalars that have a definition of their own. */
export const SCALAR_DEFINITIONS: Readonly<Partial<Record<Scalar, string>>> = {
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  intOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  time: `${META}.Time`,
  microTime: `${META}.MicroTime`,
  any: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
}

/** What the fields of a manager are, which the tables do not look into. */
export const FIELDS_V1 = `${META}.FieldsV1`
