// A config's content as keyed fingerprints. Bytes of values exist only while `digestContent` runs: nothing that it returns, throws
// or leaves behind holds one, and no regular expression ever sees one (V8 keeps the last text that one was tried on).
import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { Config, ConfigType, ContentDigest, Digest, KeySet } from '../../types/config.ts'
import type { KubeObject } from '../../types/object.ts'
import { incumbentHashOf } from '../stamps/incumbent-hash.ts'
import { dataWritesOf } from './data-writes.ts'
import { versionsOf } from './pod-status.ts'
import { type StoredValue, valuesOf, wipe } from './stored-value.ts'

/** The random key of an installation: without it, a digest tells nothing about the content. */
export interface DigestKey {
  /** A fingerprint of the key, hexadecimal; every digest begins with it. */
  readonly id: string
  readonly bytes: Buffer
}

/** The least length of a key that is taken, in bytes. */
const MIN_KEY_BYTES = 16

/** A new key, never seen before. */
export function createDigestKey(): DigestKey {
  return digestKeyOf(randomBytes(32))
}

/** The key of these bytes. Throws a RangeError when they are too few to be one. */
export function digestKeyOf(bytes: Buffer): DigestKey {
  if (bytes.length < MIN_KEY_BYTES) {
    throw new RangeError(
      `Cannot use the digest key: it has ${bytes.length} bytes, and not at least ${MIN_KEY_BYTES}`,
    )
  }
  const id = createHash('sha256').update('reloader/key-id\0').update(bytes).digest('hex').slice(0, 8)
  return { id, bytes }
}

export interface DigestOptions {
  readonly type: ConfigType
  readonly key: DigestKey
  /** Also make the incumbent's hash of the whole content; default false. */
  readonly incumbentHash?: boolean
}

/**
 * The fingerprints of a ConfigMap or Secret as the API server sent it. A value's MAC covers its kind (data or binaryData), its
 * length and its bytes; equal MACs mean equal values.
 */
export function digestContent(
  object: KubeObject,
  { type, key, incumbentHash = false }: DigestOptions,
): ContentDigest {
  const { uid, resourceVersion, creationTimestamp = '', managedFields } = object.metadata
  const { dataTime } = dataWritesOf(managedFields)
  const values = valuesOf(object, type)
  try {
    return {
      uid,
      resourceVersion,
      creationTimestamp,
      type,
      ...(dataTime === undefined ? {} : { dataTime }),
      ...macsOf(values, type, key),
      ...(incumbentHash ? { incumbentHash: incumbentHashOf(values) } : {}),
    }
  } finally {
    wipe(values)
  }
}

/** The fingerprints of the versions that `config`, a SecretProviderClass, shows; keyed like those of content. */
export function digestVersions(
  { ref: { kind: type, name }, uid, resourceVersion, creationTimestamp, dataTime, mounted }: Config,
  { key, incumbentHash = false }: Omit<DigestOptions, 'type'>,
): ContentDigest {
  const values = versionsOf(mounted).map(([id, version]) => textValue(id, version))
  return {
    uid,
    resourceVersion,
    creationTimestamp,
    type,
    ...(dataTime === undefined ? {} : { dataTime }),
    ...macsOf(values, type, key),
    ...(incumbentHash
      ? { incumbentHash: incumbentHashOf([...values, textValue('SecretProviderClassName', name)]) }
      : {}),
  }
}

function textValue(key: string, text: string): StoredValue {
  return { key, kind: 'data', bytes: Buffer.from(text, 'utf8') }
}

function macsOf(
  values: readonly StoredValue[],
  type: ConfigType,
  key: DigestKey,
): Pick<ContentDigest, 'keyId' | 'typeMac' | 'entries'> {
  return {
    keyId: key.id,
    typeMac: createHmac('sha256', key.bytes).update('reloader/type\0').update(type).digest('base64url'),
    entries: new Map(values.map((value) => [value.key, macOf(value, key)])),
  }
}

function macOf({ kind, bytes }: StoredValue, key: DigestKey): string {
  return createHmac('sha256', key.bytes)
    .update('reloader/value\0')
    .update(kind === 'data' ? 'd' : 'b')
    .update(lengthOf(bytes.length))
    .update(bytes)
    .digest('base64url')
}

/**
 * The digest of the used keys: over the type and, in the order of code units, each of them that is there with its MAC. Each
 * part is written with its length before it, so that two different contents never make the same text.
 */
export function digestOf(content: ContentDigest, keys: KeySet): Digest {
  const hmac = createHmac('sha256', content.typeMac)
  for (const key of usedKeys(content, keys)) {
    for (const part of [key, content.entries.get(key) ?? '']) {
      const bytes = Buffer.from(part, 'utf8')
      hmac.update(lengthOf(bytes.length)).update(bytes)
    }
  }
  return `${content.keyId}-${hmac.digest('base64url')}`
}

function usedKeys({ entries }: ContentDigest, keys: KeySet): readonly string[] {
  const used = keys === 'all' ? [...entries.keys()] : [...new Set(keys)].filter((key) => entries.has(key))
  return used.sort()
}

function lengthOf(bytes: number): Buffer {
  const encoded = Buffer.alloc(8)
  encoded.writeBigUInt64BE(BigInt(bytes))
  return encoded
}

/** The keys whose value was added, changed or removed, sorted. Both must have been made with one digest key. */
export function changedKeys(before: ContentDigest, after: ContentDigest): readonly string[] {
  const keys = new Set([...before.entries.keys(), ...after.entries.keys()])
  return [...keys].filter((key) => before.entries.get(key) !== after.entries.get(key)).sort()
}
