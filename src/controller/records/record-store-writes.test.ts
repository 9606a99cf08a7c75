import { describe, expect, it, vi } from 'vitest'
import { FakeClient } from '../../../test/fake/fake-client.ts'
import { useRunningStores } from '../../../test/fake/running-stores.ts'
import {
  isWrite,
  openStore,
  putShard,
  RECORDS_LABEL,
  record,
  ref,
  shardAddress,
  shardOf,
  stored,
  versionOf,
  writes,
} from '../../../test/fake/stored-records.ts'

const stores = useRunningStores()
const { start } = stores

describe('writing', () => {
  it('happens at once, and then at most once a second', async () => {
    const client = new FakeClient()
    const { store } = await start(client)
    store.put(record('a', 1))
    await vi.advanceTimersByTimeAsync(0)
    expect(stored(client, 0)).toEqual(['a:1'])
    for (let version = 2; version < 6; version++) {
      store.put(record('a', version))
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(writes(client)).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(600)
    expect(writes(client)).toHaveLength(2)
    expect(stored(client, 0)).toEqual(['a:5'])
  })

  it('labels a shard with nothing but the name of the installation', async () => {
    const client = new FakeClient()
    const { store } = await openStore(client)
    store.put(record('a', 1))
    await store.flush(stores.signal)
    const { metadata } = client.object('configmaps', shardAddress(0)) ?? {}
    expect(metadata?.labels).toEqual({ [RECORDS_LABEL]: 'reloader' })
    expect(metadata?.annotations).toBeUndefined()
  })

  it('is not asked for by a quiet put, which goes along with the next one', async () => {
    const client = new FakeClient()
    putShard(client, 0, shardOf(record('a', 1), record('b', 1)))
    const { store } = await start(client)
    store.put(record('a', 2), { quiet: true })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(writes(client)).toEqual([])
    store.put(record('b', 2))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(stored(client, 0)).toEqual(['a:2', 'b:2'])
  })

  it('does not lose what is put while a write is under way', async () => {
    const client = new FakeClient()
    const { store } = await start(client)
    let meanwhile = () => store.put(record('a', 2))
    client.before = (request) => {
      if (!isWrite(request)) return
      meanwhile()
      meanwhile = () => {}
    }
    store.put(record('a', 1))
    await vi.advanceTimersByTimeAsync(0)
    expect(stored(client, 0)).toEqual(['a:1'])
    expect(store.written(ref('a'))).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(stored(client, 0)).toEqual(['a:2'])
    expect(store.written(ref('a'))).toEqual(record('a', 2))
  })

  it('calls nothing written as long as its write is not answered', async () => {
    const client = new FakeClient()
    const { store } = await openStore(client)
    store.put(record('a', 1))
    const seen: unknown[] = []
    client.after = () => {
      seen.push(store.written(ref('a')))
    }
    await store.flush(stores.signal)
    expect(seen).toEqual([undefined])
    expect(store.written(ref('a'))).toEqual(record('a', 1))
  })

  it('lets a second flush wait for the first', async () => {
    const client = new FakeClient()
    const { store } = await openStore(client)
    store.put(record('a', 1))
    let answer = () => {}
    client.after = () => new Promise((resolve) => (answer = resolve))
    const first = store.flush(stores.signal)
    const second = vi.fn()
    void store.flush(stores.signal).then(second)
    await vi.advanceTimersByTimeAsync(0)
    expect(second).not.toHaveBeenCalled()
    answer()
    await first
    await vi.advanceTimersByTimeAsync(0)
    expect(second).toHaveBeenCalledOnce()
    expect(writes(client)).toHaveLength(1)
  })

  it('removes what was forgotten', async () => {
    const client = new FakeClient()
    putShard(client, 0, shardOf(record('a', 1), record('b', 1)))
    const { store } = await start(client)
    store.remove('Deployment/shop/a')
    store.remove('Deployment/shop/unknown')
    await vi.advanceTimersByTimeAsync(0)
    expect(stored(client, 0)).toEqual(['b:1'])
  })

  it('writes nothing in a dry run', async () => {
    const client = new FakeClient()
    putShard(client, 0, shardOf(record('a', 1)))
    const { store, problems } = await start(client, { dryRun: true })
    store.put(record('a', 2))
    store.keepDigestKey({ id: 'k', key: 'a2V5' })
    await vi.advanceTimersByTimeAsync(120_000)
    await store.flush(stores.signal)
    expect([writes(client), problems, store.isPersistent(), versionOf(store, 'a')]).toEqual([
      [],
      [],
      false,
      '2',
    ])
  })

  it('stops with the signal, and leaves no timer', async () => {
    const client = new FakeClient()
    const { store } = await openStore(client)
    const running = store.run(stores.signal)
    store.put(record('a', 1))
    await vi.advanceTimersByTimeAsync(0)
    stores.stop()
    await running
    expect(vi.getTimerCount()).toBe(0)
  })

  it('of the last records is what a flush after the run does', async () => {
    const client = new FakeClient()
    const { store } = await start(client)
    store.put(record('a', 1))
    await vi.advanceTimersByTimeAsync(0)
    store.put(record('a', 2))
    stores.stop()
    await vi.advanceTimersByTimeAsync(0)
    await store.flush(new AbortController().signal)
    expect(stored(client, 0)).toEqual(['a:2'])
  })
})
