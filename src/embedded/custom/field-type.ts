// The structural schema of a custom resource as a type by which fields are owned
// (apiextensions-apiserver/pkg/controller/openapi/builder and structured-merge-diff).
import { isObject, type JsonObject, objectAt } from '../object/json.ts'
import { type Field, OPEN, type Schema, structOf } from '../schema/schema.ts'
import { isEmbedded, itemSchema, keepsUnknown, typesOf } from './schema-node.ts'

const LEAF: Schema = { kind: 'scalar', scalar: 'any' }

/** The type of the objects of the kind. */
export function fieldTypeOf(node: JsonObject, kind: string): Schema {
  return structType({ ...node, 'x-kubernetes-embedded-resource': true }, kind)
}

function typeOf(node: JsonObject): Schema {
  const [type] = typesOf(node)
  if (type === 'array') return listType(node)
  if (type !== undefined && type !== 'object') return LEAF
  if (node.properties !== undefined || isEmbedded(node)) return structType(node, '')
  if (isObject(node.additionalProperties))
    return { kind: 'map', values: typeOf(node.additionalProperties), atomic: isAtomic(node) }
  return type === undefined && !keepsUnknown(node) ? LEAF : OPEN
}

function isAtomic(node: JsonObject): boolean {
  return node['x-kubernetes-map-type'] === 'atomic'
}

function structType(node: JsonObject, name: string): Schema {
  const described = Object.entries(objectAt(node, 'properties')).flatMap(([key, each]): [string, Field][] =>
    isObject(each) ? [[key, fieldOf(typeOf(each))]] : [],
  )
  const fields = new Map([...described, ...(isEmbedded(node) ? headFields() : [])])
  const rest = keepsUnknown(node) ? { rest: OPEN } : {}
  return { kind: 'struct', name, fields, atomic: isAtomic(node), ...rest }
}

function headFields(): readonly [string, Field][] {
  return [
    ['apiVersion', fieldOf(LEAF)],
    ['kind', fieldOf(LEAF)],
    ['metadata', fieldOf(structOf('ObjectMeta'))],
  ]
}

function fieldOf(schema: Schema): Field {
  return { schema, presence: 'optional', retainKeys: false }
}

function listType(node: JsonObject): Schema {
  const items = typeOf(itemSchema(node))
  const listed = node['x-kubernetes-list-map-keys']
  const keys = Array.isArray(listed) ? listed.map(String) : []
  switch (node['x-kubernetes-list-type']) {
    case 'map':
      return { kind: 'list', items, ownership: 'map', keys, mergeKey: undefined }
    case 'set':
      return { kind: 'list', items, ownership: 'set', keys: [], mergeKey: undefined }
    default:
      return { kind: 'list', items, ownership: 'atomic', keys: [], mergeKey: undefined }
  }
}
