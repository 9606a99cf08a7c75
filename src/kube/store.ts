// The objects that reflectors have seen, reduced. Who reads and who writes hold different types.
import { isNewer } from '../types/object.ts'

/** What every stored object tells of itself. */
export interface Stored {
  /** `namespace` is empty for cluster-scoped kinds. */
  readonly ref: { readonly namespace: string; readonly name: string }
  readonly uid: string
  readonly resourceVersion: string
}

/** How a change came to be known. `sync`: by the first list of its namespace, which says nothing of when it came about. */
export type ChangeSource = 'sync' | 'list' | 'watch' | 'poll' | 'patch'

/** One difference. An object that was deleted and created again is `modified` if nobody saw it gone; its uid tells. */
export type Change<T> =
  | { readonly type: 'added'; readonly new: T; readonly from: ChangeSource }
  | { readonly type: 'modified'; readonly old: T; readonly new: T; readonly from: ChangeSource }
  | (Gone & { readonly type: 'deleted'; readonly old: T })

/** The read handle. Objects in it are never changed in place. */
export interface Store<T extends Stored> {
  readonly size: number
  get(namespace: string, name: string): T | undefined
  list(): IterableIterator<T>
  byNamespace(namespace: string): IterableIterator<T>
  /** True once a complete list that covers `namespace` was taken in; with '' once one covered the whole cluster. */
  isSynced(namespace: string): boolean
  /** Calls `listener` after each change, when the store already shows it. Returns what ends it. */
  onChange(listener: (change: Change<T>) => void): () => void
}

/** A list on its way in: nothing of it shows before `commit`, which swaps the content at once and then tells the differences. */
export interface Replacement<T extends Stored> {
  set(object: T): void
  /** Takes out what the list had shown before. */
  delete(ref: Stored['ref']): void
  /** Its changes are told as `from`, or as `sync` where no list had covered the namespace before. */
  commit(from: ChangeSource): void
}

/** How an object went. */
export interface Gone {
  readonly from: ChangeSource
  /** That of the deletion, where a watch showed it. */
  readonly resourceVersion?: string
}

/** The write handle, for reflectors and for the answers of our own writes. */
export interface StoreWriter<T extends Stored> {
  readonly store: Store<T>
  /** Puts an object in, whatever was there. */
  set(object: T, from: ChangeSource): void
  /** Takes an object out; nothing happens if it is not there. */
  delete(ref: Stored['ref'], gone: Gone): void
  /**
   * The answer of our own write: taken only if the object is there with the same uid and an older resourceVersion. A list
   * that was begun before it does not undo it.
   */
  update(object: T): void
  /** Begins to replace the content of one namespace, or with '' all of it. Dropping it without `commit` changes nothing. */
  startReplace(namespace: string): Replacement<T>
}

/** Objects by namespace, then by name: no key strings, and a namespace at hand. */
type Contents<T> = Map<string, Map<string, T>>

function put<T extends Stored>(contents: Contents<T>, object: T): void {
  const { namespace, name } = object.ref
  const names = contents.get(namespace)
  if (names === undefined) contents.set(namespace, new Map([[name, object]]))
  else names.set(name, object)
}

function take<T>(contents: Contents<T>, { namespace, name }: Stored['ref']): void {
  const names = contents.get(namespace)
  if (names?.delete(name) && names.size === 0) contents.delete(namespace)
}

function* objectsOf<T>(contents: Contents<T>): Generator<T, undefined> {
  for (const names of contents.values()) yield* names.values()
}

/** The part of `contents` that `namespace` names, as a view; '' is all of it. */
function scopeOf<T>(contents: Contents<T>, namespace: string): Contents<T> {
  if (namespace === '') return contents
  const names = contents.get(namespace)
  return new Map(names === undefined ? [] : [[namespace, names]])
}

function isSameVersion(a: Stored, b: Stored): boolean {
  return a.uid === b.uid && a.resourceVersion === b.resourceVersion
}

/** Tells the changes that lead from one content to another. */
function* differences<T extends Stored>(
  old: Contents<T>,
  now: Contents<T>,
  from: ChangeSource,
): Generator<Change<T>> {
  for (const object of objectsOf(old)) {
    const { namespace, name } = object.ref
    if (!now.get(namespace)?.has(name)) yield { type: 'deleted', old: object, from }
  }
  for (const object of objectsOf(now)) {
    const before = old.get(object.ref.namespace)?.get(object.ref.name)
    if (before === undefined) yield { type: 'added', new: object, from }
    else if (!isSameVersion(before, object)) yield { type: 'modified', old: before, new: object, from }
  }
}

