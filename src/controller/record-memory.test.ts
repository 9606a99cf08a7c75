import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refKey } from '../types/object.ts'
import type { ConfigRecord, WorkloadRecord } from '../types/record.ts'
import { formatRecord, parseRecord } from './record-format.ts'
import { createRecordMemory, type MemoryShard, type RecordMemory } from './record-memory.ts'

const CONF = 'ConfigMap/conf'

/** A record of about `bytes`, for the config at that version. */
function record(name: string, version: number, bytes = 0, uid = 'w1'): WorkloadRecord {
  const conf = {
    state: 'present',
    uid: 'u1',
    resourceVersion: String(version),
    keys: 'all',
    digest: 'x'.repeat(bytes),
  } as const
  return {
    workload: { kind: 'Deployment', namespace: 'shop', name },
    uid,
    since: '2026-01-01T00:00:00Z',
    configs: { [CONF]: conf },
  }
}

const ref = (name: string) => record(name, 1).workload
const keyOf = (name: string) => refKey(ref(name))

function lines(...records: readonly WorkloadRecord[]): ReadonlyMap<string, string> {
  return new Map(records.map((each) => [refKey(each.workload), formatRecord(each)]))
}

function versionIn(entry: ConfigRecord | undefined): string | undefined {
  return entry?.state === 'present' ? entry.resourceVersion : undefined
}

const versionOf = (memory: RecordMemory, name: string) => versionIn(memory.get(ref(name))?.configs[CONF])

/** The names in each shard, as they would be written. */
function contents(memory: RecordMemory): readonly (readonly string[])[] {
  return memory
    .shards()
    .map((shard) => [...shard.lines.values()].map((line) => parseRecord(line).workload.name).sort())
}

function write(memory: RecordMemory, index: number): void {
  const shard = memory.shards().find((each) => each.index === index)
  if (shard === undefined) throw new Error(`Cannot write shard ${index}: there is none`)
  memory.beginWrite(shard)
  memory.endWrite(shard, { written: true })
}

const KIB = 1024

