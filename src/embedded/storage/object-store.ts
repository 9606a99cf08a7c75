// The etcd of the embedded server: every object under one resourceVersion counter, with the recent changes of each
// resource kept so that a watch can resume and a list can be continued as of an earlier version.
//
// Guarantees: every write gets a version of its own, higher than all before; listeners hear the writes of a resource in
// order, synchronously, after they took effect. Objects are never changed in place.
import { type ApiObject, keyOf, withMetadata } from '../object/api-object.ts'
import { createResourceTable, type ResourceTable } from '../object/resource-table.ts'
import { qualifiedName, type Resource } from '../object/resources.ts'
import { alreadyExists, conflict, notFound } from '../object/status.ts'
import { type Change, createObjectTable, type ObjectTable } from './object-table.ts'

export interface ListRange {
  /** Only keys of this namespace. */
  readonly namespace?: string
  /** The state as of this version instead of now. */
  readonly revision?: number
}

export interface ObjectStore {
  /** The resources that objects can be of. */
  readonly resources: ResourceTable
  /** The version of the last write. */
  readonly revision: () => number
  readonly get: (resource: Resource, key: string) => ApiObject | undefined
  /** Sorted by storage key, byte by byte. Throws 410 where `revision` was compacted. */
  readonly list: (resource: Resource, range?: ListRange) => readonly ApiObject[]
  /** Throws 409 AlreadyExists. */
  readonly create: (resource: Resource, object: ApiObject) => ApiObject
  /** Replaces `previous`, which must be the stored object. Throws 409 Conflict where it is not. */
  readonly update: (resource: Resource, object: ApiObject, previous: ApiObject) => ApiObject
  /** Throws 404. */
  readonly remove: (resource: Resource, key: string) => ApiObject
  /** The changes after `revision`, oldest first, or undefined where some of them were thrown away. */
  readonly changesSince: (resource: Resource, revision: number) => readonly Change[] | undefined
  /** Hears every change of a resource from now on; returns what stops it. */
  readonly subscribe: (resource: Resource, listener: (change: Change) => void) => () => void
  /** Forgets all history. */
  readonly compact: () => void
}

export interface ObjectStoreOptions {
  /** How many changes of each resource are kept at least; up to twice as many are. */
  readonly historyLimit?: number
}

/** An empty store. */
export function createObjectStore({ historyLimit = 10_000 }: ObjectStoreOptions = {}): ObjectStore {
  const resources = createResourceTable()
  /** By resource, whatever the version that it is asked for in. */
  const tables = new Map<string, ObjectTable>()
  let revision = 0

  function tableOf(resource: Resource): ObjectTable {
    const name = qualifiedName(resource)
    const known = tables.get(name)
    if (known !== undefined) return known
    const table = createObjectTable(historyLimit)
    tables.set(name, table)
    return table
  }

  function commit(table: ObjectTable, change: Pick<Change, 'type' | 'object' | 'previous'>): ApiObject {
    revision += 1
    const object = withMetadata(change.object, { resourceVersion: String(revision) })
    table.record({ ...change, object, revision, key: keyOf(object) })
    return object
  }

  return {
    resources,
    revision: () => revision,
    get: (resource, key) => tableOf(resource).get(key),
    list: (resource, { namespace, revision: at = revision } = {}) => {
      const objects = tableOf(resource).listAt(Math.min(at, revision))
      const prefix = namespace === undefined ? '' : `${namespace}/`
      return objects.filter(([key]) => key.startsWith(prefix)).map(([, object]) => object)
    },
    create(resource, object) {
      const table = tableOf(resource)
      if (table.get(keyOf(object)) !== undefined) throw alreadyExists(resource, object.metadata.name ?? '')
      return commit(table, { type: 'ADDED', object })
    },
    update(resource, object, previous) {
      const table = tableOf(resource)
      if (table.get(keyOf(object)) !== previous) throw conflict(resource, object.metadata.name ?? '')
      return commit(table, { type: 'MODIFIED', object, previous })
    },
    remove(resource, key) {
      const table = tableOf(resource)
      const previous = table.get(key)
      if (previous === undefined) throw notFound(resource, key.slice(key.indexOf('/') + 1))
      return commit(table, { type: 'DELETED', object: previous, previous })
    },
    changesSince: (resource, since) => tableOf(resource).changesSince(since),
    subscribe: (resource, listener) => tableOf(resource).subscribe(listener),
    compact() {
      for (const table of tables.values()) table.compact(revision)
    },
  }
}
