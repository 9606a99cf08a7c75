// What a workload owns: found by uid, made with an owner reference, named after a hash of its template.
import { createHash } from 'node:crypto'
import type { ApiObject } from '../object/api-object.ts'
import { canonicalJson, type Json, type JsonObject, numberAt } from '../object/json.ts'
import type { LocalClient } from './local-client.ts'

/** The objects of a kind that `owner` controls. */
export function ownedBy(client: LocalClient, owner: ApiObject, kind: string): readonly ApiObject[] {
  const { namespace, uid } = owner.metadata
  return client
    .list(kind, namespace)
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some((each) => each.controller === true && each.uid === uid),
    )
}

/** The reference that makes an object one of `owner`'s. */
export function ownerReference({ kind, apiVersion, metadata }: ApiObject): JsonObject {
  const { name, uid } = metadata
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }
}

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** Ten characters that stand for a pod template, in the alphabet of real template hashes but not of their value. */
export function templateHash(template: Json | undefined): string {
  const digest = createHash('sha256').update(canonicalJson(template)).digest()
  return [...digest.subarray(0, 10)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('')
}

const OWN_ANNOTATIONS = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]

/** The annotations of a Deployment that its ReplicaSets get too. */
export function copiedAnnotations({ metadata }: ApiObject): JsonObject {
  const entries = Object.entries(metadata.annotations ?? {})
  return Object.fromEntries(entries.filter(([key]) => !OWN_ANNOTATIONS.includes(key)))
}

/** How many replicas a workload asks for. */
export function replicasOf(workload: ApiObject): number {
  return numberAt(workload, 'spec', 'replicas') ?? 1
}

/** Counts as they are stored, so that an unchanged status is seen to be unchanged. */
export function withoutZeros(counts: Readonly<Record<string, number>>): JsonObject {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))
}
