import { expect, test } from 'vitest'
import { createLineWriter } from './line-writer.ts'

/** A descriptor whose reader takes a text only when the test says so. */
function slowReader() {
  const taken: string[] = []
  const waiting: (() => void)[] = []
  return {
    taken,
    waiting,
    write: (text: string) =>
      new Promise<void>((resolve) => {
        waiting.push(() => {
          taken.push(text)
          resolve()
        })
      }),
    takeOne: async () => {
      waiting.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

test('lines wait for a slow reader together and in their order', async () => {
  const reader = slowReader()
  const writer = createLineWriter(reader)
  for (const line of ['1\n', '2\n', '3\n']) writer.write(line)
  expect(reader.waiting).toHaveLength(1)
  await reader.takeOne()
  await reader.takeOne()
  expect(reader.taken).toEqual(['1\n', '2\n3\n'])
})

test('what does not fit is dropped and counted, and what fits is kept', async () => {
  const reader = slowReader()
  const writer = createLineWriter({ ...reader, maxBufferedLength: 10 })
  writer.write('under way\n')
  for (let i = 0; i < 7; i++) writer.write(`${i}23\n`)
  expect(writer.takeDropped()).toBe(5)
  expect(writer.takeDropped()).toBe(0)
  await reader.takeOne()
  await reader.takeOne()
  expect(reader.taken.join('')).toBe('under way\n023\n123\n')
})

test('flush resolves when everything is taken', async () => {
  const taken: string[] = []
  const writer = createLineWriter({
    write: async (text) => {
      taken.push(text)
    },
  })
  writer.write('a\n')
  writer.write('b\n')
  await writer.flush()
  expect(taken.join('')).toBe('a\nb\n')
})

test('flush gives up on a reader that takes nothing', async () => {
  const writer = createLineWriter({ write: () => new Promise(() => {}), timeoutMs: 10 })
  writer.write('a\n')
  await expect(writer.flush()).resolves.toBeUndefined()
})

test('a descriptor that is closed for good stops nothing', async () => {
  let attempts = 0
  const writer = createLineWriter({
    write: () => {
      attempts += 1
      return Promise.reject(new Error('EPIPE'))
    },
  })
  writer.write('a\n')
  await writer.flush()
  writer.write('b\n')
  await writer.flush()
  expect(attempts).toBe(2)
})
