import { describe, expect, it, vi } from 'vitest'
import { FakeClient, FORBIDDEN, SERVER_ERROR } from '../../../test/fake/fake-client.ts'
import { useRunningStores } from '../../../test/fake/running-stores.ts'
import {
  isWrite,
  KIB,
  openStore,
  putShard,
  RECORDS_LABEL,
  record,
  ref,
  shardAddress,
  shardData,
  shardOf,
  stored,
  versionOf,
  writes,
} from '../../../test/fake/stored-records.ts'

const stores = useRunningStores()
const { start } = stores

describe('loading', () => {
  it('reads every shard of this installation before anything else', async () => {
    const client = new FakeClient()
    putShard(client, 0, { ...shardOf(record('a', 1)), watchedUntil: '2026-02-01T00:00:00Z' })
    putShard(client, 7, shardOf(record('b', 2)))
    client.put('configmaps', {
      metadata: { namespace: 'reloader', name: 'other-records-0', labels: { [RECORDS_LABEL]: 'other' } },
      data: shardOf(record('c', 3)),
    })
    const { store } = await openStore(client)
    expect([...store.keys()].sort()).toEqual(['Deployment/shop/a', 'Deployment/shop/b'])
    expect([store.watchedUntil(), store.size, store.isPersistent()]).toEqual([
      '2026-02-01T00:00:00Z',
      2,
      true,
    ])
    expect(writes(client)).toEqual([])
  })

  it('gives no record to another workload of the same name', async () => {
    const client = new FakeClient()
    putShard(client, 0, shardOf(record('a', 1)))
    const { store } = await openStore(client)
    expect(store.get(ref('a'), 'w1')).toEqual(record('a', 1))
    expect(store.get(ref('a'), 'w2')).toBeUndefined()
  })

  it('takes an empty list for an empty store, and writes nothing yet', async () => {
    const client = new FakeClient()
    const { store, problems } = await openStore(client)
    expect([store.size, store.isPersistent(), store.watchedUntil(), problems]).toEqual([
      0,
      true,
      undefined,
      [],
    ])
    expect(client.requested('create', 'update', 'get')).toEqual([])
  })

  it('fails with what the API server answered, unless that is a 403', async () => {
    const client = new FakeClient()
    client.before = () => {
      throw SERVER_ERROR
    }
    await expect(openStore(client)).rejects.toBe(SERVER_ERROR)
  })

  it('goes on in memory alone when the store is forbidden, and says once what that costs', async () => {
    const client = new FakeClient()
    client.before = ({ verb }) => {
      if (verb !== 'serves') throw FORBIDDEN
    }
    const starting = start(client)
    await vi.advanceTimersByTimeAsync(1_000)
    const { store, problems } = await starting
    store.put(record('a', 1))
    await vi.advanceTimersByTimeAsync(300_000)
    await store.flush(stores.signal)
    expect(versionOf(store, 'a')).toBe('1')
    expect(store.written(ref('a'))).toEqual(record('a', 1))
    expect(store.isPersistent()).toBe(false)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/in memory only.*grant get, list, watch, create and update on configmaps/)
    expect(writes(client)).toEqual([])
  })

  it('leaves alone what it cannot understand, and puts its records elsewhere', async () => {
    const client = new FakeClient()
    putShard(client, 0, { format: '2', records: 'x' })
    putShard(client, 1, { format: '1', records: '{' })
    client.put('configmaps', { metadata: { ...shardAddress(2), labels: { [RECORDS_LABEL]: 'reloader' } } })
    const { store, problems } = await openStore(client)
    expect(problems.map((problem) => problem.split(' ').slice(0, 2).join(' '))).toEqual([
      'ConfigMap reloader-records-0',
      'ConfigMap reloader-records-1',
      'ConfigMap reloader-records-2',
    ])
    store.put(record('a', 1))
    await store.flush(stores.signal)
    expect(writes(client)).toEqual(['create configmaps reloader-records-3'])
    expect(shardData(client, 0)).toEqual({ format: '2', records: 'x' })
    expect(stored(client, 3)).toEqual(['a:1'])
  })
})

