// The loop that every controller of the embedded cluster runs: a change puts a key on a queue, and a turn of the event
// loop later the key is synced. Nothing is decided from the change itself.
import type { ApiObject } from '../object/api-object.ts'
import { resourceOf } from '../object/resources.ts'
import { StatusError } from '../object/status.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import type { ObjectPlace } from './local-client.ts'

export interface Controller {
  /** The kinds whose changes it hears. */
  readonly kinds: readonly string[]
  /** Which objects a changed one asks to be synced; undefined: none. */
  readonly placeOf: (changed: ApiObject) => ObjectPlace | readonly ObjectPlace[] | undefined
  /**
   * Makes one object right, and may ask to be called again after a while. Called again at once after a StatusError with
   * code 409; other refusals end in nothing.
   */
  readonly sync: (place: ObjectPlace, again: SyncAgain) => void
}

/** Asks for another sync of the same object in so many milliseconds; of several wishes the earliest counts. */
export type SyncAgain = (delayMs: number) => void

/** Runs a controller until the signal aborts; resolves when it has stopped. Begins with everything that exists. */
export async function runController(
  store: ObjectStore,
  controller: Controller,
  signal: AbortSignal,
): Promise<void> {
  const dirty = new Map<string, ObjectPlace>()
  const alarms = createAlarms(mark)
  let scheduled: NodeJS.Immediate | undefined

  function enqueue(changed: ApiObject): void {
    const places = controller.placeOf(changed)
    if (places === undefined) return
    for (const place of 'kind' in places ? [places] : places) mark(place)
  }

  function mark(place: ObjectPlace): void {
    dirty.set(placeKey(place), place)
    scheduled ??= setImmediate(work)
  }

  function work(): void {
    scheduled = undefined
    const places = [...dirty]
    dirty.clear()
    for (const [key, place] of places) {
      const synced = trySync(controller, place, (delayMs) => alarms.set(place, delayMs))
      if (!synced) dirty.set(key, place)
    }
    if (dirty.size > 0) scheduled ??= setImmediate(work)
  }

  const unsubscribe = controller.kinds.map((kind) =>
    store.subscribe(resourceOf(kind), ({ object }) => enqueue(object)),
  )
  for (const kind of controller.kinds) for (const object of store.list(resourceOf(kind))) enqueue(object)
  await aborted(signal)
  for (const stop of unsubscribe) stop()
  clearImmediate(scheduled)
  alarms.clear()
}

interface Alarms {
  readonly set: (place: ObjectPlace, delayMs: number) => void
  readonly clear: () => void
}

/** At most one timer for each key: the earliest that was asked for. */
function createAlarms(ring: (place: ObjectPlace) => void): Alarms {
  const pending = new Map<string, { readonly timer: NodeJS.Timeout; readonly dueMs: number }>()
  return {
    set(place, delayMs) {
      const key = placeKey(place)
      const dueMs = performance.now() + delayMs
      const known = pending.get(key)
      if (known !== undefined && known.dueMs <= dueMs) return
      clearTimeout(known?.timer)
      const timer = setTimeout(() => {
        pending.delete(key)
        ring(place)
      }, delayMs)
      pending.set(key, { timer, dueMs })
    },
    clear() {
      for (const { timer } of pending.values()) clearTimeout(timer)
      pending.clear()
    },
  }
}

/** False where somebody else was faster. */
function trySync({ sync }: Controller, place: ObjectPlace, again: SyncAgain): boolean {
  try {
    sync(place, again)
    return true
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    return error.code !== 409
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** The controller of an object, where it is of that kind. */
export function controllerOf({ metadata }: ApiObject, kind: string): ObjectPlace | undefined {
  const owner = metadata.ownerReferences?.find((each) => each.controller === true && each.kind === kind)
  if (owner === undefined || metadata.namespace === undefined) return undefined
  return { kind, namespace: metadata.namespace, name: owner.name }
}

function placeKey({ kind, namespace = '', name }: ObjectPlace): string {
  return `${kind}/${namespace}/${name}`
}

/** Where an object is. */
export function placeOf({ kind, metadata }: ApiObject): ObjectPlace {
  const { name = '', namespace } = metadata
  return namespace === undefined ? { kind, name } : { kind, namespace, name }
}
