// Which Events were written since a moment: an act that is played again must not take those of last time for its own.
import { type JsonObject, textAt } from '../../embedded/object/json.ts'
import type { Witness } from './witness.ts'

/** An Event that is waited for: the reason, and the workload that it is about as `Kind/namespace/name`. */
export interface ExpectedEvent {
  readonly id: string
  readonly reason: string
}

/** Whether such an Event was written, or counted up, since the log was opened. */
export type EventLog = (expected: ExpectedEvent) => boolean

/** What was written before counts for nothing. */
export function openEventLog({ seen }: Pick<Witness, 'seen'>): EventLog {
  const old = new Set(seen('Event').map(versionOf))
  return (expected) => seen('Event').some((each) => !old.has(versionOf(each)) && isAbout(each, expected))
}

/** Counting an Event up changes its resourceVersion, and no two objects share one. */
function versionOf(event: JsonObject): string {
  return textAt(event, 'metadata', 'resourceVersion')
}

function isAbout(event: JsonObject, { id, reason }: ExpectedEvent): boolean {
  const at = (field: string) => textAt(event, 'involvedObject', field)
  return textAt(event, 'reason') === reason && id === `${at('kind')}/${at('namespace')}/${at('name')}`
}
