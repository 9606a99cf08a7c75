import { expect, test } from 'vitest'
import { type Change, createStore, type Stored, type StoreWriter } from './store.ts'

interface Thing extends Stored {
  readonly text: string
}

function thing(
  name: string,
  resourceVersion: string,
  { uid = `uid-${name}`, namespace = 'x', text = '' } = {},
): Thing {
  return { ref: { namespace, name }, uid, resourceVersion, text }
}

function fill(writer: StoreWriter<Thing>, namespace: string, ...things: Thing[]): void {
  const listing = writer.startReplace(namespace)
  for (const each of things) listing.set(each)
  listing.commit('list')
}

function told(writer: StoreWriter<Thing>): Change<Thing>[] {
  const changes: Change<Thing>[] = []
  writer.store.onChange((change) => changes.push(change))
  return changes
}

test('nothing of a list shows before it is complete, and everything when its first change is told', () => {
  const writer = createStore<Thing>()
  const listing = writer.startReplace('')
  listing.set(thing('a', '1'))
  listing.set(thing('b', '1'))
  expect(writer.store.size).toBe(0)
  const sizes: number[] = []
  writer.store.onChange(() => sizes.push(writer.store.size))
  listing.commit('list')
  expect(sizes).toEqual([2, 2])
})

test('the first list of a namespace is told apart from those that follow', () => {
  const writer = createStore<Thing>()
  const changes = told(writer)
  for (const namespace of ['x', 'y', 'x']) {
    const name = `${namespace}-${changes.length}`
    fill(writer, namespace, thing(name, '1', { namespace }))
  }
  expect(changes.map(({ type, from }) => `${type} ${from}`)).toEqual([
    'added sync',
    'added sync',
    'deleted list',
    'added list',
  ])
})

test('a relist tells what went, came and changed, and keeps the very objects that did not', () => {
  const writer = createStore<Thing>()
  const same = thing('same', '1')
  fill(writer, '', same, thing('changed', '1'), thing('gone', '1'), thing('again', '1'))
  const changes = told(writer)
  fill(
    writer,
    '',
    thing('same', '1', { text: 'reduced anew' }),
    thing('changed', '2'),
    thing('new', '2'),
    thing('again', '2', { uid: 'other' }),
  )
  expect(
    changes.map(
      (change) => `${change.type} ${(change.type === 'deleted' ? change.old : change.new).ref.name}`,
    ),
  ).toEqual(['deleted gone', 'modified changed', 'added new', 'modified again'])
  expect(writer.store.get('x', 'same')).toBe(same)
})

test('a list of one namespace leaves the others alone', () => {
  const writer = createStore<Thing>()
  fill(writer, '', thing('a', '1'), thing('b', '1', { namespace: 'y' }))
  const changes = told(writer)
  fill(writer, 'x')
  expect(changes.map(({ type }) => type)).toEqual(['deleted'])
  expect([...writer.store.list()].map(({ ref }) => ref.name)).toEqual(['b'])
})

test('a store is synced with what was listed, and with nothing else', () => {
  const writer = createStore<Thing>()
  fill(writer, 'x', thing('a', '1'))
  expect([writer.store.isSynced('x'), writer.store.isSynced('y'), writer.store.isSynced('')]).toEqual([
    true,
    false,
    false,
  ])
  fill(writer, '')
  expect(writer.store.isSynced('anything')).toBe(true)
})

test('the answer of our own write is taken only over an older version of the same object', () => {
  const writer = createStore<Thing>()
  fill(writer, '', thing('a', '5'))
  const changes = told(writer)
  writer.update(thing('a', '4'))
  writer.update(thing('a', '9', { uid: 'other' }))
  writer.update(thing('unknown', '9'))
  expect(changes).toEqual([])
  writer.update(thing('a', '10'))
  expect(changes.map(({ type, from }) => `${type} ${from}`)).toEqual(['modified patch'])
  expect(writer.store.get('x', 'a')?.resourceVersion).toBe('10')
})

test('a list begun before our own write does not undo it, one begun after it does', () => {
  const writer = createStore<Thing>()
  fill(writer, '', thing('a', '5'))
  const early = writer.startReplace('')
  writer.update(thing('a', '7'))
  early.set(thing('a', '5'))
  early.commit('poll')
  expect(writer.store.get('x', 'a')?.resourceVersion).toBe('7')
  fill(writer, '', thing('a', '6'))
  expect(writer.store.get('x', 'a')?.resourceVersion).toBe('6')
})

test('what a list showed and then took back is not in it', () => {
  const writer = createStore<Thing>()
  const listing = writer.startReplace('')
  listing.set(thing('a', '1'))
  listing.delete({ namespace: 'x', name: 'a' })
  listing.commit('list')
  expect(writer.store.size).toBe(0)
})

test('a namespace is listed without looking at the others, and an empty one has nothing', () => {
  const writer = createStore<Thing>()
  fill(writer, '', thing('a', '1'), thing('b', '1', { namespace: 'y' }))
  expect([...writer.store.byNamespace('y')].map(({ ref }) => ref.name)).toEqual(['b'])
  writer.delete({ namespace: 'y', name: 'b' }, { from: 'watch' })
  writer.delete({ namespace: 'y', name: 'b' }, { from: 'watch' })
  expect([...writer.store.byNamespace('y')]).toEqual([])
})

test('a listener that ended hears nothing more', () => {
  const writer = createStore<Thing>()
  let heard = 0
  const end = writer.store.onChange(() => {
    heard += 1
  })
  writer.set(thing('a', '1'), 'watch')
  end()
  writer.set(thing('a', '2'), 'watch')
  expect(heard).toBe(1)
})
