// The incumbent's hash of a config's content (spec 4.1). Its encoding is ambiguous and it is not keyed: it serves only to tell
// whether a stamp that the incumbent left is up to date.
import { createHash } from 'node:crypto'
import { type StoredValue, wipe } from '../content/stored-value.ts'

/** What the incumbent's annotation holds as the hash of a deleted config: the SHA-1 of `__RELOADER_EMPTY_DELETE_MARKER__`. */
export const DELETE_MARKER_HASH = 'aae45badef99284e4dae01d6046154ea9d99532f'

/** SHA-1, in lower-case hexadecimal, over the sorted entries `key=value` joined by `;`, binaryData in base64. */
export function incumbentHashOf(values: readonly StoredValue[]): string {
  const entries = values.map((value): StoredValue => ({ ...value, bytes: entryOf(value) }))
  entries.sort((a, b) => Buffer.compare(a.bytes, b.bytes))
  const hash = createHash('sha1')
  for (const [index, { bytes }] of entries.entries()) hash.update(index === 0 ? '' : ';').update(bytes)
  wipe(entries)
  return hash.digest('hex')
}

function entryOf({ key, kind, bytes }: StoredValue): Buffer {
  const head = Buffer.from(`${key}=`, 'utf8')
  if (kind === 'data') return Buffer.concat([head, bytes])
  return Buffer.concat([head, Buffer.from(bytes.toString('base64'), 'latin1')])
}
