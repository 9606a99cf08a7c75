import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  apiError,
  FakeClient,
  type FakeRequest,
  FORBIDDEN,
  SERVER_ERROR,
} from '../../test/fake/fake-client.ts'
import type { ConfigRecord, WorkloadRecord } from '../types/record.ts'
import { formatRecord, parseRecord } from './record-format.ts'
import { createRecordStore, type RecordStore, type RecordStoreOptions } from './record-store.ts'

const CONF = 'ConfigMap/conf'
const LABEL = 'reloader.stakater.com/records'
const KIB = 1024

let abort = new AbortController()
beforeEach(() => {
  vi.useFakeTimers()
  abort = new AbortController()
})
afterEach(async () => {
  abort.abort()
  await vi.runAllTimersAsync()
  vi.useRealTimers()
})

function record(name: string, version: number, bytes = 0): WorkloadRecord {
  const conf = {
    state: 'present',
    uid: 'u1',
    resourceVersion: String(version),
    keys: 'all',
    digest: 'x'.repeat(bytes),
  } as const
  return {
    workload: { kind: 'Deployment', namespace: 'shop', name },
    uid: 'w1',
    since: '2026-01-01T00:00:00Z',
    configs: { [CONF]: conf },
  }
}

const ref = (name: string) => record(name, 1).workload
const keyOf = (name: string) => `Deployment/shop/${name}`

function versionIn(entry: ConfigRecord | undefined): string | undefined {
  return entry?.state === 'present' ? entry.resourceVersion : undefined
}

const versionOf = (store: RecordStore, name: string) => versionIn(store.get(ref(name), 'w1')?.configs[CONF])

const address = (index: number) => ({ namespace: 'reloader', name: `reloader-records-${index}` })

function dataOf(client: FakeClient, index: number): Readonly<Record<string, string>> {
  const data = client.object('configmaps', address(index))?.data
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, String(value)]))
}

/** What the cluster holds in a shard, as `name:version`, sorted. */
function stored(client: FakeClient, index: number): readonly string[] {
  const lines = (dataOf(client, index).records ?? '').split('\n').filter((line) => line !== '')
  return lines
    .map(parseRecord)
    .map(({ workload, configs }) => `${workload.name}:${versionIn(configs[CONF])}`)
    .sort()
}

/** Writes a shard as another process would. */
function putShard(client: FakeClient, index: number, data: Readonly<Record<string, string>>): void {
  client.put('configmaps', { metadata: { ...address(index), labels: { [LABEL]: 'reloader' } }, data })
}

function shardOf(...records: readonly WorkloadRecord[]): Readonly<Record<string, string>> {
  return { format: '1', records: records.map(formatRecord).join('\n') }
}

async function open(client: FakeClient, options: Partial<RecordStoreOptions> = {}) {
  const problems: string[] = []
  const store = createRecordStore({
    client,
    namespace: 'reloader',
    name: 'reloader',
    watchedNow: () => undefined,
    dryRun: false,
    onProblem: (message) => problems.push(message),
    ...options,
  })
  await store.load(abort.signal)
  return { store, problems }
}

/** A store that runs until the test ends. */
async function start(client: FakeClient, options: Partial<RecordStoreOptions> = {}) {
  const opened = await open(client, options)
  void opened.store.run(abort.signal)
  await vi.advanceTimersByTimeAsync(0)
  return opened
}

const writes = (client: FakeClient) => client.requested('create', 'update')
const isWrite = ({ verb }: FakeRequest) => verb === 'create' || verb === 'update'

