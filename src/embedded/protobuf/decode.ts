// Objects in protobuf as JSON: what `kubectl create` and every other client made of Go types sends for the built-in kinds
// (k8s.io/apimachinery/pkg/runtime/serializer/protobuf).
import type { Json, JsonObject } from '../object/json.ts'
import { badRequest } from '../object/status.ts'
import { type Schema, type StructSchema, structOf, TYPE_NAMES } from '../schema/schema.ts'
import { FIELD_NUMBERS } from './field-numbers.ts'
import { decodeScalar, textOf } from './scalars.ts'
import { fieldsOfMessage, type WireField } from './wire.ts'

/** The media type. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf'

const PREFIX = [0x6b, 0x38, 0x73, 0]

/** The object in the body; of a kind that the tables do not have, only which it is. Throws 400 for what is none. */
export function decodeObject(body: Uint8Array): JsonObject {
  if (PREFIX.some((each, i) => body[i] !== each)) {
    throw badRequest(
      `provided data does not appear to be a protobuf message, expected prefix [${PREFIX.join(' ')}]`,
    )
  }
  const { typeMeta, raw } = envelopeOf(body.subarray(PREFIX.length))
  const { kind = '', apiVersion = '' } = typeMeta
  if (!TYPE_NAMES.includes(kind)) return { kind, apiVersion }
  return { ...decodeMessage(raw, numberedFields(structOf(kind))), kind, apiVersion }
}

interface Envelope {
  readonly typeMeta: { readonly apiVersion?: string; readonly kind?: string }
  readonly raw: Uint8Array
}

/** `runtime.Unknown`: which type it is, and the message of that type. */
function envelopeOf(bytes: Uint8Array): Envelope {
  const fields = new Map([...fieldsOfMessage(bytes)].map(({ number, value }) => [number, value]))
  const [head, raw] = [fields.get(1), fields.get(2)]
  const typeMeta = new Map(
    [...fieldsOfMessage(bytesOf(head))].map(({ number, value }) => [number, textOf(value)]),
  )
  return {
    typeMeta: { apiVersion: typeMeta.get(1) ?? '', kind: typeMeta.get(2) ?? '' },
    raw: bytesOf(raw),
  }
}

function bytesOf(value: WireField['value'] | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array()
}

/** A field by its number: a member of the object, or a message whose fields are members of the object. */
type Numbered =
  | { readonly kind: 'member'; readonly key: string; readonly schema: Schema }
  | { readonly kind: 'inlined'; readonly fields: NumberedFields }

type NumberedFields = ReadonlyMap<number, Numbered>

const numbered = new Map<string, NumberedFields>()

function numberedFields(struct: StructSchema): NumberedFields {
  const known = numbered.get(struct.name)
  if (known !== undefined) return known
  const members = [...struct.fields].filter(([key]) => !isOutside(struct, key))
  const numbers = FIELD_NUMBERS[struct.name]?.trim().split(/\s+/)
  const paths = members.map(([key, { schema }], i) => ({
    path: (numbers?.[i] ?? String(i + 1)).split('.').map(Number),
    member: { kind: 'member', key, schema } as const,
  }))
  const made = byNumber(paths)
  numbered.set(struct.name, made)
  return made
}

/** Kind and version of an object stand in its envelope; those of a reference are its own. */
function isOutside({ name, fields }: StructSchema, key: string): boolean {
  return (key === 'kind' || key === 'apiVersion') && (fields.has('metadata') || name === 'DeleteOptions')
}

interface NumberPath {
  readonly path: readonly number[]
  readonly member: Numbered
}

function byNumber(paths: readonly NumberPath[]): NumberedFields {
  const made = new Map<number, Numbered>()
  for (const number of new Set(paths.flatMap(({ path }) => path.slice(0, 1)))) {
    const own = paths.filter(({ path }) => path[0] === number)
    const [only] = own
    if (only !== undefined && only.path.length === 1) made.set(number, only.member)
    else {
      const below = own.map(({ path, member }) => ({ path: path.slice(1), member }))
      made.set(number, { kind: 'inlined', fields: byNumber(below) })
    }
  }
  return made
}

function decodeMessage(bytes: Uint8Array, fields: NumberedFields): JsonObject {
  const decoded = new Map<string, Json>()
  for (const { number, value } of fieldsOfMessage(bytes)) {
    const field = fields.get(number)
    if (field?.kind === 'member') {
      decoded.set(field.key, decodeMember(value, field.schema, decoded.get(field.key)))
    } else if (field !== undefined) {
      for (const [key, each] of Object.entries(decodeMessage(bytesOf(value), field.fields))) {
        if (each !== undefined) decoded.set(key, each)
      }
    }
  }
  return Object.fromEntries(decoded)
}

/** The member with one more occurrence of its field: an item more of a list, an entry more of a map, or a value. */
function decodeMember(value: WireField['value'], schema: Schema, before: Json | undefined): Json {
  switch (schema.kind) {
    case 'list':
      return [...(Array.isArray(before) ? before : []), decodeValue(value, schema.items)]
    case 'map':
      return { ...(typeof before === 'object' ? before : {}), ...decodeEntry(value, schema.values) }
    default:
      return decodeValue(value, schema)
  }
}

/** An entry of a map is a message of a key and a value. */
function decodeEntry(value: WireField['value'], schema: Schema): JsonObject {
  const fields = new Map([...fieldsOfMessage(bytesOf(value))].map((each) => [each.number, each.value]))
  return { [textOf(fields.get(1))]: decodeValue(fields.get(2) ?? new Uint8Array(), schema) }
}

function decodeValue(value: WireField['value'], schema: Schema): Json {
  switch (schema.kind) {
    case 'struct':
      return decodeMessage(bytesOf(value), numberedFields(schema))
    case 'scalar':
      return decodeScalar(value, schema.scalar)
    default:
      return decodeMember(value, schema, undefined)
  }
}
