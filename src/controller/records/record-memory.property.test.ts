import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { record, ref, versionIn } from '../../../test/fake/stored-records.ts'
import { refKey } from '../../types/object.ts'
import { parseRecord } from './record-format.ts'
import { createRecordMemory, type MemoryShard, type RecordMemory } from './record-memory.ts'

const keyOf = (name: string) => refKey(ref(name))
const versionOf = (memory: RecordMemory, name: string) => versionIn(memory.get(ref(name)))

type Operation =
  | { readonly do: 'put'; readonly name: string; readonly bytes: number; readonly quiet: boolean }
  | { readonly do: 'remove'; readonly name: string }
  | { readonly do: 'begin' | 'reread'; readonly shard: number }
  | { readonly do: 'written' | 'refused' | 'crash' }

const NAME = fc.constantFrom('a', 'b', 'c')
const OPERATION: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      name: NAME,
      bytes: fc.constantFrom(0, 1_500, 2_500, 4_500),
      quiet: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), name: NAME }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('begin', 'begin', 'reread'), shard: fc.nat(1) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('written', 'written', 'written', 'refused', 'crash') }),
  },
)

/** The shard that a record lives in. */
function homeOf(memory: RecordMemory, name: string): MemoryShard | undefined {
  const key = keyOf(name)
  return memory.shards().find(({ lines, leftBehind }) => lines.has(key) && !leftBehind.has(key))
}

/** Small shards, so that a history is quick to write down. */
const SMALL = { maxShardBytes: 4_096 }

/** One process after another, each with a memory, before shards that outlive them. One write is under way at a time. */
class History {
  memory = createRecordMemory(SMALL)
  readonly cluster = new Map<number, ReadonlyMap<string, string>>()
  /** The version of each name that must survive a crash. */
  readonly stored = new Map<string, number>()
  /** The version up to which each name was removed. */
  readonly #removed = new Map<string, number>()
  #underWay: { readonly shard: MemoryShard; readonly lines: ReadonlyMap<string, string> } | undefined
  #version = 0

  run(operation: Operation): void {
    if (operation.do === 'put') this.#put(operation)
    else if (operation.do === 'remove') this.#remove(operation.name)
    else if (operation.do === 'begin') this.#begin(operation.shard)
    else if (operation.do === 'reread') this.#reread(operation.shard)
    else if (operation.do === 'crash') this.#crash()
    else this.#end(operation.do === 'written')
  }

  /** Writes everything, as often as it takes. */
  finish(): void {
    this.#end(false)
    for (let rounds = 0; rounds < 3; rounds++) {
      for (const { index } of this.memory.shards()) {
        this.#begin(index)
        this.#end(true)
      }
    }
  }

  #put({ name, bytes, quiet }: Extract<Operation, { do: 'put' }>): void {
    this.#version += 1
    this.memory.put(record(name, this.#version, bytes), { quiet })
    expect(versionOf(this.memory, name)).toBe(String(this.#version))
  }

  #remove(name: string): void {
    this.memory.remove(keyOf(name))
    this.stored.delete(name)
    this.#removed.set(name, this.#version)
  }

  #begin(index: number): void {
    const shard = this.memory.shards().find((each) => each.index === index)
    if (shard === undefined || this.#underWay !== undefined) return
    this.memory.beginWrite(shard)
    this.#underWay = { shard, lines: new Map(shard.lines) }
  }

  #end(written: boolean): void {
    if (this.#underWay === undefined) return
    const { shard, lines: now } = this.#underWay
    this.#underWay = undefined
    if (written) this.cluster.set(shard.index, now)
    this.memory.endWrite(shard, { written })
    for (const line of written ? now.values() : []) {
      const stored = parseRecord(line)
      const { workload } = stored
      const version = Number(versionIn(stored))
      const [before = 0, removed = 0] = [this.stored.get(workload.name), this.#removed.get(workload.name)]
      if (version > removed) this.stored.set(workload.name, Math.max(version, before))
    }
  }

  #reread(index: number): void {
    const there = this.cluster.get(index)
    if (there !== undefined && this.#underWay === undefined) this.memory.take(index, there)
  }

  #crash(): void {
    this.#underWay = undefined
    this.memory = this.next()
  }

  /** What a process would remember that starts now. */
  next(): RecordMemory {
    const memory = createRecordMemory(SMALL)
    for (const [index, there] of this.cluster) memory.take(index, there)
    return memory
  }
}

describe('any history of record memories', () => {
  it('loses nothing that was written, keeps every record once, and fills no shard too much', () => {
    fc.assert(
      fc.property(fc.array(OPERATION, { maxLength: 40, size: 'max' }), (operations) => {
        const history = new History()
        for (const operation of operations) {
          history.run(operation)
          const { memory, stored } = history
          for (const [name, version] of stored)
            for (const each of [memory, history.next()])
              expect(Number(versionOf(each, name))).toBeGreaterThanOrEqual(version)
          for (const shard of memory.shards()) {
            const bytes = [...shard.lines.values()].reduce((sum, line) => sum + line.length + 1, 0)
            expect(shard.bytes).toBe(bytes)
          }
          if (operation.do === 'put') {
            const home = homeOf(memory, operation.name)
            expect(home?.lines.size === 1 || (home?.bytes ?? 0) <= SMALL.maxShardBytes).toBe(true)
          }
        }
        history.finish()
        const written = [...history.cluster.values()].flatMap((shard) => [...shard.values()].map(parseRecord))
        const versions = written.map((each) => [each.workload.name, versionIn(each)])
        expect(versions.sort()).toEqual(
          [...history.memory.keys()]
            .map((key) => key.split('/')[2] ?? '')
            .map((name) => [name, versionOf(history.memory, name)])
            .sort(),
        )
      }),
      { numRuns: 300 },
    )
  })
})
