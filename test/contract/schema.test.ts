// The type tables of the embedded server against the OpenAPI documents of a real one: the same fields, and the same
// rules for who owns and merges what. Run by `npm run test:cluster`.
import { beforeAll, describe, expect, test } from 'vitest'
import { type Field, type Schema, structOf, TYPE_NAMES } from '../../src/embedded/schema/schema.ts'
import { CLUSTER_FILE_VARIABLE, connectControlPlane } from '../controlplane/share.ts'
import { senderFor } from './exchange.ts'

interface Property {
  readonly $ref?: string
  readonly allOf?: readonly Property[]
  readonly type?: string
  readonly items?: Property
  readonly additionalProperties?: Property
  readonly properties?: Readonly<Record<string, Property>>
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-patch-strategy'?: string
}

const DOCUMENTS = [
  'api/v1',
  'apis/apiextensions.k8s.io/v1',
  'apis/apps/v1',
  'apis/authorization.k8s.io/v1',
  'apis/batch/v1',
  'apis/coordination.k8s.io/v1',
  'apis/rbac.authorization.k8s.io/v1',
]
const definitions = new Map<string, Property>()

beforeAll(async () => {
  const send = senderFor(connectControlPlane(process.env[CLUSTER_FILE_VARIABLE] ?? ''), 'default')
  for (const each of DOCUMENTS) {
    const { body } = await send({ method: 'GET', path: `/openapi/v3/${each}` })
    const { components } = body as unknown as { components: { schemas: Record<string, Property> } }
    for (const [name, schema] of Object.entries(components.schemas)) {
      if (!/\.(v1(alpha|beta)\d+|v2)\./.test(name)) definitions.set(name.split('.').at(-1) ?? name, schema)
    }
  }
})

/** A field as both sides describe it. */
interface Rules {
  readonly shape: string
  readonly ownership: string
  readonly mergeKey: string
  readonly retainKeys: boolean
}

function ourRules({ schema, retainKeys }: Field): Rules {
  return { shape: shapeOf(schema), ownership: ownershipOf(schema), mergeKey: mergeKeyOf(schema), retainKeys }
}

function shapeOf(schema: Schema): string {
  if (schema.kind === 'list') return `[]${shapeOf(schema.items)}`
  if (schema.kind === 'map') return `{}${shapeOf(schema.values)}`
  return schema.kind === 'struct' ? schema.name : 'scalar'
}

function ownershipOf(schema: Schema): string {
  if (schema.kind === 'list') return schema.ownership === 'map' ? schema.keys.join(',') : schema.ownership
  return schema.kind === 'map' && schema.atomic ? 'atomic' : ''
}

function mergeKeyOf(schema: Schema): string {
  return schema.kind === 'list' && schema.mergeKey !== undefined ? `merge ${schema.mergeKey}` : ''
}

function theirRules(property: Property): Rules {
  const strategy = property['x-kubernetes-patch-strategy'] ?? ''
  return {
    shape: theirShape(property),
    ownership: theirOwnership(property),
    mergeKey: strategy.includes('merge') ? `merge ${property['x-kubernetes-patch-merge-key'] ?? ''}` : '',
    retainKeys: strategy.includes('retainKeys'),
  }
}

function theirOwnership(property: Property): string {
  const listType = property['x-kubernetes-list-type']
  if (property.type === 'array') {
    return listType === 'map'
      ? (property['x-kubernetes-list-map-keys'] ?? []).join(',')
      : (listType ?? 'atomic')
  }
  return property['x-kubernetes-map-type'] === 'atomic' ? 'atomic' : ''
}

/** References to objects without properties are scalars to us: times, quantities, raw JSON. */
function theirShape(property: Property): string {
  if (property.type === 'array') return `[]${theirShape(property.items ?? {})}`
  if (property.additionalProperties !== undefined) return `{}${theirShape(property.additionalProperties)}`
  const [reference] = [property.$ref ?? property.allOf?.[0]?.$ref].flatMap((each) => each ?? [])
  const name = reference?.split('.').at(-1) ?? ''
  return definitions.get(name)?.properties === undefined ? 'scalar' : name
}

/** What every custom resource has; the real server has no name for it. */
const OURS = 'CustomResource'

/** Where a type is a list of numbers or bytes in Go, OpenAPI has a string. */
describe('the type tables are those of the real server', () => {
  test.for(TYPE_NAMES.filter((each) => each !== OURS))('%s', (name) => {
    const definition = definitions.get(name)
    const struct = structOf(name)
    const ours = Object.fromEntries([...struct.fields].map(([key, field]) => [key, ourRules(field)]))
    const theirs = Object.entries(definition?.properties ?? {}).map(([key, each]) => [key, theirRules(each)])
    expect(ours).toEqual(Object.fromEntries(theirs))
    expect(struct.atomic).toBe(definition?.['x-kubernetes-map-type'] === 'atomic')
  })
})