describe('loading', () => {
  it('reads every shard of this installation before anything else', async () => {
    const client = new FakeClient()
    putShard(client, 0, { ...shardOf(record('a', 1)), watchedUntil: '2026-02-01T00:00:00Z' })
    putShard(client, 7, shardOf(record('b', 2)))
    client.put('configmaps', {
      metadata: { namespace: 'reloader', name: 'other-records-0', labels: { [LABEL]: 'other' } },
      data: shardOf(record('c', 3)),
    })
    const { store } = await open(client)
    expect([...store.keys()].sort()).toEqual([keyOf('a'), keyOf('b')])
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
    const { store } = await open(client)
    expect(store.get(ref('a'), 'w1')).toEqual(record('a', 1))
    expect(store.get(ref('a'), 'w2')).toBeUndefined()
  })

  it('takes an empty list for an empty store, and writes nothing yet', async () => {
    const client = new FakeClient()
    const { store, problems } = await open(client)
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
    await expect(open(client)).rejects.toBe(SERVER_ERROR)
  })

  it('goes on in memory alone when the store is forbidden, and says once what that costs', async () => {
    const client = new FakeClient()
    client.before = () => {
      throw FORBIDDEN
    }
    const { store, problems } = await start(client)
    store.put(record('a', 1))
    await vi.advanceTimersByTimeAsync(300_000)
    await store.flush(abort.signal)
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
    client.put('configmaps', { metadata: { ...address(2), labels: { [LABEL]: 'reloader' } } })
    const { store, problems } = await open(client)
    expect(problems.map((problem) => problem.split(' ').slice(0, 2).join(' '))).toEqual([
      'ConfigMap reloader-records-0',
      'ConfigMap reloader-records-1',
      'ConfigMap reloader-records-2',
    ])
    store.put(record('a', 1))
    await store.flush(abort.signal)
    expect(writes(client)).toEqual(['create configmaps reloader-records-3'])
    expect(dataOf(client, 0)).toEqual({ format: '2', records: 'x' })
    expect(stored(client, 3)).toEqual(['a:1'])
  })
})

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
    const { store } = await open(client)
    store.put(record('a', 1))
    await store.flush(abort.signal)
    const { metadata } = client.object('configmaps', address(0)) ?? {}
    expect(metadata?.labels).toEqual({ [LABEL]: 'reloader' })
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
    const { store } = await open(client)
    store.put(record('a', 1))
    const seen: unknown[] = []
    client.after = () => {
      seen.push(store.written(ref('a')))
    }
    await store.flush(abort.signal)
    expect(seen).toEqual([undefined])
    expect(store.written(ref('a'))).toEqual(record('a', 1))
  })

  it('lets a second flush wait for the first', async () => {
    const client = new FakeClient()
    const { store } = await open(client)
    store.put(record('a', 1))
    let answer = () => {}
    client.after = () => new Promise((resolve) => (answer = resolve))
    const first = store.flush(abort.signal)
    const second = vi.fn()
    void store.flush(abort.signal).then(second)
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
    store.remove(keyOf('a'))
    store.remove(keyOf('unknown'))
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
    await store.flush(abort.signal)
    expect([writes(client), problems, store.isPersistent(), versionOf(store, 'a')]).toEqual([
      [],
      [],
      false,
      '2',
    ])
  })

  it('stops with the signal, and leaves no timer', async () => {
    const client = new FakeClient()
    const { store } = await open(client)
    const running = store.run(abort.signal)
    store.put(record('a', 1))
    await vi.advanceTimersByTimeAsync(0)
    abort.abort()
    await running
    expect(vi.getTimerCount()).toBe(0)
  })

  it('of the last records is what a flush after the run does', async () => {
    const client = new FakeClient()
    const { store } = await start(client)
    store.put(record('a', 1))
    await vi.advanceTimersByTimeAsync(0)
    store.put(record('a', 2))
    abort.abort()
    await vi.advanceTimersByTimeAsync(0)
    await store.flush(new AbortController().signal)
    expect(stored(client, 0)).toEqual(['a:2'])
  })
})

