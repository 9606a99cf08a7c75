import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createListSplitter } from './list-stream.ts'

function split(pieces: readonly Buffer[]): { items: unknown[]; envelope: unknown } {
  const items: unknown[] = []
  const splitter = createListSplitter((json) => items.push(JSON.parse(json)))
  for (const piece of pieces) splitter.write(piece)
  return { items, envelope: JSON.parse(splitter.end()) }
}

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const marks = [0, ...cuts.map((each) => each % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  return marks.slice(1).map((mark, at) => bytes.subarray(marks[at], mark))
}

const cuts = fc.array(fc.nat(), { maxLength: 20 })
const json = fc.jsonValue({ stringUnit: 'grapheme' })

test('items and envelope are what JSON.parse makes of the whole, however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(json), json, cuts, fc.nat(3), (items, metadata, where, indent) => {
      const text = JSON.stringify({ kind: 'List', metadata, items, last: [1, { items: [2] }] }, null, indent)
      const { items: found, envelope } = split(cut(Buffer.from(text), where))
      expect(found).toEqual(JSON.parse(JSON.stringify(items)))
      expect(envelope).toEqual({ ...JSON.parse(text), items: [] })
    }),
  )
})

test.each([
  ['no items', '{"metadata":{"resourceVersion":"1"},"items":[]}'],
  ['null items', '{"metadata":{"resourceVersion":"1"},"items":null}'],
  ['items of something else', '{"metadata":{"items":[1,2]},"kind":"items","items" : [ ] }'],
])('a list with %s has none', (_name, text) => {
  expect(split([Buffer.from(text)]).items).toEqual([])
})

test.each(['', '{"items":[{"a":1}', '{"items":[{"a":"', '{"metadata":{}'])(
  'a list that breaks off (%s) is an error',
  (text) => {
    const splitter = createListSplitter(() => {})
    splitter.write(Buffer.from(text))
    expect(() => splitter.end()).toThrow('broke off')
  },
)
