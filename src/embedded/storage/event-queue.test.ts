import { expect, test } from 'vitest'
import { createEventQueue } from './event-queue.ts'

test('items come in order, those of the beginning first', async () => {
  const queue = createEventQueue([1, 2])
  queue.push(3)
  expect([await queue.next(), await queue.next(), await queue.next()]).toEqual([1, 2, 3])
})

test('a reader waits until something comes', async () => {
  const queue = createEventQueue<number>([])
  const next = queue.next()
  queue.push(1)
  expect(await next).toBe(1)
})

test('what is in the queue when it ends is still read, and what comes later is not', async () => {
  const queue = createEventQueue([1])
  queue.push(2)
  queue.end()
  queue.push(3)
  expect([await queue.next(), await queue.next(), await queue.next()]).toEqual([1, 2, undefined])
})

test('a waiting reader is let go when the queue ends, and whoever asked is told once', async () => {
  const queue = createEventQueue<number>([])
  let told = 0
  queue.whenEnded(() => {
    told += 1
  })
  const next = queue.next()
  queue.end()
  queue.end()
  expect([await next, told]).toEqual([undefined, 1])
})
