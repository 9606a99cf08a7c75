import { describe, expect, it, vi } from 'vitest'
import { config as configOf } from '../../../test/builders.ts'
import { type StatusShape, statusObject } from '../../../test/pod-statuses.ts'
import { type PodStatus, reducePodStatus } from '../../decide/content/pod-status.ts'
import { type Change, createStore } from '../../kube/store.ts'
import type { Config } from '../../types/config.ts'
import { createClassStore } from './class-store.ts'

function setUp() {
  const statuses = createStore<PodStatus>()
  const classes = createStore<Config>()
  const store = createClassStore({ statuses: statuses.store, classes: classes.store })
  const changes: string[] = []
  const told = vi.fn(({ type, from }: Change<Config>) => changes.push(`${type} ${from}`))
  store.onChange(told)
  const show = (shape: StatusShape) => statuses.set(reduced(shape, statuses.store), 'watch')
  const list = (...shapes: readonly StatusShape[]) => {
    const listing = statuses.startReplace('')
    for (const shape of shapes) listing.set(reduced(shape, statuses.store))
    listing.commit('list')
  }
  return { statuses, classes, store, changes, show, list, vault: () => store.get('shop', 'vault') }
}

function reduced(shape: StatusShape, store: ReturnType<typeof createStore<PodStatus>>['store']): PodStatus {
  const object = statusObject(shape)
  const previous = store.get('shop', object.metadata.name)
  const status = reducePodStatus(object, { previous })
  if (status === undefined) throw new Error('Cannot go on: the status says nothing')
  return previous?.resourceVersion === status.resourceVersion ? previous : status
}

function itself(resourceVersion: string, annotations: Readonly<Record<string, string>> = {}): Config {
  const metadata = { resourceVersion, creationTimestamp: '2025-01-01T00:00:00Z' }
  return configOf('SecretProviderClass', 'vault', { metadata, annotations })
}

const A = { pod: 'a', version: '100' }
const B = { pod: 'b', version: '101' }
const V2 = { db: 'v2' }

describe('a class in the store', () => {
  it('is what the class says of itself, and what its pods hold', () => {
    const { classes, show, vault } = setUp()
    classes.set(itself('50', { 'reloader.stakater.com/match': 'true' }), 'watch')
    expect(vault()).toBeUndefined()
    show(A)
    expect(vault()).toEqual({
      ref: { kind: 'SecretProviderClass', namespace: 'shop', name: 'vault' },
      uid: 'vault-uid',
      resourceVersion: '100',
      creationTimestamp: '2025-01-01T00:00:00Z',
      firstSeen: '100',
      ignored: false,
      matchable: true,
      flagsSince: '100',
      releases: [],
      mounted: { versions: '[["db","v1"]]', fresh: true },
    })
  })

  it('changes with a rotation, once, and with what the class says', () => {
    const { classes, show, changes, vault } = setUp()
    show(A)
    show(B)
    show({ ...A, version: '110', generation: 2, objects: V2 })
    show({ ...B, version: '111', generation: 2, objects: V2 })
    show({ pod: 'c', version: '112', objects: V2 })
    expect(changes).toEqual(['added watch', 'modified watch'])
    expect(vault()).toMatchObject({ resourceVersion: '110', firstSeen: '100', mounted: { fresh: false } })
    classes.set(itself('120', { 'reloader.stakater.com/ignore': 'true' }), 'watch')
    expect(vault()).toMatchObject({
      resourceVersion: '110',
      uid: 'vault-uid',
      ignored: true,
      flagsSince: '120',
    })
    expect(changes).toHaveLength(3)
  })

  it('is known by a pod while the class itself is missing', () => {
    const { show, vault } = setUp()
    show(A)
    expect(vault()).toMatchObject({ uid: 'a-uid', creationTimestamp: '2026-01-01T00:00:00Z', ignored: false })
  })

  it('stays while its pods are away, and goes with the last of class and pods', () => {
    const { classes, statuses, show, store, changes } = setUp()
    classes.set(itself('50'), 'watch')
    show(A)
    statuses.delete({ namespace: 'shop', name: 'a-shop-vault' }, { from: 'watch' })
    expect([store.size, changes]).toEqual([1, ['added watch']])
    classes.delete({ namespace: 'shop', name: 'vault' }, { from: 'watch' })
    expect([store.size, changes.at(-1)]).toEqual([0, 'deleted watch'])
  })
})

describe('a list of statuses', () => {
  it('is looked at as a whole: pods that disagree in it make no content', () => {
    const { list, store, changes } = setUp()
    list(A, { ...B, objects: V2 })
    expect([store.size, changes]).toEqual([0, []])
  })

  it('shows the rotation that came last, in whatever order it names the pods', () => {
    const one = { ...A, generation: 2, written: '2026-01-01T00:00:20Z', objects: V2 }
    const other = { ...B, generation: 2, written: '2026-01-01T00:00:10Z' }
    for (const shapes of [
      [one, other],
      [other, one],
    ]) {
      const { list, vault, changes } = setUp()
      list(...shapes)
      expect(vault()?.mounted?.versions).toBe('[["db","v2"]]')
      expect(changes).toEqual(['added sync'])
    }
  })

  it('brings what a watch missed: a rotation, and the end of all pods', () => {
    const { list, show, changes, store } = setUp()
    show(A)
    list({ ...A, version: '110', generation: 2, objects: V2 }, { ...B, className: 'other' })
    list({ ...A, version: '110', generation: 2, objects: V2 }, { ...B, className: 'other' })
    expect(changes).toEqual(['added watch', 'modified sync', 'added sync'])
    list()
    expect(store.size).toBe(0)
  })
})
