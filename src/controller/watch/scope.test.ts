import { describe, expect, it } from 'vitest'
import { createStore } from '../../kube/store.ts'
import { createScope, reduceNamespace, type SelectedNamespace } from './scope.ts'

function namespace(name: string, uid: string, resourceVersion: string) {
  return { metadata: { name, uid, resourceVersion } }
}

describe('a scope', () => {
  it('includes everything but the ignored namespaces where nothing else is said', () => {
    const scope = createScope({
      namespaces: undefined,
      ignoredNamespaces: ['kube-system'],
      selected: undefined,
    })
    expect([scope.includes('shop'), scope.includes('kube-system')]).toEqual([true, false])
    expect(scope.since('shop')).toBeUndefined()
  })

  it('includes only the listed namespaces, and of those none that is ignored', () => {
    const scope = createScope({ namespaces: ['a', 'b'], ignoredNamespaces: ['b'], selected: undefined })
    expect(['a', 'b', 'c'].map(scope.includes)).toEqual([true, false, false])
  })

  it('follows the selector as namespaces come and go', () => {
    const writer = createStore<SelectedNamespace>()
    const scope = createScope({ namespaces: undefined, ignoredNamespaces: [], selected: writer.store })
    expect(scope.includes('shop')).toBe(false)
    writer.set(
      reduceNamespace(namespace('shop', 'u1', '7'), { previous: undefined, source: 'watch' }),
      'watch',
    )
    expect([scope.includes('shop'), scope.since('shop')?.resourceVersion]).toEqual([true, '7'])
    writer.delete({ namespace: '', name: 'shop' }, { from: 'watch' })
    expect([scope.includes('shop'), scope.since('shop')]).toEqual([false, undefined])
  })
})

describe('a reduced namespace', () => {
  it('keeps the version with which it was selected, until it is another namespace of that name', () => {
    const first = reduceNamespace(namespace('shop', 'u1', '7'), { previous: undefined, source: 'watch' })
    const next = { previous: first, source: 'list' } as const
    expect(first).toMatchObject({ resourceVersion: '7', watched: true })
    expect(reduceNamespace(namespace('shop', 'u1', '9'), next)).toBe(first)
    expect(reduceNamespace(namespace('shop', 'u2', '12'), next)).toMatchObject({
      resourceVersion: '12',
      watched: false,
    })
  })
})
