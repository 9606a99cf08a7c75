// Reads JSON as a typed object, as the real server's round trip through Go structs does: a value of the wrong type is
// refused, unknown fields are dropped and reported, and what equals its zero is not kept unless the type says so.
import { type ApiObject, toApiObject } from './api-object.ts'
import { isList, isObject, type Json, type JsonObject } from './json.ts'
import { GO_TYPES, readScalar, zeroOf } from './scalar.ts'
import { type Field, type ListSchema, type Schema, type StructSchema, structOf } from './schema.ts'

/** A value that has not the type of its field; the message is that of Go's JSON decoder. */
export class FieldTypeError extends Error {
  override readonly name = 'FieldTypeError'
}

export interface TypedObject {
  readonly object: ApiObject
  /** Paths of fields that the type does not have, in the order of the body. */
  readonly unknownFields: readonly string[]
}

/** The value as an object of the kind. Throws a FieldTypeError. */
export function readTyped(value: JsonObject, kind: string): TypedObject {
  const unknownFields: string[] = []
  const place: Place = { path: '', owner: kind, fields: '', unknownFields }
  const shaped = readStruct(value, structOf(kind), place)
  return { object: toApiObject(shaped), unknownFields }
}

interface Place {
  /** For messages about unknown fields: `spec.template.spec.containers[0].image`. */
  readonly path: string
  /** For messages about types: the innermost type and the path without places in lists. */
  readonly owner: string
  readonly fields: string
  readonly unknownFields: string[]
}

function readStruct(value: Json, struct: StructSchema, place: Place): JsonObject {
  if (!isObject(value)) throw wrongType(value, place, goTypeOf(struct))
  for (const key of Object.keys(value)) {
    if (!struct.fields.has(key)) place.unknownFields.push(pathTo(place.path, key))
  }
  const shaped: Record<string, Json> = {}
  for (const [key, field] of struct.fields) {
    const member = readField(value[key], field, inside(place, key, struct.name))
    if (member !== undefined) shaped[key] = member
  }
  return shaped
}

function inside(place: Place, key: string, type: string): Place {
  const fields = pathTo(place.fields, key)
  return { ...place, path: pathTo(place.path, key), fields, owner: `${type}.${fields}` }
}

function pathTo(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function readField(value: Json | undefined, { schema, presence }: Field, place: Place): Json | undefined {
  if (value === undefined || value === null) return absent(schema, presence, place)
  const read = readValue(value, schema, place)
  if (presence === 'nonZero' && schema.kind !== 'struct' && isZero(read)) return undefined
  return read
}

function absent(schema: Schema, presence: Field['presence'], place: Place): Json | undefined {
  if (presence === 'optional') return undefined
  if (presence === 'nullable') return null
  if (schema.kind === 'struct') return readStruct({}, schema, place)
  if (presence === 'nonZero') return undefined
  return schema.kind === 'scalar' ? zeroOf(schema.scalar) : null
}

function isZero(value: Json): boolean {
  if (isList(value)) return value.length === 0
  if (isObject(value)) return Object.keys(value).length === 0
  return value === '' || value === 0 || value === false || value === null
}

function readValue(value: Json, schema: Schema, place: Place): Json {
  switch (schema.kind) {
    case 'struct':
      return readStruct(value, schema, place)
    case 'list':
      return readList(value, schema, place)
    case 'map':
      return readMap(value, schema.values, place)
    case 'scalar': {
      const read = readScalar(value, schema.scalar)
      if ('problem' in read) throw new FieldTypeError(read.problem(place.owner))
      return read.value
    }
  }
}

function readList(value: Json, { items }: ListSchema, place: Place): Json {
  if (!isList(value)) throw wrongType(value, place, `[]${goTypeOf(items)}`)
  return value.map((item, i) => {
    const at = { ...place, path: `${place.path}[${i}]` }
    return item === null ? (absent(items, 'always', at) ?? null) : readValue(item, items, at)
  })
}

function readMap(value: Json, values: Schema, place: Place): Json {
  if (!isObject(value)) throw wrongType(value, place, `map[string]${goTypeOf(values)}`)
  const entries = Object.entries(value).map(([key, each]): [string, Json] => {
    const at = { ...place, path: `${place.path}.${key}` }
    return [
      key,
      each === null || each === undefined
        ? (absent(values, 'always', at) ?? null)
        : readValue(each, values, at),
    ]
  })
  // Go writes the keys of a map in byte order.
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function goTypeOf(schema: Schema): string {
  switch (schema.kind) {
    case 'struct':
      return `v1.${schema.name}`
    case 'list':
      return `[]${goTypeOf(schema.items)}`
    case 'map':
      return `map[string]${goTypeOf(schema.values)}`
    case 'scalar':
      return GO_TYPES[schema.scalar]
  }
}

function wrongType(value: Json, { owner }: Place, type: string): FieldTypeError {
  return new FieldTypeError(
    `json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field ${owner} of type ${type}`,
  )
}

/** The type of a value as Go's decoder names it. */
export function jsonTypeOf(value: Json): string {
  if (isList(value)) return 'array'
  return value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value
}
