// Where the API server is and who we are, as data.

/** What TLS needs to know, in PEM where it is text. */
export interface TlsMaterial {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** The name that the server's certificate must bear, where it is not the host of the URL. */
  readonly servername?: string
  readonly rejectUnauthorized?: boolean
}

/** Who we are, at this moment. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | string[]>>
  /** The same object as long as nothing in it changed, so that connections can be kept by it. */
  readonly tls: TlsMaterial
}

/** How to reach one API server. */
export interface Connection {
  /** `https://host:port`, perhaps with a path, without a slash at the end. */
  readonly server: string
  /** The namespace of the context or of the pod. */
  readonly namespace?: string
  /** Where all this comes from, for people: `context kind-dev of /home/me/.kube/config`. */
  readonly source: string
  /** `http://`, `https://` or `socks5://`. */
  readonly proxyUrl?: string
  /** Cheap: kept until they expire. Bounded in time. Throws `ConnectionProblem`. */
  credentials(): Promise<Credentials>
  /** The server did not accept these: the next `credentials` are new ones, if there is a way to get any. */
  renew(refused: Credentials): void
}

/** How to find the API server. */
export interface ConnectionOptions {
  /** HOME, KUBECONFIG, KUBERNETES_SERVICE_HOST and _PORT, HTTPS_PROXY, NO_PROXY; exec plugins get all of it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** One kubeconfig file, instead of what `env` says. */
  readonly kubeconfig?: string
  /** The context of the kubeconfig to use instead of its current one. */
  readonly context?: string
  /** Where the pod's token, CA and namespace are. */
  readonly serviceAccountDirectory?: string
}
