import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeClient, SERVER_ERROR } from '../../../test/fake/fake-client.ts'
import { isWrite, KIB, openStore, record, stored, versionOf } from '../../../test/fake/stored-records.ts'
import type { RecordStore } from './record-store.ts'

const signal = new AbortController().signal

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
    this.stores[writer] = (await openStore(this.client)).store
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
      await this.stores[writer]?.flush(signal)
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
          const { store: fresh } = await openStore(history.client)
          for (const [name, version] of history.durable)
            expect(Number(versionOf(fresh, name))).toBeGreaterThanOrEqual(version)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('both lose nothing when their writes cross', async () => {
    const client = new FakeClient()
    const { store: one } = await openStore(client)
    const { store: other } = await openStore(client)
    one.put(record('a', 1))
    other.put(record('b', 1))
    await Promise.all([one.flush(signal), other.flush(signal)])
    expect(stored(client, 0)).toEqual(['a:1', 'b:1'])
  })
})
