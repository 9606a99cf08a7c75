import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { type KeyInput, readKeys } from './keys.ts'

function fakeInput(isTTY: boolean) {
  const modes: boolean[] = []
  const input = Object.assign(new EventEmitter(), {
    isTTY,
    setRawMode: (mode: boolean) => void modes.push(mode),
    setEncoding: () => {},
    resume: () => {},
    pause: () => {},
  })
  return { input: input as unknown as KeyInput & EventEmitter, modes }
}

async function keysOf(isTTY: boolean, type: (input: EventEmitter) => void) {
  const { input, modes } = fakeInput(isTTY)
  let interrupts = 0
  const keys: string[] = []
  const signal = new AbortController().signal
  const reading = (async () => {
    for await (const key of readKeys(input, { signal, onInterrupt: () => interrupts++ })) keys.push(key)
  })()
  type(input)
  await reading
  return { keys, modes, interrupts, listeners: input.listenerCount('data') }
}

test('a terminal gives single keys, and is as it was in the end', async () => {
  const { keys, modes, listeners } = await keysOf(true, (input) => {
    input.emit('data', 'c')
    input.emit('data', 'K')
    input.emit('data', '\x04')
  })
  expect(keys).toEqual(['c', 'k'])
  expect(modes).toEqual([true, false])
  expect(listeners).toBe(0)
})

test('lines do as well, until the input ends', async () => {
  const { keys, modes } = await keysOf(false, (input) => {
    input.emit('data', 'c\nq\n')
    input.emit('end')
  })
  expect(keys).toEqual(['c', 'q'])
  expect(modes).toEqual([])
})

test('Ctrl-C in raw mode interrupts', async () => {
  const { keys, interrupts } = await keysOf(true, (input) => {
    input.emit('data', '\x03')
    input.emit('end')
  })
  expect([keys, interrupts]).toEqual([[], 1])
})
