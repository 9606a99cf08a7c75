import { expect, test } from 'vitest'
import { parseDurationMs, parseListenAddress } from './flag-values.ts'

test.each([
  [':9090', { port: 9090 }],
  [':0', { port: 0 }],
  ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ['localhost:8080', { host: 'localhost', port: 8080 }],
  ['[::1]:9090', { host: '::1', port: 9090 }],
])('%s is the address %j', (text, address) => {
  expect(parseListenAddress(text)).toEqual(address)
})

test.each(['', '9090', 'host', ':65536', '::1:9090', 'a b:1', ':-1', 'http://x:1'])(
  '%j is not an address',
  (text) => {
    expect(() => parseListenAddress(text)).toThrow('it is not an address')
  },
)

test('a duration is read as Go reads it', () => {
  expect(parseDurationMs('1m30s')).toBe(90_000)
  expect(parseDurationMs('0')).toBe(0)
})
