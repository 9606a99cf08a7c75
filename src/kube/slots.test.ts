import { expect, test } from 'vitest'
import { createSlots } from './slots.ts'

/** Work that ends when it is told to. */
function work() {
  let end = () => {}
  let began = false
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const run = () => {
    began = true
    return ended
  }
  return { run, end: () => end(), began: () => began }
}

const never = new AbortController().signal

test('no more goes on at once than there is room for, and the rest follows in order', async () => {
  const slots = createSlots(2)
  const [a, b, c] = [work(), work(), work()]
  const all = [a, b, c].map(({ run }) => slots.run(run, never))
  await Promise.resolve()
  expect([a, b, c].map(({ began }) => began())).toEqual([true, true, false])
  b.end()
  await all[1]
  await Promise.resolve()
  await Promise.resolve()
  expect(c.began()).toBe(true)
  a.end()
  c.end()
  await Promise.all(all)
})

test('one that fails makes room, too', async () => {
  const slots = createSlots(1)
  await expect(slots.run(() => Promise.reject(new Error('no')), never)).rejects.toThrow('no')
  expect(await slots.run(async () => 'yes', never)).toBe('yes')
})

test('one that is aborted while it waits never begins, and takes no room', async () => {
  const slots = createSlots(1)
  const first = work()
  const running = slots.run(first.run, never)
  const abort = new AbortController()
  const second = work()
  const waiting = slots.run(second.run, abort.signal)
  abort.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  first.end()
  await running
  expect(await slots.run(async () => 'room', never)).toBe('room')
  expect(second.began()).toBe(false)
})
