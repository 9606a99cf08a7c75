// What every controller of pods needs: its parts, and creating and deleting a pod with the Event about it.
import type { ApiObject } from '../../object/api-object.ts'
import type { JsonObject } from '../../object/json.ts'
import { placeOf } from '../control-loop.ts'
import type { RecordEvent } from '../event-recorder.ts'
import type { LocalClient } from '../local-client.ts'

export interface PodControllerOptions {
  readonly client: LocalClient
  readonly now: () => Date
  readonly record: RecordEvent
  /** For the names of pods, as Math.random. */
  readonly random: () => number
}

type Parts = Pick<PodControllerOptions, 'client' | 'record'>

/** Creates a pod of `owner`, which says so. */
export function createPod({ client, record }: Parts, owner: ApiObject, pod: JsonObject): ApiObject {
  const created = client.create(pod)
  record(owner, { reason: 'SuccessfulCreate', message: `Created pod: ${created.metadata.name}` })
  return created
}

/** Deletes a pod of `owner`, which says so. */
export function deletePod({ client, record }: Parts, owner: ApiObject, pod: ApiObject): void {
  client.remove(placeOf(pod))
  record(owner, { reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` })
}
