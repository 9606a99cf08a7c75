// Scalars in protobuf as JSON. Those with a form of their own are messages.
import type { Json } from '../object/json.ts'
import type { Scalar } from '../schema/schema.ts'
import { fieldsOfMessage, type WireField } from './wire.ts'

type WireValue = WireField['value']

/** The text of a field; empty where it is none. */
export function textOf(value: WireValue | undefined): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : ''
}

/** The value of a field of that type. */
export function decodeScalar(value: WireValue, scalar: Scalar): Json {
  switch (scalar) {
    case 'string':
      return textOf(value)
    case 'bytes':
      return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : ''
    case 'boolean':
      return value !== 0n
    case 'integer':
      return integerOf(value)
    case 'number':
      return value instanceof Uint8Array ? Buffer.from(value).readDoubleLE() : 0
    case 'quantity':
      return textOf(memberOf(value, 1))
    case 'intOrString':
      return memberOf(value, 1) === 1n ? textOf(memberOf(value, 3)) : integerOf(memberOf(value, 2))
    case 'time':
    case 'microTime':
      return timeOf(value, scalar)
    case 'any':
      return rawJson(memberOf(value, 1))
  }
}

function memberOf(value: WireValue, number: number): WireValue | undefined {
  if (!(value instanceof Uint8Array)) return undefined
  return [...fieldsOfMessage(value)].findLast((each) => each.number === number)?.value
}

function integerOf(value: WireValue | undefined): number {
  return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0
}

/** Seconds and nanoseconds; no time is an empty message. */
function timeOf(value: WireValue, scalar: 'time' | 'microTime'): Json {
  if (!(value instanceof Uint8Array) || value.length === 0) return null
  const seconds = new Date(integerOf(memberOf(value, 1)) * 1000).toISOString().slice(0, 19)
  if (scalar === 'time') return `${seconds}Z`
  const micros = Math.trunc(integerOf(memberOf(value, 2)) / 1000)
  return `${seconds}.${String(micros).padStart(6, '0')}Z`
}

function rawJson(value: WireValue | undefined): Json {
  const text = textOf(value)
  return text === '' ? null : JSON.parse(text)
}
