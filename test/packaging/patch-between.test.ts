import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical, type Operation, patchBetween } from '../../scripts/render/patch-between.ts'

test('equal objects need no patch, whatever the order of their keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(patchBetween(value, JSON.parse(canonical(value)))).toEqual([])
    }),
  )
})

test('what is new in a list is appended, so that two patches of one list go together', () => {
  expect(patchBetween({ args: ['a'] }, { args: ['b', 'a', 'c'] })).toEqual([
    { op: 'add', path: '/args/-', value: 'b' },
    { op: 'add', path: '/args/-', value: 'c' },
  ])
})

test('a list that lost an item and has the old length is compared item by item, any other is replaced', () => {
  expect(patchBetween([{ a: 1 }], [{ a: 2 }])).toEqual([{ op: 'replace', path: '/0/a', value: 2 }])
  expect(patchBetween([1, 2], [1])).toEqual([{ op: 'replace', path: '', value: [1] }])
})

test('carried out, the patch makes the one object of the other', () => {
  const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean())
  const object = fc.dictionary(fc.string(), fc.oneof(leaf, fc.dictionary(fc.string(), leaf)))
  fc.assert(
    fc.property(object, object, (before, after) => {
      const patched = patchBetween(before, after).reduce(carryOut, structuredClone(before))
      expect(canonical(patched)).toBe(canonical(after))
    }),
  )
})

/** RFC 6902 on maps. */
function carryOut<T extends object>(document: T, { op, path, value }: Operation): T {
  const names = path
    .split('/')
    .slice(1)
    .map((each) => each.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = names.pop() ?? ''
  const parent = names.reduce(
    (map, name) => map[name] as Record<string, unknown>,
    document as Record<string, unknown>,
  )
  if (op === 'remove') delete parent[last]
  else Object.defineProperty(parent, last, { value, configurable: true, enumerable: true, writable: true })
  return document
}
