// The encoding under every protobuf message: numbered fields of four kinds (https://protobuf.dev/programming-guides/encoding).

/** A field of a message as it stands on the wire. */
export interface WireField {
  readonly number: number
  /** A bigint is a varint, as unsigned 64 bits; bytes are whatever has a length, or a number of fixed width. */
  readonly value: bigint | Uint8Array
}

/** Bytes that are no message. */
export class WireError extends Error {
  override readonly name = 'WireError'
}

const FIXED_WIDTHS: Readonly<Record<number, number>> = { 1: 8, 5: 4 }
const VARINT = 0
const WITH_LENGTH = 2

/** The fields of a message in their order. Throws a WireError. */
export function* fieldsOfMessage(bytes: Uint8Array): Generator<WireField> {
  let place = 0
  while (place < bytes.length) {
    const tag = readVarint(bytes, place)
    const [number, type] = [Number(tag.value >> 3n), Number(tag.value & 7n)]
    if (type === VARINT) {
      const { value, end } = readVarint(bytes, tag.end)
      yield { number, value }
      place = end
    } else {
      const { start, end } = extentOf(bytes, tag.end, type)
      if (end > bytes.length) throw new WireError('Cannot read a protobuf message: it ends within a field')
      yield { number, value: bytes.subarray(start, end) }
      place = end
    }
  }
}

function extentOf(
  bytes: Uint8Array,
  at: number,
  type: number,
): { readonly start: number; readonly end: number } {
  const width = FIXED_WIDTHS[type]
  if (width !== undefined) return { start: at, end: at + width }
  if (type !== WITH_LENGTH)
    throw new WireError(`Cannot read a protobuf message: there is no wire type ${type}`)
  const length = readVarint(bytes, at)
  return { start: length.end, end: length.end + Number(length.value) }
}

interface Varint {
  readonly value: bigint
  /** The place behind it. */
  readonly end: number
}

/** Seven bits in a byte, the lowest first. */
export function readVarint(bytes: Uint8Array, start: number): Varint {
  let value = 0n
  for (let i = 0; i < 10; i += 1) {
    const byte = bytes[start + i]
    if (byte === undefined) throw new WireError('Cannot read a protobuf message: it ends within a number')
    value |= BigInt(byte & 127) << BigInt(7 * i)
    if (byte < 128) return { value, end: start + i + 1 }
  }
  throw new WireError('Cannot read a protobuf message: a number is too long')
}
