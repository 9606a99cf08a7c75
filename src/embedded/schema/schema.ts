// The types of the API, read once from a compact notation. Everything that depends on the shape of an object is derived
// from them: what is dropped or refused when a body is read, strategic merge patches and managedFields.
//
// A type is a list of `field:type` parts, in the order of the fields in an answer. After the type's name may come
//   []        a list that is owned and replaced as a whole ([]+key: merged by that key in a strategic merge patch)
//   [a,b]     a list of objects told apart by the fields a and b, merged by a in a strategic merge patch ([a]-: replaced)
//   [=]       a set of scalars, merged ([=]-: replaced)
//   {}, {=}   a map of strings to the type; {=} is owned as a whole
//   ~         with the retainKeys patch strategy: a union, of which a patch names the member that stays
// and then its presence: `?` may be absent and then differs from zero, `!` is always written, `?!` as null where it is
// absent; neither: absent means zero.
// The word `atomic` before the fields: the object is owned as a whole.
import { CONFIG_TYPES } from './schema-config.ts'
import { DEFINITION_TYPES } from './schema-definition.ts'
import { META_TYPES } from './schema-meta.ts'
import { NODE_TYPES } from './schema-node.ts'
import { POD_TYPES } from './schema-pod.ts'
import { REVIEW_TYPES } from './schema-review.ts'
import { SERVICE_TYPES } from './schema-service.ts'
import { VOLUME_TYPES } from './schema-volume.ts'
import { WORKLOAD_TYPES } from './schema-workload.ts'

const SCALARS = [
  'string',
  'integer',
  'number',
  'boolean',
  'bytes',
  'quantity',
  'intOrString',
  'time',
  'microTime',
  'any',
] as const
export type Scalar = (typeof SCALARS)[number]

export type Schema =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | StructSchema
  | { readonly kind: 'map'; readonly values: Schema; readonly atomic: boolean }
  | ListSchema

export interface StructSchema {
  readonly kind: 'struct'
  readonly name: string
  readonly fields: ReadonlyMap<string, Field>
  readonly atomic: boolean
  /** The type of members that `fields` does not name; undefined: there are none. Only types of custom resources have it. */
  readonly rest?: Schema
}

export interface ListSchema {
  readonly kind: 'list'
  readonly items: Schema
  /** `atomic`: owned as a whole; `map`: by item, told apart by `keys`; `set`: by value. */
  readonly ownership: 'atomic' | 'map' | 'set'
  readonly keys: readonly string[]
  /** The key by which a strategic merge patch finds items, `''` for a set, undefined where it replaces the list. */
  readonly mergeKey: string | undefined
}

export interface Field {
  readonly schema: Schema
  readonly presence: 'optional' | 'always' | 'nullable' | 'nonZero'
  readonly retainKeys: boolean
}

const TYPES: Readonly<Record<string, string>> = {
  ...META_TYPES,
  ...NODE_TYPES,
  ...POD_TYPES,
  ...VOLUME_TYPES,
  ...WORKLOAD_TYPES,
  ...CONFIG_TYPES,
  ...DEFINITION_TYPES,
  ...SERVICE_TYPES,
  ...REVIEW_TYPES,
}

const structs = new Map<string, StructSchema>()

/** The type of that name. Throws a RangeError for one that the tables do not have. */
export function structOf(name: string): StructSchema {
  const known = structs.get(name)
  if (known !== undefined) return known
  const text = TYPES[name]
  if (text === undefined) throw new RangeError(`Cannot find the type ${name}: it is not in the tables`)
  const parts = text.trim().split(/\s+/)
  const atomic = parts[0] === 'atomic'
  const fields = new Map<string, Field>()
  const struct: StructSchema = { kind: 'struct', name, fields, atomic }
  structs.set(name, struct)
  for (const part of atomic ? parts.slice(1) : parts) {
    const colon = part.indexOf(':')
    fields.set(part.slice(0, colon), parseField(part.slice(colon + 1)))
  }
  return struct
}

interface OpenMap {
  readonly kind: 'map'
  values: Schema
  readonly atomic: boolean
}

/**
 * What the schema of a custom resource does not describe: an object is a map of more of the same, and what is none is
 * owned as a whole.
 */
export const OPEN: Schema = openMap()

function openMap(): Schema {
  const open: OpenMap = { kind: 'map', values: { kind: 'scalar', scalar: 'any' }, atomic: false }
  open.values = open
  return open
}

/** A resource, as far as the type of its objects goes. */
interface TypedResource {
  readonly kind: string
  readonly custom?: { readonly type: () => Schema }
}

/** The type of the objects of a resource. */
export function schemaOf(resource: TypedResource): Schema {
  return resource.custom === undefined ? structOf(resource.kind) : resource.custom.type()
}

const FIELD = /^(\w+)(\[[^\]]*\]|\{=?\})?(-|\+\w+)?(~)?(\?|!|\?!)?$/

const PRESENCE: Readonly<Record<string, Field['presence']>> = {
  '?': 'optional',
  '!': 'always',
  '?!': 'nullable',
}

function parseField(text: string): Field {
  const parsed = FIELD.exec(text)
  if (parsed === null)
    throw new SyntaxError(`Cannot read the type "${text}": it is not in the notation of schema.ts`)
  const [, name = '', container = '', merge = '', retain, mark] = parsed
  return {
    schema: containerOf(parseName(name), container, merge),
    presence: PRESENCE[mark ?? ''] ?? 'nonZero',
    retainKeys: retain !== undefined,
  }
}

function parseName(name: string): Schema {
  const scalar = SCALARS.find((each) => each === name)
  return scalar === undefined ? structOf(name) : { kind: 'scalar', scalar }
}

function containerOf(items: Schema, container: string, merge: string): Schema {
  if (container === '') return items
  if (container.startsWith('{')) return { kind: 'map', values: items, atomic: container === '{=}' }
  const inside = container.slice(1, -1)
  const replaced = merge === '-'
  if (inside === '=')
    return { kind: 'list', items, ownership: 'set', keys: [], mergeKey: replaced ? undefined : '' }
  if (inside === '') {
    return {
      kind: 'list',
      items,
      ownership: 'atomic',
      keys: [],
      mergeKey: merge === '' ? undefined : merge.slice(1),
    }
  }
  const keys = inside.split(',')
  return { kind: 'list', items, ownership: 'map', keys, mergeKey: replaced ? undefined : keys[0] }
}

/** Every type in the tables. */
export const TYPE_NAMES: readonly string[] = Object.keys(TYPES)
