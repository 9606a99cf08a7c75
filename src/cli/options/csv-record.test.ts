import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseCsvRecord } from './csv-record.ts'

test.each([
  ['', []],
  ['a', ['a']],
  ['a,b', ['a', 'b']],
  ['a,', ['a', '']],
  [',', ['', '']],
  ['"a,b",c', ['a,b', 'c']],
  ['"a""b"', ['a"b']],
  ['""', ['']],
  ['a, b', ['a', ' b']],
  ['a,b\n', ['a', 'b']],
])('%j holds the fields %j', (text, fields) => {
  expect(parseCsvRecord(text)).toEqual(fields)
})

test.each([
  ['a"b', 'a double quote stands inside a value'],
  ['a, "b"', 'a double quote stands inside a value'],
  ['"a', 'a double quote has no counterpart'],
  ['"a"b', 'a double quote has no counterpart'],
  ['a\nb', 'it has a line break'],
])('%j is refused', (text, message) => {
  expect(() => parseCsvRecord(text)).toThrow(message)
})

test('fields that are quoted come back unchanged', () => {
  const field = fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text))
  fc.assert(
    fc.property(fc.array(field, { minLength: 1 }), (fields) => {
      const record = fields.map((each) => `"${each.replaceAll('"', '""')}"`).join(',')
      expect(parseCsvRecord(record)).toEqual(fields)
    }),
  )
})
