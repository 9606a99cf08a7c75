// What Reloader leaves in a cluster, as data.
import type { KubeObject, ObjectRef } from '../../types/object.ts'
import type { TemplateStamps, WorkloadRef } from '../../types/workload.ts'

/** One installation: where its own objects are, and their common name. */
export interface Installation {
  readonly namespace: string
  /** RELOADER_DEPLOYMENT_NAME. */
  readonly name: string
  /** Where the Lease is. */
  readonly leaseNamespace: string
}

/** An object of the installation itself, in the version that was looked at. */
export interface OwnObject {
  readonly kind: 'ConfigMap' | 'Secret' | 'Lease'
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
  /** Why it has to stay; undefined: it can go. */
  readonly keep?: string
}

/** What a workload carries of Reloader, in the version that was looked at. */
export interface TouchedWorkload {
  readonly ref: WorkloadRef
  readonly uid: string
  readonly resourceVersion: string
  /** `on`: Reloader paused it. `over`: somebody else ended that, and its mark is left. Undefined for a user's own pause, too. */
  readonly pause: 'on' | 'over' | undefined
  /** The stamps to take out of its pod template; undefined: none. */
  readonly stamps: TemplateStamps | undefined
  /** A Rollout that carries the stamp of its last restart itself; that is taken off without another one. */
  readonly restarted: boolean
  /** All of a custom resource that carries any stamp: its patch names places in it. */
  readonly object?: KubeObject
}

/** Everything that was found. */
export interface Leftovers {
  readonly own: readonly OwnObject[]
  readonly workloads: readonly TouchedWorkload[]
  /** Deployments that run a Reloader, as `namespace/name`. */
  readonly running: readonly string[]
  /** What could not be looked at, one line each. */
  readonly problems: readonly string[]
}

/** `ConfigMap reloader/reloader-records-0`, `Deployment shop/web`. */
export function objectText({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace}/${name}`
}
