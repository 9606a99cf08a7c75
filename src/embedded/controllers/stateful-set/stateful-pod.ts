// One pod of a StatefulSet: its name, its ordinal, its revision, and what state it is in.
import type { ApiObject } from '../../object/api-object.ts'
import { type JsonObject, listAt, numberAt, objectAt, textAt } from '../../object/json.ts'
import { availableInMs, isReady, podOf } from '../pods/pod.ts'

/** The label with the name of the revision that a pod runs. */
export const REVISION_LABEL = 'controller-revision-hash'

/** The number behind the last dash of a pod's name; -1 where it is not one of the set's. */
export function ordinalOf(set: ApiObject, pod: ApiObject): number {
  const prefix = `${set.metadata.name}-`
  const { name = '' } = pod.metadata
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : ''
  return /^\d+$/.test(rest) ? Number(rest) : -1
}

/** The name of the revision that a pod runs. */
export function revisionNameOf({ metadata }: ApiObject): string {
  return metadata.labels?.[REVISION_LABEL] ?? ''
}

export function isTerminating({ metadata }: ApiObject): boolean {
  return metadata.deletionTimestamp !== undefined
}

/** Running and ready, and not going away. */
export function isHealthy(pod: ApiObject): boolean {
  return isRunningAndReady(pod) && !isTerminating(pod)
}

export function isRunningAndReady(pod: ApiObject): boolean {
  return textAt(pod, 'status', 'phase') === 'Running' && isReady(pod)
}

/** How long until a pod of the set counts as available; undefined for one that is not ready. */
export function availableIn(set: ApiObject, pod: ApiObject, now: Date): number | undefined {
  if (!isRunningAndReady(pod)) return undefined
  return availableInMs(pod, numberAt(set, 'spec', 'minReadySeconds') ?? 0, now)
}

export interface Revision {
  readonly name: string
  readonly template: JsonObject
}

/** The pod of an ordinal. */
export function statefulPod(
  set: ApiObject,
  ordinal: number,
  { name: revision, template }: Revision,
): JsonObject {
  const name = `${set.metadata.name}-${ordinal}`
  const labels = {
    'apps.kubernetes.io/pod-index': String(ordinal),
    [REVISION_LABEL]: revision,
    'statefulset.kubernetes.io/pod-name': name,
  }
  const subdomain = textAt(set, 'spec', 'serviceName')
  const volumes = [...claims(set, name), ...listAt(template, 'spec', 'volumes')]
  const spec = {
    hostname: name,
    ...(subdomain === '' ? {} : { subdomain }),
    ...(volumes.length === 0 ? {} : { volumes }),
  }
  return podOf(set, template, { name, generateName: `${set.metadata.name}-`, labels, spec })
}

function claims(set: ApiObject, pod: string): readonly JsonObject[] {
  return listAt(set, 'spec', 'volumeClaimTemplates').map((claim) => {
    const name = textAt(objectAt(claim), 'metadata', 'name')
    return { name, persistentVolumeClaim: { claimName: `${name}-${pod}` } }
  })
}
