// The types of the tables as OpenAPI v3 schemas, without descriptions and default values: what `kubectl explain` prints and what clients
// merge by (k8s.io/kube-openapi/pkg/builder3).
import { type JsonObject, objectAt } from '../object/json.ts'
import type { Resource } from '../object/resources.ts'
import {
  type Field,
  type ListSchema,
  type Scalar,
  type Schema,
  type StructSchema,
  structOf,
} from '../schema/schema.ts'
import { definitionName, FIELDS_V1, SCALAR_DEFINITIONS, typeName } from './definition-name.ts'

type Definitions = Readonly<Record<string, JsonObject>>

/** What the kinds of a document are made of, by full name. */
export function definitionsOf(resources: readonly Resource[]): Definitions {
  const found = new Map<string, JsonObject>()
  for (const resource of resources) {
    const { kind, group, version, custom } = resource
    const name = definitionName(resource)
    if (custom === undefined) define(structOf(kind), found)
    else {
      define(structOf('ObjectMeta'), found)
      found.set(name, customDefinition(custom.openApiSchema))
    }
    found.set(name, { ...found.get(name), 'x-kubernetes-group-version-kind': [{ group, version, kind }] })
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The schema of a custom resource with what every object has. */
function customDefinition(schema: JsonObject): JsonObject {
  const text = { type: 'string' }
  const metadata = referenceTo(typeName('ObjectMeta'))
  const properties = { ...objectAt(schema, 'properties'), apiVersion: text, kind: text, metadata }
  return { ...schema, type: 'object', properties }
}

/** Adds the type and everything that it refers to. */
function define(struct: StructSchema, found: Map<string, JsonObject>): void {
  const name = typeName(struct.name)
  if (found.has(name)) return
  found.set(name, structDefinition(struct))
  if (struct.name === 'ManagedFieldsEntry') found.set(FIELDS_V1, { type: 'object' })
  for (const { schema } of struct.fields.values()) {
    const inner = innermost(schema)
    if (inner.kind === 'struct') define(inner, found)
    else defineScalar(inner.scalar, found)
  }
}

function defineScalar(scalar: Scalar, found: Map<string, JsonObject>): void {
  const name = SCALAR_DEFINITIONS[scalar]
  if (name !== undefined) found.set(name, SCALARS[scalar])
}

/** What a list of maps of lists is made of in the end. */
function innermost(schema: Schema): Exclude<Schema, { kind: 'list' | 'map' }> {
  if (schema.kind === 'list') return innermost(schema.items)
  return schema.kind === 'map' ? innermost(schema.values) : schema
}

const SCALARS: Readonly<Record<Scalar, JsonObject>> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  intOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  time: { type: 'string', format: 'date-time' },
  microTime: { type: 'string', format: 'date-time' },
  any: { type: 'object' },
}

function structDefinition({ name, fields, atomic }: StructSchema): JsonObject {
  const required = [...fields].flatMap(([key, field]) =>
    isRequired(field) && !WRITTEN_UNASKED.has(`${name}.${key}`) ? [key] : [],
  )
  const own = name === 'ManagedFieldsEntry' ? { fieldsV1: referenceTo(FIELDS_V1) } : {}
  const properties = Object.entries({
    ...Object.fromEntries([...fields].map(([key, field]) => [key, propertyOf(field)])),
    ...own,
  })
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(properties.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    ...(atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  }
}

/** What is always written has to be given, but for times and the like, which are then null, and for these. */
function isRequired({ schema, presence }: Field): boolean {
  if (schema.kind === 'scalar' && SCALAR_DEFINITIONS[schema.scalar] !== undefined) return false
  return presence === 'always' || presence === 'nullable'
}

const WRITTEN_UNASKED: ReadonlySet<string> = new Set([
  'ClusterRole.rules',
  'ContainerImage.names',
  'Event.reportingComponent',
  'Event.reportingInstance',
  'NodeRuntimeHandler.name',
  'PodFailurePolicyOnPodConditionsPattern.status',
  'ProjectedVolumeSource.sources',
  'Role.rules',
  'RoleRef.apiGroup',
  'StatefulSetOrdinals.start',
  'StatefulSetSpec.serviceName',
  'StatefulSetStatus.availableReplicas',
  'TypedLocalObjectReference.apiGroup',
  'TypedObjectReference.apiGroup',
])

function propertyOf({ schema, retainKeys }: Field): JsonObject {
  return { ...schemaOf(schema), ...patchRules(schema, retainKeys) }
}

function schemaOf(schema: Schema): JsonObject {
  switch (schema.kind) {
    case 'struct':
      return referenceTo(typeName(schema.name))
    case 'list':
      return { type: 'array', items: schemaOf(schema.items), ...ownershipOf(schema) }
    case 'map': {
      const atomic = schema.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}
      return { type: 'object', additionalProperties: schemaOf(schema.values), ...atomic }
    }
    case 'scalar': {
      const name = SCALAR_DEFINITIONS[schema.scalar]
      return name === undefined ? SCALARS[schema.scalar] : referenceTo(name)
    }
  }
}

function referenceTo(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` }
}

function ownershipOf({ ownership, keys }: ListSchema): JsonObject {
  return {
    ...(ownership === 'map' ? { 'x-kubernetes-list-map-keys': keys } : {}),
    'x-kubernetes-list-type': ownership,
  }
}

function patchRules(schema: Schema, retainKeys: boolean): JsonObject {
  const mergeKey = schema.kind === 'list' ? schema.mergeKey : undefined
  const strategies = [...(mergeKey === undefined ? [] : ['merge']), ...(retainKeys ? ['retainKeys'] : [])]
  return {
    ...(mergeKey === undefined || mergeKey === '' ? {} : { 'x-kubernetes-patch-merge-key': mergeKey }),
    ...(strategies.length === 0 ? {} : { 'x-kubernetes-patch-strategy': strategies.join(',') }),
  }
}
