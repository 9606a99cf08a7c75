// What a scenario needs of a Kubernetes API server. Implemented twice: by the embedded server (`npm test`) and by a real
// control plane (`npm run test:cluster`). A scenario that passes on one and fails on the other shows a fault in the embedded one.

/** A rule of a Role or ClusterRole, as in rbac.authorization.k8s.io/v1. */
export interface PolicyRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

export interface Cluster {
  readonly kind: 'embedded' | 'control-plane'
  /** `http://127.0.0.1:PORT` or `https://127.0.0.1:PORT`. */
  readonly server: string
  /** A kubeconfig file for a user who may do everything. */
  readonly adminKubeconfig: string
  /** The bearer token and the CA (PEM) of that user, for tests that speak HTTP themselves; undefined where none is needed. */
  readonly adminToken?: string
  readonly ca?: string
  /** True where RBAC is enforced, workload controllers run and pods appear. */
  readonly real: boolean
  /**
   * Makes a ServiceAccount bound to `clusterRules` everywhere and to `namespaceRules` in its own namespace, and returns a
   * kubeconfig file that holds its token. The embedded server enforces the rules too.
   */
  controllerKubeconfig(options: {
    readonly namespace: string
    readonly name: string
    readonly clusterRules: readonly PolicyRule[]
    readonly namespaceRules: readonly PolicyRule[]
  }): Promise<string>
  /** Kills the API server and starts it again on the same port with the same content; resolves when it is ready. */
  restartApiServer(): Promise<void>
  /** Throws the watch history away (etcd compaction), so that every watch from an earlier version is answered 410. */
  compact(): Promise<void>
  /** Stops everything that was started and removes every file that was made. */
  stop(): Promise<void>
}
