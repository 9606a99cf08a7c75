// The connection that a kubeconfig context describes: server, TLS, and every way for a user to show who they are.
import { ConnectionProblem } from './api-error.ts'
import { authenticatorOf, type Login } from './authenticator.ts'
import type { Connection, ConnectionOptions, Credentials, TlsMaterial } from './connection.ts'
import { type Fields, fieldsOf, type KubeconfigContext, readKubeconfig, textOf } from './kubeconfig.ts'
import { pemReader } from './pem-reader.ts'
import { proxyFor } from './proxy-rules.ts'

/** Reads the files and prepares the login; contacts nobody. Throws `ConnectionProblem`. */
export function kubeconfigConnection(files: readonly string[], options: ConnectionOptions): Connection {
  const context = readKubeconfig(files, options.context)
  const server = serverOf(context)
  const readTls = tlsReader(context)
  const authenticator = authenticatorOf(context, options.env)
  const impersonation = impersonationHeaders(context.user)
  const proxyUrl = textOf(context.cluster, 'proxy-url') ?? proxyFor(server, options.env)
  return {
    server,
    source: `context ${context.name} of ${context.file}`,
    ...(context.namespace !== undefined && { namespace: context.namespace }),
    ...(proxyUrl !== undefined && { proxyUrl }),
    async credentials(): Promise<Credentials> {
      const { authorization, ...certificate } = await authenticator.login()
      const headers = authorization === undefined ? impersonation : { ...impersonation, authorization }
      return { headers, tls: readTls(certificate) }
    },
    renew: ({ headers }) => authenticator.renew(headers.authorization),
  }
}

function serverOf({ cluster, name, file }: KubeconfigContext): string {
  const server = textOf(cluster, 'server')
  if (server === undefined)
    throw new ConnectionProblem(`Cannot use the context ${name} of ${file}: its cluster has no server`)
  const url = URL.canParse(server) ? new URL(server) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new ConnectionProblem(
      `Cannot use the context ${name} of ${file}: the server ${server} is no http or https URL`,
    )
  }
  return server.replace(/\/+$/, '')
}

/** Puts the TLS material together; hands out the same object while nothing changes. */
function tlsReader({
  cluster,
  user,
}: KubeconfigContext): (certificate: Omit<Login, 'authorization'>) => TlsMaterial {
  const ca = pemReader(cluster, 'certificate-authority')
  const cert = pemReader(user, 'client-certificate')
  const key = pemReader(user, 'client-key')
  const servername = textOf(cluster, 'tls-server-name')
  const insecure = cluster['insecure-skip-tls-verify'] === true
  let kept: TlsMaterial | undefined
  return (certificate) => {
    const found = { ca: ca(), cert: certificate.cert ?? cert(), key: certificate.key ?? key() }
    if (kept !== undefined && kept.ca === found.ca && kept.cert === found.cert && kept.key === found.key)
      return kept
    kept = {
      ...(found.ca !== undefined && { ca: found.ca }),
      ...(found.cert !== undefined && { cert: found.cert }),
      ...(found.key !== undefined && { key: found.key }),
      ...(servername !== undefined && { servername }),
      ...(insecure && { rejectUnauthorized: false }),
    }
    return kept
  }
}

function impersonationHeaders(user: Fields): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  const as = textOf(user, 'as')
  if (as !== undefined) headers['impersonate-user'] = as
  const uid = textOf(user, 'as-uid')
  if (uid !== undefined) headers['impersonate-uid'] = uid
  if (Array.isArray(user['as-groups'])) headers['impersonate-group'] = user['as-groups'].map(String)
  for (const [key, values] of Object.entries(fieldsOf(user, 'as-user-extra'))) {
    if (Array.isArray(values)) headers[`impersonate-extra-${encodeURIComponent(key)}`] = values.map(String)
  }
  return headers
}
