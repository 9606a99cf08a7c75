// The API server as seen from a pod: host and port from the environment, identity from the mounted service account.
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { problemText } from '../types/problem-text.ts'
import { ConnectionProblem } from './api-error.ts'
import type { Connection, TlsMaterial } from './connection.ts'
import { createFileText, type FileText } from './file-text.ts'
import { proxyFor } from './proxy-rules.ts'

/** Where the kubelet mounts the service account. */
export const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount'

/** What a pod knows of its API server. */
export interface InClusterOptions {
  readonly host: string
  readonly port: string
  /** Holds `token`, `ca.crt` and `namespace`. */
  readonly directory: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The connection of a pod. Token and CA are read again once a minute. Throws `ConnectionProblem` when there are none. */
export function inClusterConnection({ host, port, directory, env }: InClusterOptions): Connection {
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`
  const token = createFileText(join(directory, 'token'))
  const ca = createFileText(join(directory, 'ca.crt'))
  let tls: TlsMaterial = { ca: readServiceAccount(ca) }
  readServiceAccount(token)
  const namespace = readIfThere(createFileText(join(directory, 'namespace')))
  const proxyUrl = proxyFor(server, env)
  return {
    server,
    source: `the service account in ${directory}`,
    ...(namespace !== undefined && { namespace }),
    ...(proxyUrl !== undefined && { proxyUrl }),
    async credentials() {
      const pem = readServiceAccount(ca)
      if (pem !== tls.ca) tls = { ca: pem }
      return { headers: { authorization: `Bearer ${readServiceAccount(token)}` }, tls }
    },
    renew: () => token.forget(),
  }
}

function readServiceAccount(file: FileText): string {
  try {
    return file.read().trim()
  } catch (error) {
    throw new ConnectionProblem(`Cannot read the service account of this pod: ${problemText(error)}`, {
      cause: error,
    })
  }
}

function readIfThere(file: FileText): string | undefined {
  try {
    return file.read().trim() || undefined
  } catch {
    return undefined
  }
}