describe('a record memory', () => {
  it('remembers, replaces and forgets', () => {
    const memory = createRecordMemory()
    expect(memory.get(ref('web'))).toBeUndefined()
    expect(memory.put(record('web', 1), { quiet: false })).toBe(true)
    expect(memory.put(record('web', 2), { quiet: false })).toBe(true)
    expect(memory.put(record('web', 2), { quiet: false })).toBe(false)
    expect([memory.size, versionOf(memory, 'web'), [...memory.keys()]]).toEqual([1, '2', [keyOf('web')]])
    expect([memory.remove(keyOf('web')), memory.remove(keyOf('web')), memory.size]).toEqual([true, false, 0])
  })

  it('puts a new record into the first shard with room', () => {
    const memory = createRecordMemory()
    memory.put(record('a', 1, 40 * KIB), { quiet: false })
    memory.put(record('b', 1, 40 * KIB), { quiet: false })
    memory.put(record('c', 1, 10 * KIB), { quiet: false })
    expect(contents(memory)).toEqual([['a', 'c'], ['b']])
  })

  it('keeps a record in the shard that it was read from', () => {
    const memory = createRecordMemory()
    memory.take(0, lines(record('a', 1)))
    memory.take(3, lines(record('b', 1)))
    memory.put(record('b', 2), { quiet: false })
    expect(memory.shards().map(({ index, changed }) => [index, [...changed]])).toEqual([
      [0, []],
      [3, [keyOf('b')]],
    ])
  })

  it('moves a record that outgrows its shard, and leaves a copy behind until it is written there', () => {
    const memory = createRecordMemory()
    memory.take(0, lines(record('a', 1, 30 * KIB), record('b', 1, 30 * KIB)))
    memory.put(record('b', 2, 40 * KIB), { quiet: false })
    expect(contents(memory)).toEqual([['a', 'b'], ['b']])
    write(memory, 0)
    expect(contents(memory)).toEqual([['a', 'b'], ['b']])
    write(memory, 1)
    expect(contents(memory)).toEqual([['a'], ['b']])
    expect([...(memory.shards()[0]?.changed ?? [])]).toEqual([keyOf('b')])
    expect(versionOf(memory, 'b')).toBe('2')
  })

  it('keeps the copy of a record that moved into a shard while that was being written', () => {
    const memory = createRecordMemory()
    memory.take(0, lines(record('a', 1, 30 * KIB), record('b', 1, 30 * KIB)))
    memory.take(1, lines(record('c', 1)))
    const [first, second] = memory.shards()
    if (first === undefined || second === undefined) throw new Error('Cannot move: a shard is missing')
    memory.beginWrite(second)
    memory.put(record('b', 2, 40 * KIB), { quiet: true })
    memory.endWrite(second, { written: true })
    expect(contents(memory)).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ])
    expect([...second.changed]).toEqual([keyOf('b')])
    memory.remove(keyOf('b'))
    expect(contents(memory)).toEqual([['a'], ['c']])
    expect([...first.changed, ...second.changed]).toEqual([keyOf('b'), keyOf('b')])
  })

  it('lets a record that is too big for any shard have one alone', () => {
    const memory = createRecordMemory()
    memory.put(record('a', 1), { quiet: false })
    memory.put(record('huge', 1, 100 * KIB), { quiet: false })
    memory.put(record('huge', 2, 120 * KIB), { quiet: false })
    memory.put(record('b', 1), { quiet: false })
    expect(contents(memory)).toEqual([['a', 'b'], ['huge']])
  })

  it('makes one of a record that it found in two shards', () => {
    const memory = createRecordMemory()
    memory.take(0, lines(record('a', 1), record('web', 5)))
    memory.take(1, lines(record('web', 9), record('b', 1)))
    expect([memory.size, versionOf(memory, 'web')]).toEqual([3, '9'])
    write(memory, 0)
    write(memory, 1)
    expect(contents(memory)).toEqual([['a', 'web'], ['b']])
  })

  it('lays what changed here over what somebody else wrote, the later version of each config winning', () => {
    const memory = createRecordMemory()
    memory.take(0, lines(record('ours', 1), record('theirs', 1), record('both', 1), record('gone', 1)))
    memory.put(record('ours', 2), { quiet: false })
    memory.put(record('both', 2), { quiet: false })
    memory.put(record('new', 1), { quiet: false })
    memory.remove(keyOf('gone'))
    memory.take(0, lines(record('ours', 1), record('theirs', 7), record('both', 7), record('gone', 1)))
    expect(['ours', 'theirs', 'both', 'new', 'gone'].map((name) => versionOf(memory, name))).toEqual([
      '2',
      '7',
      '7',
      '1',
      undefined,
    ])
  })

  it('forgets what somebody else pruned, unless it changed here', () => {
    const memory = createRecordMemory()
    memory.take(0, lines(record('a', 1), record('b', 1)))
    memory.put(record('b', 2), { quiet: false })
    memory.take(0, lines())
    expect([memory.get(ref('a')), versionOf(memory, 'b')]).toEqual([undefined, '2'])
  })

  it('asks for no write for a quiet put, and writes it along with the next', () => {
    const memory = createRecordMemory()
    memory.take(0, lines(record('a', 1)))
    expect(memory.put(record('a', 2), { quiet: true })).toBe(false)
    expect(memory.isWritten(ref('a'))).toBe(true)
    expect(versionOf(memory, 'a')).toBe('2')
  })

  it('says that a record is written only when the write is over and went well', () => {
    const memory = createRecordMemory()
    memory.put(record('a', 1), { quiet: false })
    const shard = memory.header()
    memory.beginWrite(shard)
    expect(memory.isWritten(ref('a'))).toBe(false)
    memory.endWrite(shard, { written: false })
    expect([memory.isWritten(ref('a')), [...shard.changed]]).toEqual([false, [keyOf('a')]])
    memory.beginWrite(shard)
    memory.put(record('a', 2), { quiet: false })
    memory.endWrite(shard, { written: true })
    expect(memory.isWritten(ref('a'))).toBe(false)
    write(memory, 0)
    expect(memory.isWritten(ref('a'))).toBe(true)
    expect(memory.isWritten(ref('unknown'))).toBe(false)
  })

  it('puts nothing into a shard that it cannot understand', () => {
    const memory = createRecordMemory()
    memory.takeForeign(0)
    expect(memory.header().index).toBe(1)
    memory.put(record('a', 1), { quiet: false })
    expect(contents(memory)).toEqual([[], ['a']])
  })

  it('takes elsewhere what it knows of a shard that somebody made unreadable', () => {
    const memory = createRecordMemory()
    memory.take(0, lines(record('a', 1), record('b', 1)))
    memory.takeForeign(0)
    expect(contents(memory)).toEqual([[], ['a', 'b']])
    expect([...(memory.shards()[1]?.changed ?? [])].sort()).toEqual([keyOf('a'), keyOf('b')])
    memory.put(record('a', 2), { quiet: false })
    expect(versionOf(memory, 'a')).toBe('2')
  })
})

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
      const { workload, configs } = parseRecord(line)
      const version = Number(versionIn(configs[CONF]))
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
        const versions = written.map(({ workload, configs }) => [workload.name, versionIn(configs[CONF])])
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
