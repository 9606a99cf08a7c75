// The etcd of the embedded server: every object under one resourceVersion counter, with the recent changes of each
// resource kept so that a watch can resume and a list can be continued as of an earlier version.
//
// Guarantees: every write gets a version of its own, higher than all before; listeners hear the writes of a resource in
// order, synchronously, after they took effect. Objects are never changed in place.
import { type ApiObject, keyOf, withMetadata } from './api-object.ts'
import type { Resource } from './resources.ts'
import { alreadyExists, conflict, expired, notFound } from './status.ts'

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly revision: number
  readonly key: string
  /** The object after the change; of a deletion, its last state under the version of the deletion. */
  readonly object: ApiObject
  readonly previous?: ApiObject
}

export interface ListRange {
  /** Only keys of this namespace. */
  readonly namespace?: string
  /** The state as of this version instead of now. */
  readonly revision?: number
}

export interface ObjectStore {
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
  /** How many changes of each resource are kept. */
  readonly historyLimit?: number
}

interface Table {
  readonly objects: Map<string, ApiObject>
  /** Keys in byte order, or undefined since a key came or went. */
  sorted: readonly string[] | undefined
  history: Change[]
  /** The highest version whose change is no longer in `history`. */
  compacted: number
  readonly listeners: Set<(change: Change) => void>
}

export function createObjectStore({ historyLimit = 10_000 }: ObjectStoreOptions = {}): ObjectStore {
  const tables = new Map<Resource, Table>()
  let revision = 0

  function tableOf(resource: Resource): Table {
    const known = tables.get(resource)
    if (known !== undefined) return known
    const table: Table = { objects: new Map(), sorted: [], history: [], compacted: 0, listeners: new Set() }
    tables.set(resource, table)
    return table
  }

  function commit(table: Table, change: Omit<Change, 'revision' | 'key'>): ApiObject {
    revision += 1
    const object = withMetadata(change.object, { resourceVersion: String(revision) })
    const done: Change = { ...change, object, revision, key: keyOf(object) }
    apply(table, done)
    remember(table, done, historyLimit)
    for (const listener of [...table.listeners]) listener(done)
    return object
  }

  return {
    revision: () => revision,
    get: (resource, key) => tableOf(resource).objects.get(key),
    list(resource, range = {}) {
      const table = tableOf(resource)
      const { namespace, revision: at = revision } = range
      if (at < table.compacted) throw expired(TOO_OLD_LIST)
      const inRange = namespace === undefined ? () => true : (key: string) => key.startsWith(`${namespace}/`)
      const { keys, objects } = at < revision ? snapshot(table, at) : present(table)
      return keys.filter(inRange).flatMap((key) => objects.get(key) ?? [])
    },
    create(resource, object) {
      const table = tableOf(resource)
      if (table.objects.has(keyOf(object))) throw alreadyExists(resource, object.metadata.name ?? '')
      return commit(table, { type: 'ADDED', object })
    },
    update(resource, object, previous) {
      const table = tableOf(resource)
      if (table.objects.get(keyOf(object)) !== previous) throw conflict(resource, object.metadata.name ?? '')
      return commit(table, { type: 'MODIFIED', object, previous })
    },
    remove(resource, key) {
      const table = tableOf(resource)
      const previous = table.objects.get(key)
      if (previous === undefined) throw notFound(resource, key.slice(key.indexOf('/') + 1))
      return commit(table, { type: 'DELETED', object: previous, previous })
    },
    changesSince(resource, since) {
      const { compacted, history } = tableOf(resource)
      return since < compacted ? undefined : history.slice(firstAfter(history, since))
    },
    subscribe(resource, listener) {
      const { listeners } = tableOf(resource)
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    compact() {
      for (const table of tables.values()) {
        table.history = []
        table.compacted = revision
      }
    },
  }
}

const TOO_OLD_LIST = 'The provided resource version is too old: it was compacted'

function apply(table: Table, { type, key, object }: Change): void {
  if (type === 'DELETED') table.objects.delete(key)
  else table.objects.set(key, object)
  if (type !== 'MODIFIED') table.sorted = undefined
}

function remember(table: Table, change: Change, limit: number): void {
  table.history.push(change)
  // Thrown away by the half, so that the array is not shifted at every write.
  if (table.history.length < 2 * limit) return
  const dropped = table.history.length - limit
  table.compacted = table.history[dropped - 1]?.revision ?? 0
  table.history = table.history.slice(dropped)
}

interface TableView {
  readonly keys: readonly string[]
  readonly objects: ReadonlyMap<string, ApiObject>
}

function present(table: Table): TableView {
  table.sorted ??= sortedKeys(table.objects)
  return { keys: table.sorted, objects: table.objects }
}

/** The table as it was at a version: the present one with the later changes undone, last first. */
function snapshot(table: Table, revision: number): TableView {
  const objects = new Map(table.objects)
  for (const { key, previous } of table.history.slice(firstAfter(table.history, revision)).reverse()) {
    if (previous === undefined) objects.delete(key)
    else objects.set(key, previous)
  }
  return { keys: sortedKeys(objects), objects }
}

/** Keys are ASCII, so code units are bytes. */
function sortedKeys(objects: ReadonlyMap<string, ApiObject>): readonly string[] {
  return [...objects.keys()].sort((a, b) => (a < b ? -1 : 1))
}

/** The place of the first change after a version, by halving. */
function firstAfter(history: readonly Change[], revision: number): number {
  let low = 0
  let high = history.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((history[middle]?.revision ?? 0) > revision) high = middle
    else low = middle + 1
  }
  return low
}
