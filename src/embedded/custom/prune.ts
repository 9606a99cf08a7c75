// Drops what the structural schema of a custom resource does not know, as the real server does when it reads one
// (apiextensions-apiserver/pkg/apiserver/schema/pruning).
import { isList, isObject, type Json, type JsonObject } from '../object/json.ts'
import { HEAD, isEmbedded, itemSchema, keepsUnknown, memberSchema } from './schema-node.ts'

/** Where a value stands, and where the paths of what is dropped are collected. */
interface Place {
  readonly path: string
  readonly dropped: string[]
}

/** The value without the members that its schema does not know; their paths are added to `dropped`. */
export function prune(value: JsonObject, node: JsonObject, dropped: string[]): JsonObject {
  return pruneObject(value, { ...node, 'x-kubernetes-embedded-resource': true }, { path: '', dropped })
}

function pruneValue(value: Json, node: JsonObject, place: Place): Json {
  if (isList(value)) {
    const { path, dropped } = place
    return value.map((each, i) => pruneValue(each, itemSchema(node), { path: `${path}[${i}]`, dropped }))
  }
  return isObject(value) ? pruneObject(value, node, place) : value
}

function pruneObject(value: JsonObject, node: JsonObject, { path, dropped }: Place): JsonObject {
  const kept: [string, Json][] = []
  for (const [key, member] of Object.entries(value).toSorted(byKey)) {
    if (member === undefined) continue
    const inside = path === '' ? key : `${path}.${key}`
    const schema = memberSchema(node, key)
    if (isEmbedded(node) && HEAD.some((each) => each === key)) kept.push([key, member])
    else if (schema !== undefined) kept.push([key, pruneValue(member, schema, { path: inside, dropped })])
    else if (keepsUnknown(node)) kept.push([key, member])
    else dropped.push(inside)
  }
  return Object.fromEntries(kept)
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
