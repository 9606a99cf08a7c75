// What the process was asked to do. `parseOptions` is the only reader of argv and of the environment.

import type { ListenAddress } from '../telemetry/http-server.ts'
import type { LogFormat, LogLevel } from '../telemetry/log.ts'
import type { ConfigType } from '../types/config.ts'
import type { Policy } from '../types/plan.ts'

/** The annotation keys that flags may rename; all others are fixed (docs/annotations.md). */
export interface AnnotationKeys {
  readonly auto: string
  readonly configMapAuto: string
  readonly secretAuto: string
  readonly configMapReload: string
  readonly secretReload: string
  readonly search: string
  /** On configs for `search`, and on workloads for our own second meaning. */
  readonly match: string
  /** On configs. */
  readonly ignore: string
  readonly pausePeriod: string
  readonly pausedAt: string
}

/** Which objects are looked at. */
export interface Scope {
  /** Exactly these namespaces, sorted, without duplicates; undefined = the whole cluster. */
  readonly namespaces?: readonly string[]
  /** Namespaces whose objects are not looked at, sorted. Already taken out of `namespaces`. */
  readonly ignoredNamespaces: readonly string[]
  /** A Kubernetes label selector for namespaces; never together with `namespaces`. */
  readonly namespaceSelector?: string
  /** A Kubernetes label selector for ConfigMaps and Secrets. */
  readonly configSelector?: string
  /** The types that are looked at: without those of --resources-to-ignore. Never empty. */
  readonly configTypes: readonly ConfigType[]
}

/** When a change is carried out, in milliseconds. */
export interface SettleOptions {
  readonly settleMs: number
  readonly settleMaxMs: number
  readonly releaseMs: number
  readonly releaseMaxMs: number
}

/** How to find the API server. */
export interface ClusterOptions {
  /** `--kubeconfig`, else `KUBECONFIG`; undefined: `<home>/.kube/config` if it exists, else the service account of the pod. */
  readonly kubeconfig?: string
  /** A context of the kubeconfig file; undefined = its current one. */
  readonly context?: string
  readonly home?: string
  /** `KUBERNETES_SERVICE_HOST` and `_PORT`, which the kubelet sets in every pod. */
  readonly serviceHost?: string
  readonly servicePort?: string
  readonly httpsProxy?: string
  readonly noProxy?: string
}

/** Where the records live. */
export interface RecordOptions {
  /** The ConfigMaps are called `<name>-records-<n>`, the key Secret `<name>-digest-key`. */
  readonly name: string
  /** Undefined: the namespace of the service account, else of the kubeconfig's context. */
  readonly namespace?: string
}

/** Everything that flags and environment say; deeply frozen. */
export interface Options {
  readonly annotationKeys: AnnotationKeys
  readonly policy: Policy
  readonly autoReloadAll: boolean
  /** Only the keys that a workload uses count. */
  readonly keyLevel: boolean
  /** imagePullSecrets are references. */
  readonly imagePullSecrets: boolean
  readonly scope: Scope
  readonly settle: SettleOptions
  readonly cluster: ClusterOptions
  readonly records: RecordOptions
  readonly listenAddress: ListenAddress
  readonly log: { readonly level: LogLevel; readonly format: LogFormat }
  readonly metricsByNamespace: boolean
  readonly dryRun: boolean
  /** Workloads looked at at once. */
  readonly workers: number
  /** One line for each thing that was asked for and that this build does not do yet. */
  readonly notYet: readonly string[]
  /** One line for each thing that was asked for and is done differently. */
  readonly warnings: readonly string[]
}
