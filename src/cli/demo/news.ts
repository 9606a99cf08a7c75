// What a watch event means to somebody who looks on: pure, from the object before and the object now.
import {
  type Json,
  type JsonObject,
  jsonEqual,
  listAt,
  numberAt,
  objectAt,
  textAt,
} from '../../embedded/object/json.ts'
import type { Place } from './cluster-client.ts'

/** Kinds whose pods are replaced when they roll. */
export const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const
/** Kinds whose content pods use. */
export const CONFIGS = ['ConfigMap', 'Secret'] as const

/** One field of a config that is not as it was; undefined: it was, or is, not there. */
export interface Change {
  /** `label team`, or the key of the data. */
  readonly name: string
  /** Content of a Secret is never in here. */
  readonly from: string | undefined
  readonly to: string | undefined
  readonly secret: boolean
}

/** Something that happened. */
export type News =
  | { readonly about: 'config'; readonly place: Place; readonly changes: readonly Change[] }
  /** The annotations of a workload, which say what it follows. */
  | { readonly about: 'annotations'; readonly place: Place; readonly changes: readonly Change[] }
  /** The pod template of a workload is another one. */
  | { readonly about: 'template'; readonly place: Place }
  /** An Event of the controller. */
  | { readonly about: 'event'; readonly place: Place; readonly reason: string; readonly message: string }
  | { readonly about: 'ready' | 'gone'; readonly pod: JsonObject; readonly workload: Place }

/** What `now` says that `before` did not, if it is anything worth telling. */
export function newsOf(before: JsonObject | undefined, now: JsonObject | undefined): News | undefined {
  const object = now ?? before ?? {}
  const kind = textAt(object, 'kind')
  if (kind === 'Pod') return podNews(before, now)
  if (kind === 'Event') return now === undefined ? undefined : eventNews(now)
  if (before === undefined || now === undefined) return undefined
  if (CONFIGS.some((each) => each === kind)) return configNews(before, now)
  return workloadNews(before, now)
}

/** Where an object is. */
export function placeOf(object: JsonObject): Place {
  const namespace = textAt(object, 'metadata', 'namespace')
  const name = textAt(object, 'metadata', 'name')
  return { kind: textAt(object, 'kind'), name, ...(namespace === '' ? {} : { namespace }) }
}

/** `Deployment/default/web`, for maps. */
export function idOf({ kind, namespace = '', name }: Place): string {
  return `${kind}/${namespace}/${name}`
}

/** Whether a pod is ready. */
export function isReady(pod: JsonObject): boolean {
  return listAt(pod, 'status', 'conditions').some(
    (each) => textAt(each, 'type') === 'Ready' && textAt(each, 'status') === 'True',
  )
}

/** Whether a workload has every pod that it asks for, ready and of its present template. */
export function isComplete(workload: JsonObject): boolean {
  const status = (key: string) => numberAt(workload, 'status', key) ?? 0
  const wanted = numberAt(workload, 'spec', 'replicas') ?? status('desiredNumberScheduled')
  const updated = status('updatedReplicas') + status('updatedNumberScheduled')
  const ready = status('readyReplicas') + status('numberReady')
  return wanted > 0 && updated === wanted && ready === wanted
}

/** Whether an annotation of a workload asks for anything. */
export function asksForRolls(workload: JsonObject): boolean {
  return Object.entries(objectAt(workload, 'metadata', 'annotations')).some(
    ([key, value]) => key.includes('reloader.stakater.com/') && value !== 'false',
  )
}

/** The workload that a pod belongs to; a ReplicaSet is called as its Deployment, a dash and a hash. */
export function workloadOf(pod: JsonObject): Place | undefined {
  const [owner] = listAt(pod, 'metadata', 'ownerReferences')
  const [kind, name] = [textAt(owner, 'kind'), textAt(owner, 'name')]
  const namespace = textAt(pod, 'metadata', 'namespace')
  if (kind === 'ReplicaSet') return { kind: 'Deployment', namespace, name: name.replace(/-[^-]+$/, '') }
  return WORKLOADS.some((each) => each === kind) ? { kind, namespace, name } : undefined
}

function podNews(before: JsonObject | undefined, now: JsonObject | undefined): News | undefined {
  const pod = now ?? before ?? {}
  const workload = workloadOf(pod)
  if (workload === undefined) return undefined
  if (now === undefined) return { about: 'gone', pod, workload }
  const wasReady = before !== undefined && isReady(before)
  return !wasReady && isReady(now) ? { about: 'ready', pod, workload } : undefined
}

function eventNews(event: JsonObject): News | undefined {
  if (!textAt(event, 'source', 'component').startsWith('reloader')) return undefined
  const about = objectAt(event, 'involvedObject')
  const place = {
    kind: textAt(about, 'kind'),
    namespace: textAt(about, 'namespace'),
    name: textAt(about, 'name'),
  }
  return { about: 'event', place, reason: textAt(event, 'reason'), message: textAt(event, 'message') }
}

function configNews(before: JsonObject, now: JsonObject): News | undefined {
  const secret = textAt(now, 'kind') === 'Secret'
  const changes = [
    ...changesOf(before, now, { path: ['data'], secret }),
    ...changesOf(before, now, { path: ['metadata', 'labels'], prefix: 'label ' }),
    ...changesOf(before, now, { path: ['metadata', 'annotations'], prefix: 'annotation ' }),
  ]
  return changes.length === 0 ? undefined : { about: 'config', place: placeOf(now), changes }
}

function workloadNews(before: JsonObject, now: JsonObject): News | undefined {
  const place = placeOf(now)
  if (!jsonEqual(templateOf(before), templateOf(now))) return { about: 'template', place }
  const changes = changesOf(before, now, { path: ['metadata', 'annotations'] }).filter(({ name }) =>
    name.includes('reloader.stakater.com/'),
  )
  return changes.length === 0 ? undefined : { about: 'annotations', place, changes }
}

function templateOf(workload: JsonObject): Json {
  return objectAt(workload, 'spec', 'template')
}

interface ChangesOptions {
  readonly path: readonly string[]
  readonly prefix?: string
  readonly secret?: boolean
}

function changesOf(before: JsonObject, now: JsonObject, options: ChangesOptions): readonly Change[] {
  const { path, prefix = '', secret = false } = options
  const [old, present] = [objectAt(before, ...path), objectAt(now, ...path)]
  const keys = [...new Set([...Object.keys(old), ...Object.keys(present)])]
  return keys
    .filter((key) => !jsonEqual(old[key], present[key]))
    .map((key) => ({
      name: `${prefix}${key}`,
      from: shown(old[key], secret),
      to: shown(present[key], secret),
      secret,
    }))
}

function shown(value: Json | undefined, secret: boolean): string | undefined {
  if (typeof value !== 'string') return undefined
  return secret ? '' : value
}
