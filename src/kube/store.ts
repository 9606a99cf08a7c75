// The objects that reflectors have seen, reduced. Who reads and who writes hold different types.
import { isNewer } from '../types/object.ts'

/** What every stored object tells of itself. */
export interface Stored {
  /** `namespace` is empty for cluster-scoped kinds. */
  readonly ref: { readonly namespace: string; readonly name: string }
  readonly uid: string
  readonly resourceVersion: string
}

/** How a change came to be known. `scope`: the namespace is no longer ours to watch. */
export type ChangeSource = 'list' | 'watch' | 'poll' | 'patch' | 'scope'

/** One difference. An object that was deleted and created again is `modified` if nobody saw it gone; its uid tells. */
export type Change<T> =
  | { readonly type: 'added'; readonly new: T; readonly from: ChangeSource }
  | { readonly type: 'modified'; readonly old: T; readonly new: T; readonly from: ChangeSource }
  | { readonly type: 'deleted'; readonly old: T; readonly from: ChangeSource }

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
  commit(from: ChangeSource): void
}

/** The write handle, for reflectors and for the answers of our own writes. */
export interface StoreWriter<T extends Stored> {
  readonly store: Store<T>
  /** Puts an object in, whatever was there. */
  set(object: T, from: ChangeSource): void
  /** Takes an object out; nothing happens if it is not there. */
  delete(ref: Stored['ref'], from: ChangeSource): void
  /**
   * The answer of our own write: taken only if the object is there with the same uid and an older resourceVersion. A list
   * that was begun before it does not undo it.
   */
  update(object: T): void
  /** Begins to replace the content of one namespace, or with '' all of it. Dropping it without `commit` changes nothing. */
  startReplace(namespace: string): Replacement<T>
  /** Forgets a namespace that is no longer ours to watch, and that it was synced. */
  dropNamespace(namespace: string): void
}
