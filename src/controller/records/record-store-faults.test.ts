import { describe, expect, it, vi } from 'vitest'
import { apiError, FakeClient, FORBIDDEN, SERVER_ERROR } from '../../../test/fake/fake-client.ts'
import { useRunningStores } from '../../../test/fake/running-stores.ts'
import {
  isWrite,
  KIB,
  openStore,
  putShard,
  record,
  ref,
  shardAddress,
  shardData,
  shardOf,
  stored,
  versionOf,
  writes,
} from '../../../test/fake/stored-records.ts'
import { ApiError } from '../../kube/api-error.ts'

const stores = useRunningStores()
const { start } = stores

describe('a write that does not go through', () => {
  it('is merged with what somebody else wrote meanwhile and sent again', async () => {
    const client = new FakeClient()
    putShard(client, 0, shardOf(record('a', 1), record('b', 1)))
    const { store } = await openStore(client)
    putShard(client, 0, shardOf(record('a', 5), record('b', 1), record('c', 5)))
    store.put(record('a', 3))
    store.put(record('b', 3))
    await store.flush(stores.signal)
    expect(stored(client, 0)).toEqual(['a:5', 'b:3', 'c:5'])
    expect(['a', 'b', 'c'].map((name) => versionOf(store, name))).toEqual(['5', '3', '5'])
  })

  it('meets a shard that somebody else created first, and joins it', async () => {
    const client = new FakeClient()
    const { store } = await openStore(client)
    putShard(client, 0, shardOf(record('b', 1)))
    store.put(record('a', 1))
    await store.flush(stores.signal)
    expect(stored(client, 0)).toEqual(['a:1', 'b:1'])
  })

  it('creates a shard whole that somebody deleted', async () => {
    const client = new FakeClient()
    putShard(client, 0, shardOf(record('a', 1), record('b', 1)))
    const { store } = await openStore(client)
    client.remove('configmaps', shardAddress(0))
    store.put(record('a', 2))
    await store.flush(stores.signal)
    expect(writes(client)).toEqual([
      'update configmaps reloader-records-0',
      'create configmaps reloader-records-0',
    ])
    expect(stored(client, 0)).toEqual(['a:2', 'b:1'])
  })

  it('does not overwrite a shard that became one of a newer format, and keeps the records elsewhere', async () => {
    const client = new FakeClient()
    putShard(client, 0, shardOf(record('a', 1), record('b', 1)))
    const { store, problems } = await start(client)
    putShard(client, 0, { format: '2', records: 'x' })
    store.put(record('a', 2))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(shardData(client, 0)).toEqual({ format: '2', records: 'x' })
    expect(stored(client, 1)).toEqual(['a:2', 'b:1'])
    expect(problems.join()).toContain('reloader-records-0 is left alone')
  })

  it('is given up for now when every try is a lost race', async () => {
    const client = new FakeClient()
    putShard(client, 0, shardOf(record('a', 1)))
    const { store } = await openStore(client)
    client.before = (request) => {
      if (isWrite(request)) putShard(client, 0, shardOf(record('a', 1)))
    }
    store.put(record('a', 2))
    await expect(store.flush(stores.signal)).rejects.toThrow('somebody else writes it all the time')
    expect(writes(client)).toHaveLength(5)
    client.before = () => {}
    await store.flush(stores.signal)
    expect(stored(client, 0)).toEqual(['a:2'])
  })

  it('names the namespace that is not there', async () => {
    const client = new FakeClient()
    const { store } = await openStore(client)
    const message = 'namespaces "reloader" not found'
    client.before = (request) => {
      if (isWrite(request)) throw new ApiError(message, { code: 404, reason: 'NotFound' })
    }
    store.put(record('a', 1))
    await expect(store.flush(stores.signal)).rejects.toThrow(message)
    expect(writes(client)).toHaveLength(1)
  })

  it('is tried again with backoff, and each failure is told', async () => {
    const client = new FakeClient()
    const onWrite = vi.fn()
    const { store, problems } = await start(client, { onWrite })
    client.before = (request) => {
      if (isWrite(request)) throw SERVER_ERROR
    }
    store.put(record('a', 1))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(problems.length).toBeGreaterThan(2)
    expect(problems.length).toBeLessThan(5)
    expect(new Set(problems)).toEqual(
      new Set(['Cannot write records, trying again: the server answered 500']),
    )
    client.before = () => {}
    await vi.advanceTimersByTimeAsync(30_000)
    expect(stored(client, 0)).toEqual(['a:1'])
    expect(onWrite).toHaveBeenLastCalledWith('success')
  })

  it('is not repeated when only its answer was lost', async () => {
    const client = new FakeClient()
    const { store } = await start(client)
    client.after = (request) => {
      if (!isWrite(request)) return
      client.after = () => {}
      throw SERVER_ERROR
    }
    store.put(record('a', 1))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(stored(client, 0)).toEqual(['a:1'])
    expect(store.written(ref('a'))).toEqual(record('a', 1))
  })

  it('that is forbidden costs one warning, and records are written again when it is allowed again', async () => {
    const client = new FakeClient()
    const { store, problems } = await start(client)
    client.before = (request) => {
      if (isWrite(request)) throw FORBIDDEN
    }
    store.put(record('a', 1))
    await vi.advanceTimersByTimeAsync(200_000)
    expect([store.isPersistent(), problems.length]).toEqual([false, 1])
    client.before = () => {}
    await vi.advanceTimersByTimeAsync(61_000)
    expect([store.isPersistent(), problems[1]]).toEqual([true, 'Records are written again'])
    expect(stored(client, 0)).toEqual(['a:1'])
  })

  it('that is forbidden for a moment only, as by an API server that starts, costs nothing', async () => {
    const client = new FakeClient()
    const { store, problems } = await start(client)
    client.before = (request) => {
      if (isWrite(request)) throw FORBIDDEN
    }
    store.put(record('a', 1))
    await vi.advanceTimersByTimeAsync(2_000)
    client.before = () => {}
    await vi.advanceTimersByTimeAsync(2_000)
    expect([store.isPersistent(), problems]).toEqual([true, []])
    expect(stored(client, 0)).toEqual(['a:1'])
  })

  it('that is forbidden is tried once a minute, however much there is to write', async () => {
    const client = new FakeClient()
    const { store } = await start(client, { watchedNow: () => '2026-02-01T00:00:00Z' })
    client.before = (request) => {
      if (isWrite(request)) throw FORBIDDEN
    }
    store.put(record('a', 1))
    await vi.advanceTimersByTimeAsync(10_000)
    const before = writes(client).length
    for (let version = 2; version < 122; version += 1) {
      store.put(record('a', version))
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(writes(client).length - before).toBe(2)
  })

  it('for what is in one shard does not keep the others from being written', async () => {
    const client = new FakeClient()
    const { store } = await openStore(client, { watchedNow: () => '2026-02-01T00:00:00Z' })
    client.before = (request) => {
      if (isWrite(request) && request.name.endsWith('-1')) throw apiError(422, 'Invalid', 'data')
    }
    for (const name of ['a', 'b', 'c']) store.put(record(name, 1, 60 * KIB))
    await expect(store.flush(stores.signal)).rejects.toThrow('422')
    expect([stored(client, 0), stored(client, 1), stored(client, 2)]).toEqual([['a:1'], [], ['c:1']])
    expect(shardData(client, 0).watchedUntil).toBeUndefined()
  })

  it('loses no record that was moving from one shard to another, whichever of the two it was', async () => {
    for (const failing of ['reloader-records-0', 'reloader-records-1', 'reloader-records-2']) {
      const client = new FakeClient()
      putShard(client, 0, shardOf(record('x', 1, 10 * KIB)))
      putShard(client, 1, shardOf(record('a', 1, 30 * KIB), record('b', 1, 30 * KIB)))
      const { store } = await openStore(client)
      store.put(record('a', 2, 30 * KIB))
      store.put(record('b', 2, 63 * KIB))
      client.before = (request) => {
        if (isWrite(request) && request.name === failing) throw SERVER_ERROR
      }
      await store.flush(stores.signal).catch(() => {})
      client.before = () => {}
      const { store: next } = await openStore(client)
      expect([failing, versionOf(next, 'b')]).toEqual([failing, expect.stringMatching(/^[12]$/)])
      await store.flush(stores.signal)
      await store.flush(stores.signal)
      expect([stored(client, 1), stored(client, 2)]).toEqual([['a:2'], ['b:2']])
    }
  })
})
