import { describe, expect, it } from 'vitest'
import { apiError, CONFLICT, FakeClient, FORBIDDEN, SERVER_ERROR } from '../../../test/fake/fake-client.ts'
import { digestKeyOf } from '../../decide/content/digest.ts'
import type { ApiError } from '../../kube/api-error.ts'
import { loadDigestKey } from './digest-key.ts'
import { createRecordStore, type RecordStore } from './record-store.ts'

const SECRET = { namespace: 'reloader', name: 'reloader-digest-key' }
const SHARD = { namespace: 'reloader', name: 'reloader-records-0' }
const signal = new AbortController().signal

async function openRecords(client: FakeClient, dryRun = false): Promise<RecordStore> {
  const records = createRecordStore({
    client,
    namespace: 'reloader',
    name: 'reloader',
    watchedNow: () => undefined,
    dryRun,
  })
  await records.load(signal)
  return records
}

/** What a process finds that starts now. */
async function load(client: FakeClient, { dryRun = false } = {}) {
  const records = await openRecords(client, dryRun)
  return loadDigestKey({ client, namespace: 'reloader', name: 'reloader', records, dryRun, signal })
}

function failSecret(client: FakeClient, verb: 'get' | 'update', error: ApiError): void {
  client.before = (request) => {
    if (request.resource === 'secrets' && request.verb === verb) throw error
  }
}

function secretText(client: FakeClient): unknown {
  const data = client.object('secrets', SECRET)?.data
  return typeof data === 'object' && data !== null && 'digest-key' in data ? data['digest-key'] : undefined
}

const shardText = (client: FakeClient) => JSON.stringify(client.object('configmaps', SHARD)?.data ?? {})
const EMPTY_SECRET = { metadata: SECRET, type: 'Opaque' }

describe('the digest key of an installation', () => {
  it('is made once and kept in the store, where there is no Secret', async () => {
    const client = new FakeClient()
    const key = await load(client)
    expect(shardText(client)).toContain(key.id)
    expect(await load(client)).toEqual(key)
    expect(client.requested('create', 'update')).toEqual(['create configmaps reloader-records-0'])
  })

  it('is kept in the store where the Secret may not be read', async () => {
    const client = new FakeClient()
    failSecret(client, 'get', FORBIDDEN)
    const key = await load(client)
    expect(await load(client)).toEqual(key)
  })

  it('is written into an empty Secret, and not into the store', async () => {
    const client = new FakeClient()
    client.put('secrets', EMPTY_SECRET)
    const key = await load(client)
    expect(secretText(client)).toBe(key.bytes.toString('base64'))
    expect(client.object('secrets', SECRET)?.type).toBe('Opaque')
    expect(shardText(client)).not.toContain(key.id)
    expect(await load(client)).toEqual(key)
  })

  it('moves from the store to the Secret when the chart brings one, and stays the same key', async () => {
    const client = new FakeClient()
    const key = await load(client)
    client.put('secrets', EMPTY_SECRET)
    expect(await load(client)).toEqual(key)
    expect(secretText(client)).toBe(key.bytes.toString('base64'))
    expect(shardText(client)).not.toContain(key.id)
  })

  it('is read from a Secret that holds it, which nobody writes again', async () => {
    const client = new FakeClient()
    const key = digestKeyOf(Buffer.alloc(32, 9))
    client.put('secrets', { ...EMPTY_SECRET, data: { 'digest-key': key.bytes.toString('base64') } })
    expect(await load(client)).toEqual(key)
    expect(client.requested('create', 'update')).toEqual([])
  })

  it('stays in the store when the Secret may be read but not written', async () => {
    const client = new FakeClient()
    client.put('secrets', EMPTY_SECRET)
    failSecret(client, 'update', FORBIDDEN)
    const key = await load(client)
    expect(shardText(client)).toContain(key.id)
    expect(await load(client)).toEqual(key)
  })

  it('is not made when nobody can say whether there is one', async () => {
    for (const error of [SERVER_ERROR, apiError(401), apiError(429)]) {
      const client = new FakeClient()
      failSecret(client, 'get', error)
      await expect(load(client)).rejects.toBe(error)
      expect(client.requested('create', 'update')).toEqual([])
    }
  })

  it('is the one of whoever was faster, when two processes start at once', async () => {
    const client = new FakeClient()
    client.put('secrets', EMPTY_SECRET)
    const other = digestKeyOf(Buffer.alloc(32, 3))
    client.before = (request) => {
      if (request.resource !== 'secrets' || request.verb !== 'update') return
      client.before = () => {}
      client.put('secrets', { ...EMPTY_SECRET, data: { 'digest-key': other.bytes.toString('base64') } })
    }
    await expect(load(client)).rejects.toThrow(
      'Cannot keep the digest key: its Secret was written at the same moment',
    )
    expect(await load(client)).toEqual(other)
  })

  it('is the one of whoever was faster also where the store keeps it', async () => {
    const client = new FakeClient()
    const records = [await openRecords(client), await openRecords(client)]
    const start = (each: RecordStore) =>
      loadDigestKey({ client, namespace: 'reloader', name: 'reloader', records: each, dryRun: false, signal })
    const keys = await Promise.all(records.map(start))
    const kept = await load(client)
    expect(keys).toEqual([kept, kept])
  })

  it('is not returned before it is written down', async () => {
    const client = new FakeClient()
    client.before = ({ verb }) => {
      if (verb === 'create') throw SERVER_ERROR
    }
    await expect(load(client)).rejects.toBe(SERVER_ERROR)
    client.before = () => {}
    const key = await load(client)
    expect(shardText(client)).toContain(key.id)
  })

  it('is the same after a move that was cut short', async () => {
    const client = new FakeClient()
    const key = await load(client)
    client.put('secrets', EMPTY_SECRET)
    client.before = ({ verb, resource }) => {
      if (verb === 'update' && resource === 'configmaps') throw CONFLICT
    }
    await expect(load(client)).rejects.toThrow()
    client.before = () => {}
    expect(await load(client)).toEqual(key)
  })

  it('is used but not written in a dry run', async () => {
    const client = new FakeClient()
    client.put('secrets', EMPTY_SECRET)
    const key = await load(client, { dryRun: true })
    expect(key.bytes).toHaveLength(32)
    expect(client.requested('create', 'update')).toEqual([])
  })

  it('is no key when the Secret holds too little of it', async () => {
    const client = new FakeClient()
    client.put('secrets', { ...EMPTY_SECRET, data: { 'digest-key': 'c2hvcnQ=' } })
    await expect(load(client)).rejects.toThrow('Cannot use the digest key: it has 5 bytes')
    expect(client.requested('create', 'update')).toEqual([])
  })
})
