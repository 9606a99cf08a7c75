// What a controller asks of a pod, and how it makes one (pkg/controller/controller_utils.go of 1.36).
import type { ApiObject } from '../../object/api-object.ts'
import { type Json, type JsonObject, objectAt, textAt } from '../../object/json.ts'
import { conditionOf, conditionsOf } from '../deployment/deployment-conditions.ts'
import { ownerReference } from '../owned-objects.ts'

/** Every container has ended for good. */
export function isFinished(pod: ApiObject): boolean {
  const phase = textAt(pod, 'status', 'phase')
  return phase === 'Succeeded' || phase === 'Failed'
}

/** Neither finished nor going away. */
export function isActive(pod: ApiObject): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp === undefined
}

/** The condition Ready is true. */
export function isReady(pod: ApiObject): boolean {
  return conditionOf(conditionsOf(pod), 'Ready').status === 'True'
}

/** How long until a ready pod counts as available, in milliseconds; undefined for one that is not ready. */
export function availableInMs(pod: ApiObject, minReadySeconds: number, now: Date): number | undefined {
  if (!isReady(pod)) return undefined
  if (minReadySeconds === 0) return 0
  return Math.max(0, readySinceMs(pod) + minReadySeconds * 1000 - now.getTime())
}

/** When a pod became ready; 0 for one that is not. */
export function readySinceMs(pod: ApiObject): number {
  return isReady(pod) ? Date.parse(textAt(conditionOf(conditionsOf(pod), 'Ready'), 'lastTransitionTime')) : 0
}

/** The node that a pod was bound to; '' where it was not yet. */
export function nodeOf(pod: ApiObject): string {
  return textAt(pod, 'spec', 'nodeName')
}

const SUFFIX = 'bcdfghjklmnpqrstvwxz2456789'

/** Five characters of those that the server puts behind a generateName. `random` is as Math.random. */
export function nameSuffix(random: () => number): string {
  return Array.from({ length: 5 }, () => SUFFIX[Math.floor(random() * SUFFIX.length)]).join('')
}

export interface NewPod {
  readonly name: string
  readonly generateName?: string
  readonly labels?: JsonObject
  readonly annotations?: JsonObject
  readonly finalizers?: readonly string[]
  readonly spec?: JsonObject
}

/** A pod of a template, controlled by `owner`. */
export function podOf(owner: ApiObject, template: Json | undefined, pod: NewPod): JsonObject {
  const { name, generateName, labels = {}, annotations = {}, finalizers = [], spec = {} } = pod
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name,
      ...(generateName === undefined ? {} : { generateName }),
      namespace: owner.metadata.namespace,
      labels: { ...objectAt(template, 'metadata', 'labels'), ...labels },
      ...optional('annotations', { ...objectAt(template, 'metadata', 'annotations'), ...annotations }),
      ...(finalizers.length === 0 ? {} : { finalizers }),
      ownerReferences: [ownerReference(owner)],
    },
    spec: { ...objectAt(template, 'spec'), ...spec },
  }
}

function optional(key: string, members: JsonObject): JsonObject {
  return Object.keys(members).length === 0 ? {} : { [key]: members }
}
