import { expect, test } from 'vitest'
import { createOutOfDate } from './out-of-date.ts'

test('a workload that needs a roll counts once, from when it first did', () => {
  const outOfDate = createOutOfDate()
  expect(outOfDate.oldestMs()).toBeUndefined()
  outOfDate.add('a', 20)
  outOfDate.add('b', 10)
  outOfDate.add('b', 30)
  expect([outOfDate.size, outOfDate.oldestMs()]).toEqual([2, 10])
  outOfDate.delete('b')
  expect([outOfDate.size, outOfDate.oldestMs()]).toEqual([1, 20])
})

test('one that nobody is going to roll has no age', () => {
  const outOfDate = createOutOfDate()
  outOfDate.add('a', undefined)
  expect([outOfDate.size, outOfDate.oldestMs()]).toEqual([1, undefined])
})
