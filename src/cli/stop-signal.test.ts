import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { stopSignal } from './stop-signal.ts'

function processStub() {
  const signals = new EventEmitter()
  const exits: number[] = []
  const signal = stopSignal({
    on: (name, listener) => signals.on(name, listener),
    exit: (code) => exits.push(code),
  })
  return { signals, exits, signal }
}

test('the first signal aborts and leaves the process running', () => {
  const { signals, exits, signal } = processStub()
  expect(signal.aborted).toBe(false)
  signals.emit('SIGTERM')
  expect(signal.reason).toEqual(new Error('SIGTERM received'))
  expect(exits).toEqual([])
})

test('the second signal ends it at once, whichever it is', () => {
  const { signals, exits } = processStub()
  signals.emit('SIGTERM')
  signals.emit('SIGINT')
  expect(exits).toEqual([130])
})