describe('a write that does not go through', () => {
  it('is merged with what somebody else wrote meanwhile and sent again', async () => {
    const client = new FakeClient()
    putShard(client, 0, shardOf(record('a', 1), record('b', 1)))
    const { store } = await open(client)
    putShard(client, 0, shardOf(record('a', 5), record('b', 1), record('c', 5)))
    store.put(record('a', 3))
    store.put(record('b', 3))
    await store.flush(abort.signal)
    expect(stored(client, 0)).toEqual(['a:5', 'b:3', 'c:5'])
    expect(['a', 'b', 'c'].map((name) => versionOf(store, name))).toEqual(['5', '3', '5'])
  })

  it('meets a shard that somebody else created first, and joins it', async () => {
    const client = new FakeClient()
    const { store } = await open(client)
    putShard(client, 0, shardOf(record('b', 1)))
    store.put(record('a', 1))
    await store.flush(abort.signal)
    expect(stored(client, 0)).toEqual(['a:1', 'b:1'])
  })

  it('creates a shard whole that somebody deleted', async () => {
    const client = new FakeClient()
    putShard(client, 0, shardOf(record('a', 1), record('b', 1)))
    const { store } = await open(client)
    client.remove('configmaps', address(0))
    store.put(record('a', 2))
    await store.flush(abort.signal)
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
    expect(dataOf(client, 0)).toEqual({ format: '2', records: 'x' })
    expect(stored(client, 1)).toEqual(['a:2', 'b:1'])
    expect(problems.join()).toContain('reloader-records-0 is left alone')
  })

  it('is given up for now when every try is a lost race', async () => {
    const client = new FakeClient()
    putShard(client, 0, shardOf(record('a', 1)))
    const { store } = await open(client)
    client.before = (request) => {
      if (isWrite(request)) putShard(client, 0, shardOf(record('a', 1)))
    }
    store.put(record('a', 2))
    await expect(store.flush(abort.signal)).rejects.toThrow('somebody else writes it all the time')
    expect(writes(client)).toHaveLength(5)
    client.before = () => {}
    await store.flush(abort.signal)
    expect(stored(client, 0)).toEqual(['a:2'])
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

  it('for what is in one shard does not keep the others from being written', async () => {
    const client = new FakeClient()
    const { store } = await open(client, { watchedNow: () => '2026-02-01T00:00:00Z' })
    client.before = (request) => {
      if (isWrite(request) && request.name.endsWith('-1')) throw apiError(422, 'Invalid', 'data')
    }
    for (const name of ['a', 'b', 'c']) store.put(record(name, 1, 60 * KIB))
    await expect(store.flush(abort.signal)).rejects.toThrow('422')
    expect([stored(client, 0), stored(client, 1), stored(client, 2)]).toEqual([['a:1'], [], ['c:1']])
    expect(dataOf(client, 0).watchedUntil).toBeUndefined()
  })

  it('loses no record that was moving from one shard to another, whichever of the two it was', async () => {
    for (const failing of ['reloader-records-0', 'reloader-records-1', 'reloader-records-2']) {
      const client = new FakeClient()
      putShard(client, 0, shardOf(record('x', 1, 10 * KIB)))
      putShard(client, 1, shardOf(record('a', 1, 30 * KIB), record('b', 1, 30 * KIB)))
      const { store } = await open(client)
      store.put(record('a', 2, 30 * KIB))
      store.put(record('b', 2, 63 * KIB))
      client.before = (request) => {
        if (isWrite(request) && request.name === failing) throw SERVER_ERROR
      }
      await store.flush(abort.signal).catch(() => {})
      client.before = () => {}
      const { store: next } = await open(client)
      expect([failing, versionOf(next, 'b')]).toEqual([failing, expect.stringMatching(/^[12]$/)])
      await store.flush(abort.signal)
      await store.flush(abort.signal)
      expect([stored(client, 1), stored(client, 2)]).toEqual([['a:2'], ['b:2']])
    }
  })
})

describe('the header', () => {
  it('is written last, and says until when everything was watched as of before the other writes', async () => {
    const client = new FakeClient()
    let now = '2026-02-01T00:00:00Z'
    const { store } = await open(client, { watchedNow: () => now })
    client.before = (request) => {
      if (isWrite(request)) now = '2026-02-01T00:00:09Z'
    }
    for (const name of ['a', 'b']) store.put(record(name, 1, 60 * KIB))
    await store.flush(abort.signal)
    expect(writes(client)).toEqual([
      'create configmaps reloader-records-1',
      'create configmaps reloader-records-0',
    ])
    expect(dataOf(client, 0).watchedUntil).toBe('2026-02-01T00:00:00Z')
    expect(dataOf(client, 1).watchedUntil).toBeUndefined()
  })

  it('keeps what it said before as long as nobody says that everything is watched', async () => {
    const client = new FakeClient()
    putShard(client, 0, { ...shardOf(record('a', 1)), watchedUntil: '2026-02-01T00:00:00Z' })
    const { store } = await start(client)
    store.put(record('a', 2))
    await vi.advanceTimersByTimeAsync(130_000)
    expect(stored(client, 0)).toEqual(['a:2'])
    expect(dataOf(client, 0).watchedUntil).toBe('2026-02-01T00:00:00Z')
  })

  it('never goes back in time', async () => {
    const client = new FakeClient()
    putShard(client, 0, { ...shardOf(record('a', 1)), watchedUntil: '2026-02-01T00:00:00Z' })
    const { store } = await open(client, { watchedNow: () => '2026-01-01T00:00:00Z' })
    store.put(record('a', 2))
    await store.flush(abort.signal)
    expect(dataOf(client, 0).watchedUntil).toBe('2026-02-01T00:00:00Z')
  })

  it('is written once a minute though nothing changes, and brings back deleted shards', async () => {
    const client = new FakeClient()
    const { store } = await start(client, { watchedNow: () => '2026-02-01T00:00:00Z' })
    for (const name of ['a', 'b']) store.put(record(name, 1, 60 * KIB))
    await vi.advanceTimersByTimeAsync(1_000)
    client.remove('configmaps', address(1))
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
    const { store } = await open(client, { watchedNow: () => '2026-03-01T00:00:00Z' })
    store.put(record('a', 2))
    await store.flush(abort.signal)
    expect(store.watchedUntil()).toBe('2026-02-01T00:00:00Z')
    expect(dataOf(client, 0).watchedUntil).toBe('2026-03-01T00:00:00Z')
  })

  it('holds the digest key until it is kept elsewhere', async () => {
    const client = new FakeClient()
    const { store } = await open(client)
    const key = { id: '0a1b2c3d', key: 'a2V5' }
    store.keepDigestKey(key)
    await store.flush(abort.signal)
    expect((await open(client)).store.digestKey()).toEqual(key)
    store.keepDigestKey(undefined)
    await store.flush(abort.signal)
    expect((await open(client)).store.digestKey()).toBeUndefined()
  })

  it("is written before a flush resolves even if its shard turns out to be somebody else's", async () => {
    const client = new FakeClient()
    client.put('configmaps', { metadata: address(0), data: { note: 'not yours' } })
    const { store } = await open(client)
    store.keepDigestKey({ id: '0a1b2c3d', key: 'a2V5' })
    await expect(store.flush(abort.signal)).rejects.toThrow('it is not ours any more')
    await store.flush(abort.signal)
    expect(dataOf(client, 0)).toEqual({ note: 'not yours' })
    expect(JSON.parse(dataOf(client, 1).digestKey ?? '')).toEqual({ id: '0a1b2c3d', key: 'a2V5' })
  })
})

type Operation =
  | { readonly do: 'put'; readonly writer: 0 | 1; readonly name: string; readonly kib: number }
  | { readonly do: 'flush' | 'restart'; readonly writer: 0 | 1 }
  | { readonly do: 'fault'; readonly fault: 'before' | 'after' }

const WRITER = fc.constantFrom(0 as const, 1 as const)
const OPERATION: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      writer: WRITER,
      name: fc.constantFrom('a', 'b', 'c'),
      kib: fc.constantFrom(1, 30, 50),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('flush' as const), writer: WRITER }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), writer: WRITER }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('fault' as const), fault: fc.constantFrom('before', 'after') }),
  },
)

