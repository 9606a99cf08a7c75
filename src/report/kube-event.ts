// A Kubernetes Event (core/v1) as it is sent.
import { randomBytes } from 'node:crypto'
import { WORKLOAD_RESOURCES } from '../types/workload.ts'
import type { WorkloadEvent } from './event-message.ts'

/** The fields of core/v1 Event that we write. */
export interface KubeEvent {
  readonly apiVersion: 'v1'
  readonly kind: 'Event'
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly involvedObject: {
    readonly apiVersion: string
    readonly kind: string
    readonly namespace: string
    readonly name: string
    readonly uid: string
    readonly resourceVersion?: string
  }
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly source: { readonly component: string }
  readonly reportingComponent: string
  readonly reportingInstance: string
  readonly firstTimestamp: string
  readonly lastTimestamp: string
  readonly count: number
}

/** The longest name that the API server takes for an Event: a DNS subdomain. */
const MAX_NAME_LENGTH = 253
const SUFFIX_BYTES = 8

/** The Event that tells of `event` for the first time, under a name that no other has. */
export function toKubeEvent(event: WorkloadEvent, time: string): KubeEvent {
  const { kind, namespace, name, uid, resourceVersion } = event.workload
  const { group, version } = WORKLOAD_RESOURCES[kind]
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: eventName(name), namespace },
    involvedObject: {
      apiVersion: group === '' ? version : `${group}/${version}`,
      kind,
      namespace,
      name,
      uid,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    type: event.type,
    reason: event.reason,
    message: event.message,
    source: { component: event.component },
    reportingComponent: event.component,
    reportingInstance: '',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  }
}

/**
 * `<workload>.<16 hexadecimal digits>`, as client-go names Events, within the limit of 253: a longer workload name is cut
 * where a DNS subdomain may end.
 */
export function eventName(workloadName: string): string {
  const suffix = randomBytes(SUFFIX_BYTES).toString('hex')
  const room = MAX_NAME_LENGTH - suffix.length - 1
  return `${workloadName.slice(0, room).replace(/[-.]+$/, '')}.${suffix}`
}
