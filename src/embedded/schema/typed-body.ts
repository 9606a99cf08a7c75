// Reads JSON as a typed object, as the real server's round trip through Go structs does: a value of the wrong type is
// refused, unknown fields are dropped and reported, and what equals its zero is not kept unless the type says so.
import { type ApiObject, toApiObject } from '../object/api-object.ts'
import { isList, isObject, type Json, type JsonObject } from '../object/json.ts'
import { GO_TYPES, readScalar, zeroOf } from './scalar.ts'
import { type Field, type Schema, type StructSchema, structOf } from './schema.ts'

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
  const place: Place = { parent: undefined, segment: '', owner: kind, unknownFields }
  return { object: toApiObject(readStruct(value, structOf(kind), place)), unknownFields }
}

/** A resource, as far as reading its objects goes. */
interface ReadResource {
  readonly kind: string
  readonly custom?: { readonly read: (body: JsonObject) => TypedObject }
}

/** The value as an object of the resource. Throws a FieldTypeError. */
export function readObject(value: JsonObject, resource: ReadResource): TypedObject {
  return resource.custom === undefined ? readTyped(value, resource.kind) : resource.custom.read(value)
}

/** Where a value stands; its path is only spelled out for a message. */
interface Place {
  readonly parent: Place | undefined
  /** `.name` or `[0]`. */
  readonly segment: string
  /** The type that has the field. */
  readonly owner: string
  readonly unknownFields: string[]
}

function inside(parent: Place, segment: string, owner = parent.owner): Place {
  return { parent, segment, owner, unknownFields: parent.unknownFields }
}

function segmentsOf(place: Place | undefined): readonly string[] {
  return place === undefined ? [] : [...segmentsOf(place.parent), place.segment]
}

/** `spec.template.spec.containers[0].image`. */
function pathOf(place: Place): string {
  return segmentsOf(place).join('').slice(1)
}

/** How Go's decoder names a field: the type that has it, and its path without the places in lists. */
function goFieldOf(place: Place): string {
  const fields = segmentsOf(place).filter((each) => !each.startsWith('['))
  return `${place.owner}.${fields.join('').slice(1)}`
}

function readStruct(value: Json, struct: StructSchema, place: Place): JsonObject {
  if (!isObject(value)) throw wrongType(value, place, struct)
  for (const key of Object.keys(value)) {
    if (!struct.fields.has(key)) place.unknownFields.push(pathOf(inside(place, `.${key}`)))
  }
  const shaped: Record<string, Json> = {}
  for (const [key, field] of struct.fields) {
    const given = value[key] ?? null
    const member =
      given === null
        ? absentValue(field, place)
        : readField(given, field, inside(place, `.${key}`, struct.name))
    if (member !== undefined) shaped[key] = member
  }
  return shaped
}

function readField(value: Json, { schema, presence }: Field, place: Place): Json | undefined {
  const read = readValue(value, schema, place)
  return presence === 'nonZero' && schema.kind !== 'struct' && isZero(read) ? undefined : read
}

/** What a field is that is not given. */
function absentValue(
  { schema, presence }: Pick<Field, 'schema' | 'presence'>,
  place: Place,
): Json | undefined {
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
      if (!isList(value)) throw wrongType(value, place, schema)
      return value.map((item, i) => readItem(item, schema.items, inside(place, `[${i}]`)))
    case 'map':
      if (!isObject(value)) throw wrongType(value, place, schema)
      return readMap(value, schema.values, place)
    case 'scalar': {
      const read = readScalar(value, schema.scalar)
      if ('problem' in read) throw new FieldTypeError(read.problem(goFieldOf(place)))
      return read.value
    }
  }
}

/** Go writes the keys of a map in byte order. */
function readMap(value: JsonObject, values: Schema, place: Place): Json {
  const entries = Object.entries(value).map(([key, each]): [string, Json] => [
    key,
    readItem(each ?? null, values, place),
  ])
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** An item of a list or map, of which null is the zero. */
function readItem(value: Json, schema: Schema, place: Place): Json {
  if (value !== null) return readValue(value, schema, place)
  return absentValue({ schema, presence: 'always' }, place) ?? null
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

function wrongType(value: Json, place: Place, schema: Schema): FieldTypeError {
  const found = isList(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  const field = goFieldOf(place)
  return new FieldTypeError(
    `json: cannot unmarshal ${found} into Go struct field ${field} of type ${goTypeOf(schema)}`,
  )
}
