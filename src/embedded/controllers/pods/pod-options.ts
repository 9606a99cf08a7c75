// The knobs of the fake kubelet: how long the life of a pod takes, and which pods fare otherwise.
import type { ApiObject } from '../../object/api-object.ts'
import type { PodFacts } from './pod-facts.ts'

/** How one pod fares where it differs from the rest. */
export interface PodFate {
  /** From the start of its containers until it is ready, in milliseconds; Infinity: it never is. */
  readonly readyMs?: number
  /** When its containers end, and with which exit code; undefined: as the restart policy of the pod suggests. */
  readonly exit?: { readonly afterMs: number; readonly code: number }
}

export interface PodOptions {
  /** How many nodes there are; default 2. */
  readonly nodes?: number
  /** From the binding until the containers start, in milliseconds; default 300. */
  readonly startMs?: number
  /** From the start of the containers until the pod is ready, in milliseconds; default 700. */
  readonly readyMs?: number
  /** From the deletion until the pod is gone, in milliseconds, if its grace period is not shorter; default 500. */
  readonly stopMs?: number
  /** From the change of a ConfigMap or Secret until mounts show it, in milliseconds; default 1000. */
  readonly mountMs?: number
  /** How long a container works that is not to run always, in milliseconds; default 1500. */
  readonly workMs?: number
  /** From a failure until the container starts again, or a Job's next pod (doubling), in milliseconds; default 2000. */
  readonly retryMs?: number
  /** Pods that fare otherwise; undefined for one that does not. */
  readonly fateOf?: (pod: ApiObject) => PodFate | undefined
  /** For names and the like, as Math.random; a seeded one makes a run repeatable. */
  readonly random?: () => number
  /** Gets what can be asked of the pods, for instance `apiServer.servePods`. */
  readonly serve?: (facts: PodFacts) => void
}

/** The same with every default filled in. */
export type PodSettings = Required<Omit<PodOptions, 'serve'>>

/** Every delay zero: for tests. */
export const AT_ONCE = { startMs: 0, readyMs: 0, stopMs: 0, mountMs: 0, workMs: 0, retryMs: 0 } as const

/** Fills the defaults in. */
export function podSettings(options: PodOptions): PodSettings {
  return {
    nodes: 2,
    startMs: 300,
    readyMs: 700,
    stopMs: 500,
    mountMs: 1000,
    workMs: 1500,
    retryMs: 2000,
    fateOf: () => undefined,
    random: Math.random,
    ...options,
  }
}
