import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createApiServer } from '../api-server.ts'
import { createLocalClient } from '../controllers/local-client.ts'
import type { ApiObject } from '../object/api-object.ts'
import { differenceOf, fromFieldsV1, toFieldsV1, unionOf } from './field-set.ts'

const place = { kind: 'ConfigMap', namespace: 'default', name: 'one' }
const OBJECT = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'one', namespace: 'default' } }

/** Clients of several managers, on a clock that moves one second with every look. */
function world() {
  const { store } = createApiServer()
  let seconds = 0
  const now = () => new Date(1000 * ++seconds)
  return (manager: string) => createLocalClient({ store, now, manager })
}

function entry({ metadata }: ApiObject, manager: string) {
  return metadata.managedFields?.find((each) => each.manager === manager)
}

test('the time of an entry moves with an added or changed field, not with a removed one nor with a write of the same', () => {
  const as = world()
  const created = as('me').create({ ...OBJECT, data: { a: '1', b: '2' } })
  const same = as('me').patch(place, { data: { a: '1' } })
  const removed = as('me').patch(place, { data: { b: null } })
  const changed = as('me').patch(place, { data: { a: '2' } })
  const times = [created, same, removed, changed].map((each) => entry(each, 'me')?.time)
  expect(new Set(times.slice(0, 3)).size).toBe(1)
  expect(times[3]).not.toBe(times[0])
  expect(same.metadata.resourceVersion).toBe(created.metadata.resourceVersion)
})

test('a changed field goes over to who changed it, and writing what is there takes nothing', () => {
  const as = world()
  as('first').create({ ...OBJECT, data: { a: '1', b: '2' } })
  as('second').patch(place, { data: { a: '1' } })
  const object = as('second').patch(place, { data: { b: '3' } })
  expect(entry(object, 'first')?.fieldsV1).toEqual({ 'f:data': { '.': {}, 'f:a': {} } })
  expect(entry(object, 'second')?.fieldsV1).toEqual({ 'f:data': { 'f:b': {} } })
})

const writes = fc.array(
  fc.record({
    manager: fc.constantFrom('x', 'y', 'z'),
    data: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.option(fc.constantFrom('1', '2'))),
  }),
  { maxLength: 12 },
)

// Where nobody owns anything any more, the server stops to keep count; a label here keeps it going.
test('whoever writes, every key has exactly one owner and no owner has a key that is gone', () => {
  fc.assert(
    fc.property(writes, (history) => {
      const as = world()
      let object = as('x').create({
        ...OBJECT,
        metadata: { ...OBJECT.metadata, labels: { l: '' } },
        data: { a: '0' },
      })
      for (const { manager, data } of history) object = as(manager).patch(place, { data })
      const owned = (object.metadata.managedFields ?? []).flatMap(({ fieldsV1 }) =>
        Object.keys(fieldsV1['f:data'] ?? {}),
      )
      const keys = owned.filter((each) => each !== '.').map((each) => each.slice(2))
      expect(keys.toSorted()).toEqual(Object.keys(object.data ?? {}).toSorted())
    }),
  )
})

const fields = fc
  .uniqueArray(fc.constantFrom('f:a', 'f:b', 'f:c'), { maxLength: 3 })
  .map((names) => fromFieldsV1({ 'f:data': Object.fromEntries(names.map((each) => [each, {}])) }))

test('field sets follow the laws of sets', () => {
  fc.assert(
    fc.property(fields, fields, (a, b) => {
      const json = (set: typeof a) => toFieldsV1(set)
      expect(json(unionOf(a, b))).toEqual(json(unionOf(b, a)))
      expect(json(differenceOf(unionOf(a, b), b))).toEqual(json(differenceOf(a, b)))
      expect(json(unionOf(differenceOf(a, b), a))).toEqual(json(a))
    }),
  )
})
