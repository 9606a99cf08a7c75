import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../object/json.ts'
import { JsonPatchError, jsonPatch } from './json-patch.ts'

const TARGET: JsonObject = { a: 1, list: ['x', 'y'], deep: { 'k/y': 1, 'k~y': 2 } }

const APPLIED: readonly (readonly [Json, JsonObject])[] = [
  [
    { op: 'add', path: '/b', value: 2 },
    { ...TARGET, b: 2 },
  ],
  [
    { op: 'add', path: '/a', value: 2 },
    { ...TARGET, a: 2 },
  ],
  [
    { op: 'add', path: '/list/-', value: 'z' },
    { ...TARGET, list: ['x', 'y', 'z'] },
  ],
  [
    { op: 'add', path: '/list/0', value: 'z' },
    { ...TARGET, list: ['z', 'x', 'y'] },
  ],
  [
    { op: 'add', path: '/list/2', value: 'z' },
    { ...TARGET, list: ['x', 'y', 'z'] },
  ],
  [
    { op: 'remove', path: '/list/-1' },
    { ...TARGET, list: ['x'] },
  ],
  [
    { op: 'remove', path: '/a' },
    { list: ['x', 'y'], deep: { 'k/y': 1, 'k~y': 2 } },
  ],
  [
    { op: 'replace', path: '/list/1', value: 'z' },
    { ...TARGET, list: ['x', 'z'] },
  ],
  [
    { op: 'replace', path: '/missing', value: 1 },
    { ...TARGET, missing: 1 },
  ],
  [
    { op: 'replace', path: '/deep/k~1y', value: 3 },
    { ...TARGET, deep: { 'k/y': 3, 'k~y': 2 } },
  ],
  [
    { op: 'replace', path: '/deep/k~0y', value: 3 },
    { ...TARGET, deep: { 'k/y': 1, 'k~y': 3 } },
  ],
  [
    { op: 'move', from: '/a', path: '/b' },
    { list: ['x', 'y'], deep: { 'k/y': 1, 'k~y': 2 }, b: 1 },
  ],
  [
    { op: 'copy', from: '/list', path: '/b' },
    { ...TARGET, b: ['x', 'y'] },
  ],
  [{ op: 'test', path: '/list', value: ['x', 'y'] }, TARGET],
  [{ op: 'test', path: '/missing', value: null }, TARGET],
]

test.each(APPLIED)('%j is applied', (operation, result) => {
  expect(jsonPatch(TARGET, [operation])).toEqual(result)
})

const REFUSED: readonly Json[] = [
  { op: 'remove', path: '/missing' },
  { op: 'add', path: '/missing/b', value: 1 },
  { op: 'add', path: '', value: {} },
  { op: 'add', path: '/list/3', value: 'z' },
  { op: 'add', path: '/list/x', value: 'z' },
  { op: 'replace', path: '/list/2', value: 'z' },
  { op: 'remove', path: '/list/-3' },
  { op: 'test', path: '/a', value: 2 },
  { op: 'move', from: '/missing', path: '/b' },
  { op: 'copy', path: '/b' },
  { op: 'strange', path: '/a' },
  'no object',
]

test.each(REFUSED)('%j is refused', (operation) => {
  expect(() => jsonPatch(TARGET, [operation])).toThrow(JsonPatchError)
})

test('where one operation fails, none counts', () => {
  const operations = [
    { op: 'add', path: '/b', value: 1 },
    { op: 'test', path: '/a', value: 2 },
  ]
  const target = structuredClone(TARGET)
  expect(() => jsonPatch(target, operations)).toThrow(JsonPatchError)
  expect(target).toEqual(TARGET)
})

test('what was added and removed again leaves nothing behind', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (name, value) => {
      const path = `/deep/new${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const operations = [
        { op: 'add', path, value: JSON.parse(JSON.stringify(value)) },
        { op: 'remove', path },
      ]
      expect(jsonPatch(TARGET, operations)).toEqual(TARGET)
    }),
  )
})