describe('the header', () => {
  it('is written last, and says until when everything was watched as of before the other writes', async () => {
    const client = new FakeClient()
    let now = '2026-02-01T00:00:00Z'
    const { store } = await openStore(client, { watchedNow: () => now })
    client.before = (request) => {
      if (isWrite(request)) now = '2026-02-01T00:00:09Z'
    }
    for (const name of ['a', 'b']) store.put(record(name, 1, 60 * KIB))
    await store.flush(stores.signal)
    expect(writes(client)).toEqual([
      'create configmaps reloader-records-1',
      'create configmaps reloader-records-0',
    ])
    expect(shardData(client, 0).watchedUntil).toBe('2026-02-01T00:00:00Z')
    expect(shardData(client, 1).watchedUntil).toBeUndefined()
  })

  it('keeps what it said before as long as nobody says that everything is watched', async () => {
    const client = new FakeClient()
    putShard(client, 0, { ...shardOf(record('a', 1)), watchedUntil: '2026-02-01T00:00:00Z' })
    const { store } = await start(client)
    store.put(record('a', 2))
    await vi.advanceTimersByTimeAsync(130_000)
    expect(stored(client, 0)).toEqual(['a:2'])
    expect(shardData(client, 0).watchedUntil).toBe('2026-02-01T00:00:00Z')
  })

  it('never goes back in time', async () => {
    const client = new FakeClient()
    putShard(client, 0, { ...shardOf(record('a', 1)), watchedUntil: '2026-02-01T00:00:00Z' })
    const { store } = await openStore(client, { watchedNow: () => '2026-01-01T00:00:00Z' })
    store.put(record('a', 2))
    await store.flush(stores.signal)
    expect(shardData(client, 0).watchedUntil).toBe('2026-02-01T00:00:00Z')
  })

  it('is written once a minute though nothing changes, and brings back deleted shards', async () => {
    const client = new FakeClient()
    const { store } = await start(client, { watchedNow: () => '2026-02-01T00:00:00Z' })
    for (const name of ['a', 'b']) store.put(record(name, 1, 60 * KIB))
    await vi.advanceTimersByTimeAsync(1_000)
    client.remove('configmaps', shardAddress(1))
    const before = writes(client).length
    await vi.advanceTimersByTimeAsync(61_000)
    expect(stored(client, 1)).toEqual(['b:1'])
    expect(writes(client).slice(before)).toEqual([
      'create configmaps reloader-records-1',
      'update configmaps reloader-records-0',
    ])
  })

  it('tells the time at which the processes before us watched, not ours', async () => {
    const client = new FakeClient()
    putShard(client, 0, { ...shardOf(record('a', 1)), watchedUntil: '2026-02-01T00:00:00Z' })
    const { store } = await openStore(client, { watchedNow: () => '2026-03-01T00:00:00Z' })
    store.put(record('a', 2))
    await store.flush(stores.signal)
    expect(store.watchedUntil()).toBe('2026-02-01T00:00:00Z')
    expect(shardData(client, 0).watchedUntil).toBe('2026-03-01T00:00:00Z')
  })

  it('holds the digest key until it is kept elsewhere', async () => {
    const client = new FakeClient()
    const { store } = await openStore(client)
    const key = { id: '0a1b2c3d', key: 'a2V5' }
    store.keepDigestKey(key)
    await store.flush(stores.signal)
    expect((await openStore(client)).store.digestKey()).toEqual(key)
    store.keepDigestKey(undefined)
    await store.flush(stores.signal)
    expect((await openStore(client)).store.digestKey()).toBeUndefined()
  })

  it("is written before a flush resolves even if its shard turns out to be somebody else's", async () => {
    const client = new FakeClient()
    client.put('configmaps', { metadata: shardAddress(0), data: { note: 'not yours' } })
    const { store } = await openStore(client)
    store.keepDigestKey({ id: '0a1b2c3d', key: 'a2V5' })
    await expect(store.flush(stores.signal)).rejects.toThrow('it is not ours any more')
    await store.flush(stores.signal)
    expect(shardData(client, 0)).toEqual({ note: 'not yours' })
    expect(JSON.parse(shardData(client, 1).digestKey ?? '')).toEqual({ id: '0a1b2c3d', key: 'a2V5' })
  })
})