/** Two processes that write one store, as without --enable-ha during an update of the controller. */
class TwoWriters {
  readonly client = new FakeClient()
  readonly stores: RecordStore[] = []
  /** What was put last of each name by whom, and the latest of it that a flush said is written. */
  readonly put: [Map<string, number>, Map<string, number>] = [new Map(), new Map()]
  readonly durable = new Map<string, number>()
  #version = 0

  async run(operation: Operation): Promise<void> {
    if (operation.do === 'put') this.#put(operation)
    else if (operation.do === 'flush') await this.#flush(operation.writer)
    else if (operation.do === 'restart') await this.open(operation.writer)
    else if (operation.do === 'fault') this.#failNext(operation.fault)
  }

  async open(writer: 0 | 1): Promise<void> {
    this.stores[writer] = (await open(this.client)).store
    this.put[writer].clear()
  }

  #put({ writer, name, kib }: Extract<Operation, { do: 'put' }>): void {
    this.#version += 1
    this.stores[writer]?.put(record(name, this.#version, kib * KIB))
    this.put[writer].set(name, this.#version)
  }

  async #flush(writer: 0 | 1): Promise<void> {
    const before = new Map(this.put[writer])
    try {
      await this.stores[writer]?.flush(abort.signal)
    } catch {
      return
    }
    for (const [name, version] of before)
      this.durable.set(name, Math.max(version, this.durable.get(name) ?? 0))
  }

  #failNext(when: 'before' | 'after'): void {
    this.client[when] = (request) => {
      if (!isWrite(request)) return
      this.client[when] = () => {}
      throw SERVER_ERROR
    }
  }
}

describe('two writers of one store', () => {
  it('lose no entry of a higher version, whatever the order of their reads, writes, faults and restarts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(OPERATION, { maxLength: 25, size: 'max' }), async (operations) => {
        const history = new TwoWriters()
        await history.open(0)
        await history.open(1)
        for (const operation of operations) {
          await history.run(operation)
          const { store: fresh } = await open(history.client)
          for (const [name, version] of history.durable)
            expect(Number(versionOf(fresh, name))).toBeGreaterThanOrEqual(version)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('both lose nothing when their writes cross', async () => {
    const client = new FakeClient()
    const { store: one } = await open(client)
    const { store: other } = await open(client)
    one.put(record('a', 1))
    other.put(record('b', 1))
    await Promise.all([one.flush(abort.signal), other.flush(abort.signal)])
    expect(stored(client, 0)).toEqual(['a:1', 'b:1'])
  })
})
