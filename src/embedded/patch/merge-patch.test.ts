import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isObject, type Json } from '../object/json.ts'
import { mergePatch } from './merge-patch.ts'

/** The table of RFC 7386, appendix A: original, patch, result. */
const TABLE: readonly (readonly [Json, Json, Json])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
]

test.each(TABLE)('%j with %j laid over is %j', (target, patch, result) => {
  expect(mergePatch(target, patch)).toEqual(result)
})

const json = fc.jsonValue({ maxDepth: 3 }).map((value): Json => JSON.parse(JSON.stringify(value)))

test('a patch applied twice is a patch applied once', () => {
  fc.assert(
    fc.property(json, json, (target, patch) => {
      const once = mergePatch(target, patch)
      expect(mergePatch(once, patch)).toEqual(once)
    }),
  )
})

test('no member that a patch sets to null is left', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), fc.uniqueArray(fc.string()), (target, keys) => {
      const merged = mergePatch(target, Object.fromEntries(keys.map((key) => [key, null])))
      expect(isObject(merged) && keys.some((key) => Object.hasOwn(merged, key))).toBe(false)
    }),
  )
})

test('an empty patch changes nothing', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), (target) => {
      expect(mergePatch(target, {})).toEqual(target)
    }),
  )
})

test('a member may be called anything', () => {
  const patch: Json = JSON.parse('{"__proto__": "1", "constructor": "2"}')
  expect(JSON.stringify(mergePatch({}, patch))).toBe(JSON.stringify(patch))
})
