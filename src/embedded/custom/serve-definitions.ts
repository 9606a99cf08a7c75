// CustomResourceDefinitions take effect: names are given out, resources are served and withdrawn, and the objects of a
// definition go before it does.
//
// Guarantees: all of it happens within the write that causes it, so that a resource is served once its definition was
// created. A watch of a custom resource ends when the way in which it is served changes.
import { createLocalClient } from '../controllers/local-client.ts'
import { type ApiObject, keyOf } from '../object/api-object.ts'
import { jsonEqual, listAt, objectAt, textAt, valueAt } from '../object/json.ts'
import { type Resource, resourceOf } from '../object/resources.ts'
import { toTime } from '../schema/scalar.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import { customResourcesOf } from './custom-resource.ts'
import { isEstablished, namedStatus } from './definition-names.ts'
import { emptyDefinition, isGoing, releaseDefinition, type Writing } from './empty-definition.ts'

const DEFINITIONS = resourceOf('CustomResourceDefinition')

interface Serving {
  /** What the definition said when it was served so. */
  readonly definition: ApiObject
  /** One for each version, served or not. */
  readonly resources: readonly Resource[]
  /** Stops serving it. */
  readonly end: () => void
}

/** Lets the definitions in the store take effect from now on, for as long as the store is there. */
export function serveDefinitions(store: ObjectStore, now: () => Date): void {
  const client = createLocalClient({ store, now, manager: 'kube-apiserver' })
  const servings = new Map<string, Serving>()

  function sync(definition: ApiObject): void {
    const status = isGoing(definition)
      ? undefined
      : namedStatus(definition, { others: othersOf(store, definition), time: toTime(now()) })
    // The write comes back here, as a change of its own.
    if (status !== undefined) client.update({ ...definition, status }, 'status')
    else {
      if (isEstablished(definition)) serve(definition)
      if (isGoing(definition)) empty(definition)
    }
  }

  function serve(definition: ApiObject): void {
    const before = servings.get(keyOf(definition))
    if (before !== undefined && servesSame(before.definition, definition)) return
    before?.end()
    servings.set(keyOf(definition), beginServing(definition, { store, client }))
  }

  function withdraw(definition: ApiObject): void {
    store.resources.serve(keyOf(definition), [])
    servings.get(keyOf(definition))?.end()
    servings.delete(keyOf(definition))
  }

  function empty(definition: ApiObject): void {
    const [resource] = servings.get(keyOf(definition))?.resources ?? []
    if (resource !== undefined) emptyDefinition(store, resource, now())
    releaseDefinition({ store, client }, definition, resource)
  }

  store.subscribe(DEFINITIONS, ({ type, object }) => {
    if (type === 'DELETED') withdraw(object)
    // A change that another one has followed already is of no interest.
    else if (store.get(DEFINITIONS, keyOf(object)) === object) sync(object)
    // Names may have become free.
    for (const each of othersOf(store, object)) if (!isEstablished(each)) sync(each)
  })
}

/** Serves the versions of a definition in place of those that it had before. */
function beginServing(definition: ApiObject, writing: Writing): Serving {
  const { store } = writing
  const ended = new AbortController()
  const resources = customResourcesOf(definition, {
    withdrawn: ended.signal,
    terminating: () => isGoing(store.get(DEFINITIONS, keyOf(definition)) ?? definition),
  })
  const [first] = resources
  const release = () => releaseDefinition(writing, definition, first)
  const unsubscribe = first === undefined ? undefined : store.subscribe(first, release)
  const served = resources.filter((each) => isServed(definition, each))
  store.resources.serve(keyOf(definition), served)
  const end = () => {
    unsubscribe?.()
    ended.abort()
  }
  return { definition, resources, end }
}

function isServed(definition: ApiObject, { version }: Resource): boolean {
  const found = listAt(definition, 'spec', 'versions').find((each) => textAt(each, 'name') === version)
  return valueAt(found, 'served') === true
}

/** The other definitions of the same group. */
function othersOf(store: ObjectStore, definition: ApiObject): readonly ApiObject[] {
  const group = textAt(definition, 'spec', 'group')
  return store
    .list(DEFINITIONS)
    .filter((each) => keyOf(each) !== keyOf(definition) && textAt(each, 'spec', 'group') === group)
}

function servesSame(a: ApiObject, b: ApiObject): boolean {
  const names = (each: ApiObject) => objectAt(each, 'status', 'acceptedNames')
  return jsonEqual(a.spec, b.spec) && jsonEqual(names(a), names(b))
}