/** The content and everything that tells of it. Only the writer below changes it. Listeners must not throw. */
class Shelf<T extends Stored> implements Store<T> {
  #contents: Contents<T> = new Map()
  readonly #listeners = new Set<(change: Change<T>) => void>()
  readonly #syncedScopes = new Set<string>()

  get size(): number {
    let size = 0
    for (const names of this.#contents.values()) size += names.size
    return size
  }

  get(namespace: string, name: string): T | undefined {
    return this.#contents.get(namespace)?.get(name)
  }

  list(): IterableIterator<T> {
    return objectsOf(this.#contents)
  }

  byNamespace(namespace: string): IterableIterator<T> {
    return objectsOf(scopeOf(this.#contents, namespace))
  }

  isSynced(namespace: string): boolean {
    return this.#syncedScopes.has('') || this.#syncedScopes.has(namespace)
  }

  onChange(listener: (change: Change<T>) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  set(object: T, from: ChangeSource): void {
    const old = this.get(object.ref.namespace, object.ref.name)
    put(this.#contents, object)
    this.#tell(
      old === undefined ? { type: 'added', new: object, from } : { type: 'modified', old, new: object, from },
    )
  }

  delete(ref: Stored['ref'], gone: Gone): void {
    const old = this.get(ref.namespace, ref.name)
    if (old === undefined) return
    take(this.#contents, ref)
    this.#tell({ type: 'deleted', old, ...gone })
  }

  replace(namespace: string, next: Contents<T>, from: ChangeSource): void {
    const old = scopeOf(this.#contents, namespace)
    if (namespace === '') this.#contents = next
    else {
      this.#contents.delete(namespace)
      for (const [key, names] of next) this.#contents.set(key, names)
    }
    for (const change of differences(old, next, from)) this.#tell(change)
  }

  markSynced(namespace: string): void {
    this.#syncedScopes.add(namespace)
  }

  #tell(change: Change<T>): void {
    for (const listener of this.#listeners) listener(change)
  }
}

/** Which objects our own writes brought, so that a list begun earlier does not undo them. */
class OwnWrites<T extends Stored> {
  readonly #numbers = new WeakMap<T, number>()
  #count = 0

  get count(): number {
    return this.#count
  }

  add(object: T): void {
    this.#count += 1
    this.#numbers.set(object, this.#count)
  }

  /** What to keep of an object when a list that began after the first `since` writes shows it as `listed`. */
  newest({ held, listed, since }: { held: T | undefined; listed: T; since: number }): T {
    if (held?.uid !== listed.uid) return listed
    if (held.resourceVersion === listed.resourceVersion) return held
    const writtenMeanwhile = (this.#numbers.get(held) ?? 0) > since
    return writtenMeanwhile && isNewer(held.resourceVersion, listed.resourceVersion) ? held : listed
  }
}

function startReplacement<T extends Stored>(
  shelf: Shelf<T>,
  writes: OwnWrites<T>,
  namespace: string,
): Replacement<T> {
  const since = writes.count
  const next: Contents<T> = new Map()
  return {
    set: (object) => put(next, object),
    delete: (ref) => take(next, ref),
    commit(from) {
      for (const [key, names] of next) {
        for (const [name, listed] of names) {
          names.set(name, writes.newest({ held: shelf.get(key, name), listed, since }))
        }
      }
      const source = shelf.isSynced(namespace) ? from : 'sync'
      shelf.markSynced(namespace)
      shelf.replace(namespace, next, source)
    },
  }
}

/** A store, empty and synced with nothing yet, behind the handle that writes to it. */
export function createStore<T extends Stored>(): StoreWriter<T> {
  const shelf = new Shelf<T>()
  const writes = new OwnWrites<T>()
  return {
    store: shelf,
    set: (object, from) => shelf.set(object, from),
    delete: (ref, gone) => shelf.delete(ref, gone),
    update(object) {
      const held = shelf.get(object.ref.namespace, object.ref.name)
      if (held?.uid !== object.uid || !isNewer(object.resourceVersion, held.resourceVersion)) return
      writes.add(object)
      shelf.set(object, 'patch')
    },
    startReplace: (namespace) => startReplacement(shelf, writes, namespace),
  }
}
