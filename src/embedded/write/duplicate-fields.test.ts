import fc from 'fast-check'
import { expect, test } from 'vitest'
import { duplicateFields } from './duplicate-fields.ts'

test.each([
  ['{"a":1,"b":2}', []],
  ['{"a":1,"a":2}', ['a']],
  ['{"a":1,"a":2,"a":3}', ['a']],
  ['{"x":{"a":"a","a":"b"},"y":{"a":1}}', ['x.a']],
  ['{"l":[{"a":1},{"a":1,"a":[2]}]}', ['l[1].a']],
  ['[{"a":1,"a":1}]', ['[0].a']],
  ['{"a\\"b":"x,{\\"","a\\"b":1}', ['a"b']],
  ['{"a":{"b":1},"a":{"b":2}}', ['a']],
])('%s', (text, paths) => {
  expect(duplicateFields(text)).toEqual(paths)
})

test('what JSON.stringify writes has none', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(duplicateFields(JSON.stringify(JSON.parse(text)))).toEqual([])
    }),
  )
})
