// The Events of the controllers, as `kubectl describe` shows them: a repeated one is counted, not written again, and too
// many similar ones become one.
import type { ApiObject } from '../object/api-object.ts'
import type { JsonObject } from '../object/json.ts'
import { toTime } from '../schema/scalar.ts'
import type { LocalClient, ObjectPlace } from './local-client.ts'

export interface NewEvent {
  readonly type?: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  /** The part that it is about, for instance `spec.containers{app}`. */
  readonly fieldPath?: string
}

/** Writes an Event about an object. */
export type RecordEvent = (about: ApiObject, event: NewEvent) => void

export interface EventRecorderOptions {
  readonly client: LocalClient
  readonly now: () => Date
  /** Who says it, for instance `deployment-controller`. */
  readonly component: string
  /** The node that it is said on. */
  readonly host?: string
}

/** Writes nothing, for a cluster whose workloads are there at once. */
export const recordNothing: RecordEvent = () => undefined

/** A recorder of one component. */
export function createEventRecorder({ client, now, component, host }: EventRecorderOptions): RecordEvent {
  const written = new Map<string, ObjectPlace>()
  const combine = createCombiner(now)
  const source = { component, ...(host === undefined ? {} : { host }) }

  return (about, event) => {
    const { type = 'Normal', reason, fieldPath } = event
    const time = toTime(now())
    const { key, message } = combine(about, event)
    const known = written.get(key)
    const before = known === undefined ? undefined : client.get(known)
    if (known !== undefined && before !== undefined) {
      client.patch(known, { count: Number(before.count ?? 1) + 1, lastTimestamp: time, message })
      return
    }
    const place = freePlace(client, about, now().getTime())
    client.create({
      kind: place.kind,
      apiVersion: 'v1',
      metadata: { name: place.name, namespace: place.namespace },
      involvedObject: { ...referenceTo(about), ...(fieldPath === undefined ? {} : { fieldPath }) },
      type,
      reason,
      message,
      source,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      reportingComponent: component,
      reportingInstance: host ?? '',
    })
    written.set(key, place)
  }
}

interface Similar {
  readonly messages: Set<string>
  lastMs: number
}

/** So many different messages for one reason, and from then on they are combined. */
const MANY_SIMILAR = 10
/** Unless nothing was said for so long. */
const FORGET_MS = 600_000

/** Gives events the message and the key under which they are counted, as the correlator of client-go does. */
function createCombiner(now: () => Date) {
  const known = new Map<string, Similar>()
  return ({ metadata }: ApiObject, { type, reason, message, fieldPath }: NewEvent) => {
    const about = [metadata.uid, type, reason].join('\n')
    const nowMs = now().getTime()
    const before = known.get(about)
    const forgotten = before === undefined || nowMs - before.lastMs > FORGET_MS
    const similar = forgotten ? { messages: new Set<string>(), lastMs: nowMs } : before
    similar.messages.add(message)
    similar.lastMs = nowMs
    known.set(about, similar)
    return similar.messages.size < MANY_SIMILAR
      ? { key: [about, message, fieldPath].join('\n'), message }
      : { key: about, message: `(combined from similar events): ${message}` }
  }
}

/** Named after the object and the moment, as client-go does; several recorders may speak in the same one. */
function freePlace(client: LocalClient, { metadata }: ApiObject, nowMs: number): ObjectPlace {
  const { name = '', namespace = 'default' } = metadata
  for (let moment = nowMs * 1000; ; moment += 1) {
    const place = { kind: 'Event', namespace, name: `${name}.${moment.toString(16)}` }
    if (client.get(place) === undefined) return place
  }
}

function referenceTo({ kind, apiVersion, metadata }: ApiObject): JsonObject {
  const { name, namespace, uid, resourceVersion } = metadata
  return { kind, apiVersion, name, namespace, uid, resourceVersion }
}
