// From objects off the wire to a store: reduced, and only if they tell something newer than what the store holds.
import { isNewer } from '../types/object.ts'
import type { WatchEvent } from './client.ts'
import type { RawObject } from './raw-object.ts'
import type { Replacement, Stored, StoreWriter } from './store.ts'

/** What `reduce` is told besides the object. */
export interface ReduceContext<T> {
  readonly source: 'list' | 'watch' | 'poll'
  /** What the store holds under that name now; its uid may differ. */
  readonly previous: T | undefined
  /** `poll` only: the resourceVersion of the last list that covered the object. */
  readonly previousListResourceVersion?: string
}

/** What is kept of an object; `undefined`: nothing. Synchronous. */
export type Reduce<T> = (object: RawObject, context: ReduceContext<T>) => T | undefined

/** An object that `reduce` threw at. It is left out, and the others go on. */
export interface BadObject {
  readonly namespace: string
  readonly name: string
  readonly error: unknown
}

/** What an intake is made of. */
export interface IntakeOptions<T extends Stored> {
  readonly reduce: Reduce<T>
  readonly writer: StoreWriter<T>
  readonly onBadObject?: ((bad: BadObject) => void) | undefined
}

type ObjectEvent = Exclude<WatchEvent, { type: 'BOOKMARK' }>

/** How many deletions are remembered, so that a late event does not bring an object back. */
const MAX_TOMBSTONES = 1_000

/**
 * Guarantees: of one object (one uid) the store never goes back to an older version by an event, and an object that was seen
 * deleted does not come back by an older event. A list is the truth, whatever its versions.
 */
export class ObjectIntake<T extends Stored> {
  readonly #options: IntakeOptions<T>
  /** uid → the resourceVersion at which the object went. */
  readonly #tombstones = new Map<string, string>()

  constructor(options: IntakeOptions<T>) {
    this.#options = options
  }

  /** What is kept of an object that a list shows: what is held already, if that is the same version. */
  listed(object: RawObject, context: Omit<ReduceContext<T>, 'previous'>): T | undefined {
    const { uid, resourceVersion, namespace = '', name } = object.metadata
    const held = this.#options.writer.store.get(namespace, name)
    if (held?.uid === uid && held.resourceVersion === resourceVersion) return held
    return this.#reduce(object, { ...context, previous: held })
  }

  /** Takes an event of a list that comes as a stream into `replacement`. */
  streamed(event: ObjectEvent, replacement: Replacement<T>): void {
    const kept = event.type === 'DELETED' ? undefined : this.listed(event.object, { source: 'list' })
    if (kept === undefined) replacement.delete(refOf(event.object))
    else replacement.set(kept)
  }

  /** Takes an event of a running watch into the store, unless the store knows better. */
  watched({ type, object }: ObjectEvent): void {
    const ref = refOf(object)
    const { store } = this.#options.writer
    const previous = store.get(ref.namespace, ref.name)
    if (!this.#isNews({ type, object }, previous)) return
    const kept = type === 'DELETED' ? undefined : this.#reduce(object, { source: 'watch', previous })
    if (kept !== undefined) {
      this.#options.writer.set(kept, 'watch')
      return
    }
    this.#bury(object)
    this.#options.writer.delete(ref, { from: 'watch', resourceVersion: object.metadata.resourceVersion })
  }

  /** A complete list was taken in: events from before it do not come any more. */
  forgetDeleted(): void {
    this.#tombstones.clear()
  }

  #isNews({ type, object }: ObjectEvent, held: T | undefined): boolean {
    const { uid, resourceVersion } = object.metadata
    const goneAt = this.#tombstones.get(uid)
    if (goneAt !== undefined && !isNewer(resourceVersion, goneAt)) return false
    if (held === undefined) return true
    // The deletion of an object may bear the version that it had last.
    if (held.uid === uid && type === 'DELETED') return !isNewer(held.resourceVersion, resourceVersion)
    return isNewer(resourceVersion, held.resourceVersion)
  }

  #bury({ metadata: { uid, resourceVersion } }: RawObject): void {
    if (this.#tombstones.size >= MAX_TOMBSTONES) {
      const [oldest] = this.#tombstones.keys()
      if (oldest !== undefined) this.#tombstones.delete(oldest)
    }
    this.#tombstones.set(uid, resourceVersion)
  }

  #reduce(object: RawObject, context: ReduceContext<T>): T | undefined {
    try {
      return this.#options.reduce(object, context)
    } catch (error) {
      this.#options.onBadObject?.({ ...refOf(object), error })
      return undefined
    }
  }
}

function refOf({ metadata: { namespace = '', name } }: RawObject): Stored['ref'] {
  return { namespace, name }
}
