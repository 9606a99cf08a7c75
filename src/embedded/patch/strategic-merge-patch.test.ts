import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type JsonObject, listAt, textAt } from '../object/json.ts'
import { StatusError } from '../object/status.ts'
import { structOf } from '../schema/schema.ts'
import { strategicMergePatch } from './strategic-merge-patch.ts'

const SPEC = structOf('PodSpec')

const TARGET: JsonObject = {
  containers: [
    {
      name: 'app',
      image: 'app:1',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    },
    { name: 'side', image: 'side:1' },
  ],
  volumes: [{ name: 'v', configMap: { name: 'c', items: [{ key: 'k', path: 'p' }] } }],
  tolerations: [{ key: 'a' }],
}

function env(patch: readonly JsonObject[], more: JsonObject = {}): readonly string[] {
  const merged = strategicMergePatch(TARGET, { containers: [{ name: 'app', env: patch, ...more }] }, SPEC)
  const [app] = listAt(merged, 'containers')
  return listAt(app, 'env').map((each) => `${textAt(each, 'name')}=${textAt(each, 'value')}`)
}

test('a variable is changed where it stands', () => {
  expect(env([{ name: 'B', value: '3' }])).toEqual(['A=1', 'B=3'])
})

test('a new variable comes before those that only the server has', () => {
  expect(env([{ name: 'C', value: '3' }])).toEqual(['C=3', 'A=1', 'B=2'])
})

test('a named variable keeps its place before a new one that the patch names after it', () => {
  expect(
    env([
      { name: 'B', value: '3' },
      { name: 'C', value: '3' },
    ]),
  ).toEqual(['A=1', 'B=3', 'C=3'])
})

test('a variable is deleted by its name', () => {
  expect(env([{ name: 'A', $patch: 'delete' }])).toEqual(['B=2'])
})

test('a list is replaced when the patch says so', () => {
  expect(env([{ $patch: 'replace' }, { name: 'Z', value: '9' }])).toEqual(['Z=9'])
})

test('what has one name stands together in a list that is replaced', () => {
  const named = (name: string, value: string) => ({ name, value })
  expect(env([named('D', '1'), named('E', '2'), named('D', '3'), { $patch: 'replace' }])).toEqual([
    'D=1',
    'D=3',
    'E=2',
  ])
})

test('items stand in the order that the patch asks for', () => {
  const order = { '$setElementOrder/env': [{ name: 'B' }, { name: 'C' }, { name: 'A' }] }
  expect(env([{ name: 'C', value: '3' }], order)).toEqual(['B=2', 'C=3', 'A=1'])
})

test('an item without its merge key is refused', () => {
  expect(() => env([{ value: '1' }])).toThrow(StatusError)
})

test('other containers and lists without a merge key are not merged', () => {
  const merged = strategicMergePatch(
    TARGET,
    { tolerations: [{ key: 'b' }], containers: [{ name: 'app', image: 'app:2' }] },
    SPEC,
  )
  expect(merged.tolerations).toEqual([{ key: 'b' }])
  expect(listAt(merged, 'containers').map((each) => textAt(each, 'image'))).toEqual(['app:2', 'side:1'])
})

test('with retainKeys a union keeps only the member that is named', () => {
  const patch = { volumes: [{ name: 'v', $retainKeys: ['name', 'emptyDir'], emptyDir: {} }] }
  expect(strategicMergePatch(TARGET, patch, SPEC).volumes).toEqual([{ name: 'v', emptyDir: {} }])
})

test('scalars of a set are united, and removed by a directive of their own', () => {
  const meta = structOf('ObjectMeta')
  const target = { finalizers: ['b', 'a'] }
  expect(strategicMergePatch(target, { finalizers: ['c', 'a'] }, meta).finalizers).toEqual(['c', 'b', 'a'])
  const removal = { '$deleteFromPrimitiveList/finalizers': ['a'] }
  expect(strategicMergePatch(target, removal, meta).finalizers).toEqual(['b'])
})

const variables = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('A', 'B', 'C', 'D'), value: fc.string() }),
  {
    selector: ({ name }) => name,
  },
)

test('a patch applied twice is a patch applied once', () => {
  fc.assert(
    fc.property(variables, (given) => {
      const patch = { containers: [{ name: 'app', env: given }] }
      const once = strategicMergePatch(TARGET, patch, SPEC)
      expect(strategicMergePatch(once, patch, SPEC)).toEqual(once)
    }),
  )
})

test('every variable of patch and server is there once, with the value of the patch before the server', () => {
  fc.assert(
    fc.property(variables, (given) => {
      const expected = new Map([
        ['A', '1'],
        ['B', '2'],
        ...given.map(({ name, value }): [string, string] => [name, value]),
      ])
      expect(env(given).toSorted()).toEqual([...expected].map((pair) => pair.join('=')).toSorted())
    }),
  )
})
