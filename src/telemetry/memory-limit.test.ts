import { expect, test } from 'vitest'
import { MEMORY_FLOOR_BYTES, memoryLimitBytes, memoryWarning } from './memory-limit.ts'

const MIB = 2 ** 20
const total = 1024 * MIB

test.each([
  ['cgroup v2 without one', 2 ** 64],
  ['cgroup v1 without one', 2 ** 63 - 4096],
  ['a system that does not tell', 0],
  ['one above what the machine has', 2048 * MIB],
])('%s is no limit', (_, constrained) => {
  expect(memoryLimitBytes({ constrained, total })).toBeUndefined()
})

test('a limit below what the machine has is one', () => {
  expect(memoryLimitBytes({ constrained: 512 * MIB, total })).toBe(512 * MIB)
})

test('too little is said in one line that names both numbers; enough, or no limit, is not worth one', () => {
  expect(memoryWarning(64 * MIB)).toMatch(/ 64 MiB.* 96 MiB/)
  expect(memoryWarning(MEMORY_FLOOR_BYTES - 1)).toBeDefined()
  for (const limit of [MEMORY_FLOOR_BYTES, 512 * MIB, undefined]) expect(memoryWarning(limit)).toBeUndefined()
})
