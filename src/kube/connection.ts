// Where the API server is and who we are: a kubeconfig file if there is one, else the pod's service account.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ConnectionProblem } from './api-error.ts'
import { inClusterConnection, SERVICE_ACCOUNT_DIRECTORY } from './in-cluster.ts'

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

/**
 * Finds the API server: the file given, else the files of $KUBECONFIG, else ~/.kube/config if it exists, else the cluster
 * that this pod runs in. Contacts nobody. Throws `ConnectionProblem`.
 */
export async function loadConnection(options: ConnectionOptions): Promise<Connection> {
  const files = kubeconfigFiles(options)
  if (files.length > 0) {
    const { kubeconfigConnection } = await import('./kubeconfig-connection.ts')
    return kubeconfigConnection(files, options)
  }
  if (options.context !== undefined) {
    throw new ConnectionProblem(`Cannot use the context ${options.context}: there is no kubeconfig file`)
  }
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = options.env
  if (!host || !port)
    throw new ConnectionProblem(`Cannot find a Kubernetes cluster: ${whereWeLooked(options)}`)
  const directory = options.serviceAccountDirectory ?? SERVICE_ACCOUNT_DIRECTORY
  return inClusterConnection({ host, port, directory, env: options.env })
}

function homeKubeconfig(env: ConnectionOptions['env']): string | undefined {
  const home = env.HOME || env.USERPROFILE
  return home ? join(home, '.kube', 'config') : undefined
}

function kubeconfigFiles({ env, kubeconfig }: ConnectionOptions): readonly string[] {
  if (kubeconfig) return [kubeconfig]
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '')
  if (listed.length > 0) return listed
  const home = homeKubeconfig(env)
  return home !== undefined && existsSync(home) ? [home] : []
}

function whereWeLooked({ env }: ConnectionOptions): string {
  const home = homeKubeconfig(env)
  const noFile = home === undefined ? 'there is no home directory' : `${home} does not exist`
  return `KUBECONFIG is not set, ${noFile}, and this process does not run in a pod`
}
