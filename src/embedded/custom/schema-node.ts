// One node of the structural schema of a custom resource, read where it is needed from the JSON in the definition.
import { isObject, type Json, type JsonObject, objectAt, ownMember } from '../object/json.ts'

const PRESERVES = 'x-kubernetes-preserve-unknown-fields'
const EMBEDS = 'x-kubernetes-embedded-resource'

/** What every object of the API has besides what its schema says. */
export const HEAD = ['apiVersion', 'kind', 'metadata'] as const

/** The schema of a member: its own, else that of all others; undefined where none is described. */
export function memberSchema(node: JsonObject, key: string): JsonObject | undefined {
  const own = ownMember(objectAt(node, 'properties'), key)
  if (isObject(own)) return own
  return isObject(node.additionalProperties) ? node.additionalProperties : undefined
}

/** The schema of the items of a list; an empty one where none is described. */
export function itemSchema(node: JsonObject): JsonObject {
  return objectAt(node, 'items')
}

/** Whether members that no schema describes stay. */
export function keepsUnknown(node: JsonObject): boolean {
  return node[PRESERVES] === true || node.additionalProperties === true
}

/** Whether the value is an object of the API in itself. */
export function isEmbedded(node: JsonObject): boolean {
  return node[EMBEDS] === true
}

/** The types that a value may have; none: any. */
export function typesOf(node: JsonObject): readonly string[] {
  if (node['x-kubernetes-int-or-string'] === true) return ['integer', 'string']
  return typeof node.type === 'string' && node.type !== '' ? [node.type] : []
}

/** What the validator calls the type of a value. */
export function typeNameOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
