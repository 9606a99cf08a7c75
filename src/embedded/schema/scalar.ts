// The scalar types of the API: how each is read, and what its zero is.
import type { Json } from '../object/json.ts'
import { canonicalQuantity, QUANTITY_PROBLEM } from './quantity.ts'
import type { Scalar } from './schema.ts'

/** The value in its canonical form, or the decoder's message about it for a field named so. */
export type ScalarResult = { readonly value: Json } | { readonly problem: (owner: string) => string }

/** How Go names the types, in the decoder's messages. */
export const GO_TYPES: Readonly<Record<Scalar, string>> = {
  string: 'string',
  integer: 'int32',
  number: 'float64',
  boolean: 'bool',
  bytes: '[]uint8',
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  any: 'runtime.RawExtension',
}

/** The zero of a scalar that is always written. */
export function zeroOf(scalar: Scalar): Json {
  switch (scalar) {
    case 'string':
      return ''
    case 'integer':
    case 'number':
    case 'intOrString':
      return 0
    case 'quantity':
      return '0'
    case 'boolean':
      return false
    default:
      return null
  }
}

/** A value of JSON as a scalar. */
export function readScalar(value: Json, scalar: Scalar): ScalarResult {
  switch (scalar) {
    case 'any':
      return { value }
    case 'time':
    case 'microTime':
      return readTime(value, scalar)
    case 'bytes':
      return readBytes(value)
    case 'quantity':
      return readQuantity(value)
    case 'intOrString':
      return ofType(value, scalar, typeof value === 'string' || Number.isInteger(value))
    case 'integer':
      return ofType(value, scalar, Number.isInteger(value))
    default:
      return ofType(value, scalar, typeof value === scalar)
  }
}

function readQuantity(value: Json): ScalarResult {
  if (typeof value !== 'string' && typeof value !== 'number') return { problem: () => QUANTITY_PROBLEM }
  const canonical = canonicalQuantity(String(value))
  return canonical === undefined ? { problem: () => QUANTITY_PROBLEM } : { value: canonical }
}

function ofType(value: Json, scalar: Scalar, fits: boolean): ScalarResult {
  if (fits) return { value }
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  return {
    problem: (owner) =>
      `json: cannot unmarshal ${found} into Go struct field ${owner} of type ${GO_TYPES[scalar]}`,
  }
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

function readBytes(value: Json): ScalarResult {
  if (typeof value !== 'string') return ofType(value, 'bytes', false)
  const text = value.replace(/[\r\n]/g, '')
  if (!BASE64.test(text) || text.length % 4 !== 0) {
    return { problem: () => `illegal base64 data at input byte ${firstIllegal(text)}` }
  }
  return { value: text }
}

/** The place at which Go's decoder stops. */
function firstIllegal(text: string): number {
  const strange = text.search(/[^A-Za-z0-9+/=]/)
  if (strange >= 0) return strange
  const padding = text.indexOf('=')
  return padding >= 0 && padding < text.length - 2 ? padding : text.length - (text.length % 4)
}

const TIMES = {
  time: {
    layout: '2006-01-02T15:04:05Z07:00',
    pattern: /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  },
  microTime: {
    layout: '2006-01-02T15:04:05.000000Z07:00',
    pattern: /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{6}(Z|[+-]\d\d:\d\d)$/,
  },
} as const

function readTime(value: Json, scalar: 'time' | 'microTime'): ScalarResult {
  if (typeof value !== 'string') return ofType(value, scalar, false)
  if (value === '') return { value: null }
  const { layout, pattern } = TIMES[scalar]
  const milliseconds = Date.parse(value)
  if (!pattern.test(value) || Number.isNaN(milliseconds)) {
    const [rest, part] = unreadPart(value, scalar)
    return { problem: () => `parsing time "${value}" as "${layout}": cannot parse "${rest}" as "${part}"` }
  }
  const seconds = new Date(milliseconds).toISOString().slice(0, 19)
  if (scalar === 'time') return { value: `${seconds}Z` }
  return { value: `${seconds}.${value.slice(20, 26)}Z` }
}

/** Where Go stops reading a time, and what it expected there: the year, the fraction or the zone. */
function unreadPart(text: string, scalar: 'time' | 'microTime'): readonly [string, string] {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text)) return [text, '2006']
  const rest = text.slice(19)
  if (scalar === 'time') return [rest, 'Z07:00']
  return /^\.\d{6}/.test(rest) ? [rest.slice(7), 'Z07:00'] : [rest, '.000000']
}

/** A clock reading as metav1.Time writes it: UTC, whole seconds. */
export function toTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}
