// Where the key of all digests lives: in a Secret of its own where there is one, else in the record store.
import { createDigestKey, type DigestKey, digestKeyOf } from '../../decide/content/digest.ts'
import { isConflict, isForbidden, isNotFound } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { isRecord, type RawObject } from '../../kube/raw-object.ts'
import { CONFIG_RESOURCES } from '../../types/config.ts'
import { digestKeyName } from '../../types/own-objects.ts'
import type { StoredDigestKey } from './record-format.ts'
import type { RecordStore } from './record-store.ts'

const SECRETS = CONFIG_RESOURCES.Secret
/** The key of the Secret's data that holds the digest key. */
const DATA_KEY = 'digest-key'

export interface DigestKeyOptions {
  readonly client: KubeClient
  readonly namespace: string
  /** The Secret is called `<name>-digest-key`. */
  readonly name: string
  /** Loaded already. */
  readonly records: RecordStore
  readonly dryRun: boolean
  readonly signal: AbortSignal
}

/**
 * The digest key of this installation, written down before it is returned, so that no digest ever outlives its key. It is
 * made once, moved to the Secret once, and never made again: only a 404, a 403 or an empty Secret means "no key here"
 * (behaviour.md 2, Digest). Throws what the API answered otherwise.
 */
export async function loadDigestKey(options: DigestKeyOptions): Promise<DigestKey> {
  const { records, dryRun, signal } = options
  const secret = await readSecret(options)
  const moved = secret === undefined ? undefined : keyIn(secret)
  if (moved !== undefined) {
    if (records.digestKey() !== undefined) records.keepDigestKey(undefined)
    return moved
  }
  const stored = records.digestKey()
  const key = stored === undefined ? createDigestKey() : decode(stored)
  if (dryRun) return key
  if (secret !== undefined && (await moveTo(secret, key, options))) {
    records.keepDigestKey(undefined)
  } else if (stored === undefined) {
    records.keepDigestKey({ id: key.id, key: key.bytes.toString('base64') })
  }
  await records.flush(signal)
  // Of two processes that start at once, the first to write has made the key.
  const kept = records.digestKey()
  return kept === undefined ? key : decode(kept)
}

function decode({ key }: StoredDigestKey): DigestKey {
  return digestKeyOf(Buffer.from(key, 'base64'))
}

async function readSecret({
  client,
  namespace,
  name,
  signal,
}: DigestKeyOptions): Promise<RawObject | undefined> {
  try {
    return await client.get(SECRETS, { namespace, name: digestKeyName(name) }, { signal })
  } catch (error) {
    if (isNotFound(error) || isForbidden(error)) return undefined
    throw error
  }
}

function keyIn(secret: RawObject): DigestKey | undefined {
  const data = isRecord(secret.data) ? secret.data[DATA_KEY] : undefined
  if (typeof data !== 'string' || data === '') return undefined
  return digestKeyOf(Buffer.from(data, 'base64'))
}

/** Whether the key is in the Secret now; false where we may not write it. Somebody else's write in between is an error. */
async function moveTo(
  secret: RawObject,
  key: DigestKey,
  { client, signal }: DigestKeyOptions,
): Promise<boolean> {
  const data = { [DATA_KEY]: key.bytes.toString('base64') }
  const withKey = { ...secret, apiVersion: 'v1', kind: 'Secret', data }
  try {
    await client.update(SECRETS, withKey, { signal })
    return true
  } catch (error) {
    if (isForbidden(error)) return false
    if (isConflict(error))
      throw new Error('Cannot keep the digest key: its Secret was written at the same moment', {
        cause: error,
      })
    throw error
  }
}
