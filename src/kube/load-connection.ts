// Finds out where the API server is and who we are: a kubeconfig file if there is one, else the pod's service account.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ConnectionProblem } from './api-error.ts'
import type { Connection, ConnectionOptions } from './connection.ts'
import { inClusterConnection, SERVICE_ACCOUNT_DIRECTORY } from './in-cluster.ts'

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
