// The defaults that a structural schema gives (apiextensions-apiserver/pkg/apiserver/schema/defaulting).
import { isList, isObject, type Json, type JsonObject, objectAt } from '../object/json.ts'
import { itemSchema, memberSchema } from './schema-node.ts'

/** The object with the default of every member that is not there, and without the nulls that may not be. */
export function fillDefaults(value: JsonObject, node: JsonObject): JsonObject {
  const given = Object.entries(value).filter(([key, member]) => !isNothing(member, memberSchema(node, key)))
  const filled: Record<string, Json | undefined> = Object.fromEntries(given)
  for (const [key, schema] of Object.entries(objectAt(node, 'properties'))) {
    if (isObject(schema) && schema.default !== undefined && !Object.hasOwn(filled, key))
      filled[key] = schema.default
  }
  const members = Object.entries(filled).map(([key, member]) => [key, fill(member, memberSchema(node, key))])
  return Object.fromEntries(members)
}

function isNothing(member: Json | undefined, schema: JsonObject | undefined): boolean {
  return member === null && schema !== undefined && schema.nullable !== true
}

function fill(value: Json | undefined, node: JsonObject | undefined): Json | undefined {
  if (node === undefined) return value
  if (isList(value)) return value.map((each) => fill(each, itemSchema(node)) ?? null)
  return isObject(value) ? fillDefaults(value, node) : value
}
