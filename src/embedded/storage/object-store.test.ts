import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ApiObject, keyOf, withMetadata } from '../object/api-object.ts'
import { resourceOf } from '../object/resources.ts'
import { createObjectStore, type ObjectStore } from './object-store.ts'

const configMaps = resourceOf('ConfigMap')
const secrets = resourceOf('Secret')

function configMap(namespace: string, name: string, value = ''): ApiObject {
  return { kind: 'ConfigMap', apiVersion: 'v1', metadata: { namespace, name }, data: { value } }
}

test('every write of any resource gets a higher version than all before', () => {
  const store = createObjectStore()
  const first = store.create(configMaps, configMap('a', 'one'))
  store.create(secrets, configMap('a', 'one'))
  const second = store.update(configMaps, first, first)
  expect([first.metadata.resourceVersion, second.metadata.resourceVersion, store.revision()]).toEqual([
    '1',
    '3',
    3,
  ])
})

test('a list is in byte order of namespace and name', () => {
  const store = createObjectStore()
  const names = [
    ['b', 'a'],
    ['a-b', 'z'],
    ['a', 'b'],
    ['a', 'B'],
  ] as const
  for (const [namespace, name] of names) store.create(configMaps, configMap(namespace, name))
  expect(store.list(configMaps).map(keyOf)).toEqual(['a-b/z', 'a/B', 'a/b', 'b/a'])
  expect(store.list(configMaps, { namespace: 'a' }).map(keyOf)).toEqual(['a/B', 'a/b'])
})

test('a name that is taken, gone or changed in between is refused', () => {
  const store = createObjectStore()
  const first = store.create(configMaps, configMap('a', 'one'))
  expect(() => store.create(configMaps, configMap('a', 'one'))).toThrow('already exists')
  store.update(configMaps, configMap('a', 'one', 'new'), first)
  expect(() => store.update(configMaps, configMap('a', 'one'), first)).toThrow('the object has been modified')
  expect(() => store.remove(configMaps, 'a/none')).toThrow('configmaps "none" not found')
})

type Step = readonly ['put' | 'remove', string]

const steps = fc.array(
  fc.tuple(fc.constantFrom<'put' | 'remove'>('put', 'put', 'remove'), fc.constantFrom('a', 'b', 'c')),
  {
    maxLength: 30,
  },
)

/** Carries a step out where it can be, with a value of its own. */
function take(store: ObjectStore, [action, name]: Step, value: number): void {
  const current = store.get(configMaps, `n/${name}`)
  const next = configMap('n', name, String(value))
  if (action === 'remove') {
    if (current !== undefined) store.remove(configMaps, `n/${name}`)
  } else if (current === undefined) store.create(configMaps, next)
  else store.update(configMaps, withMetadata(next, current.metadata), current)
}

test('the state of every earlier version can be listed as it was', () => {
  fc.assert(
    fc.property(steps, (history) => {
      const store = createObjectStore()
      const past = history.map((step, i) => {
        take(store, step, i)
        return { revision: store.revision(), objects: store.list(configMaps) }
      })
      for (const { revision, objects } of past) expect(store.list(configMaps, { revision })).toEqual(objects)
    }),
  )
})

test('the changes after a version, laid over its state, make the present', () => {
  fc.assert(
    fc.property(steps, fc.nat(30), (history, cut) => {
      const store = createObjectStore()
      for (const [i, step] of history.slice(0, cut).entries()) take(store, step, i)
      const before = { revision: store.revision(), objects: store.list(configMaps) }
      for (const [i, step] of history.slice(cut).entries()) take(store, step, cut + i)
      const state = new Map(before.objects.map((each) => [keyOf(each), each]))
      for (const { type, key, object } of store.changesSince(configMaps, before.revision) ?? []) {
        if (type === 'DELETED') state.delete(key)
        else state.set(key, object)
      }
      expect([...state.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))).toEqual(
        store.list(configMaps),
      )
    }),
  )
})

test('history that was compacted, or ran over its limit, is gone', () => {
  const store = createObjectStore({ historyLimit: 2 })
  let current = store.create(configMaps, configMap('n', 'a'))
  for (let i = 0; i < 4; i++)
    current = store.update(configMaps, { ...current, data: { i: String(i) } }, current)
  expect(store.changesSince(configMaps, 1)).toBeUndefined()
  expect(store.changesSince(configMaps, 4)).toHaveLength(1)
  store.compact()
  expect(store.changesSince(configMaps, 4)).toBeUndefined()
  expect(store.changesSince(configMaps, 5)).toEqual([])
  expect(() => store.list(configMaps, { revision: 4 })).toThrow()
})
