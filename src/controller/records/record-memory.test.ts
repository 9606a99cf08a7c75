import { describe, expect, it } from 'vitest'
import { KIB, record, ref, versionIn } from '../../../test/fake/stored-records.ts'
import { refKey } from '../../types/object.ts'
import type { WorkloadRecord } from '../../types/record.ts'
import { formatRecord, parseRecord } from './record-format.ts'
import { createRecordMemory, type RecordMemory } from './record-memory.ts'

const keyOf = (name: string) => refKey(ref(name))
const versionOf = (memory: RecordMemory, name: string) => versionIn(memory.get(ref(name)))

function lines(...records: readonly WorkloadRecord[]): ReadonlyMap<string, string> {
  return new Map(records.map((each) => [refKey(each.workload), formatRecord(each)]))
}

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
