import { expect, test } from 'vitest'
import { createOutbox, type OutboxOptions } from './outbox.ts'

/** An outbox of numbers whose sending the test decides. */
function outboxWith(send: OutboxOptions<number>['send'], options: Partial<OutboxOptions<number>> = {}) {
  const dropped: (readonly [number, unknown])[] = []
  const outbox = createOutbox<number>({
    send,
    onDropped: (item, error) => dropped.push([item, error]),
    maxQueued: 100,
    maxAttempts: 3,
    backoffMs: 1,
    drainMs: 1_000,
    ...options,
  })
  return { outbox, dropped }
}

const stopped = AbortSignal.abort()

test('what is put in is sent in order, one at a time, and what is left at the end is sent before it ends', async () => {
  const sent: number[] = []
  let underWay = 0
  const { outbox, dropped } = outboxWith(async (item) => {
    underWay += 1
    expect(underWay).toBe(1)
    await new Promise(setImmediate)
    underWay -= 1
    sent.push(item)
  })
  for (const item of [1, 2, 3]) outbox.put(item)
  await outbox.run(stopped)
  expect(sent).toEqual([1, 2, 3])
  expect(dropped).toEqual([])
})

test('what is put in while it runs is sent, too', async () => {
  const stop = new AbortController()
  const sent: number[] = []
  const { outbox } = outboxWith(async (item) => {
    sent.push(item)
    if (item === 2) stop.abort()
  })
  const ended = outbox.run(stop.signal)
  outbox.put(1)
  setImmediate(() => outbox.put(2))
  await ended
  expect(sent).toEqual([1, 2])
})

test('the oldest gives way when there is no room', async () => {
  const sent: number[] = []
  const { outbox, dropped } = outboxWith(async (item) => void sent.push(item), { maxQueued: 2 })
  for (const item of [1, 2, 3, 4]) outbox.put(item)
  expect(dropped).toEqual([
    [1, undefined],
    [2, undefined],
  ])
  await outbox.run(stopped)
  expect(sent).toEqual([3, 4])
})

test('what fails is tried again behind the others, and is given up with its last error', async () => {
  const tries: number[] = []
  const { outbox, dropped } = outboxWith(async (item) => {
    tries.push(item)
    if (item === 1) throw new Error(`try ${tries.length}`)
  })
  outbox.put(1)
  outbox.put(2)
  await outbox.run(stopped)
  expect(tries).toEqual([1, 2, 1, 1])
  expect(dropped).toEqual([[1, new Error('try 4')]])
})

test('after its signal it sends no longer than drainMs, and gives up the rest', async () => {
  const { outbox, dropped } = outboxWith(
    (_item, signal) =>
      new Promise((_resolve, reject) => {
        const fail = () => reject(new Error('ended'))
        if (signal.aborted) fail()
        signal.addEventListener('abort', fail)
      }),
    { drainMs: 20 },
  )
  for (const item of [1, 2, 3]) outbox.put(item)
  await outbox.run(stopped)
  expect(dropped.map(([item]) => item)).toEqual([1, 2, 3])
})

test('it waits for its turn before each item, but no longer once it is asked to stop', async () => {
  const stop = new AbortController()
  let turns = 0
  const sent: number[] = []
  const { outbox } = outboxWith(
    async (item) => {
      sent.push(item)
      if (item === 2) stop.abort()
    },
    {
      ready: async () => {
        turns += 1
      },
    },
  )
  for (const item of [1, 2, 3, 4]) outbox.put(item)
  await outbox.run(stop.signal)
  expect(sent).toEqual([1, 2, 3, 4])
  expect(turns).toBe(2)
})
