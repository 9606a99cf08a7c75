import { writeFile } from 'node:fs/promises'
import type { ApiAccess } from './api.ts'

/**
 * Writes a kubeconfig file of one context. JSON is YAML, so every client reads it.
 * Only the owner may read the file, because kubectl and helm warn otherwise.
 */
export async function writeKubeconfig(file: string, access: ApiAccess): Promise<string> {
  const named = { name: 'reloader' }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        ...named,
        cluster: {
          server: access.server,
          'certificate-authority-data': Buffer.from(access.ca).toString('base64'),
        },
      },
    ],
    users: [{ ...named, user: { token: access.token } }],
    contexts: [{ ...named, context: { cluster: 'reloader', user: 'reloader', namespace: 'default' } }],
    'current-context': 'reloader',
  }
  await writeFile(file, JSON.stringify(config, undefined, 2), { mode: 0o600 })
  return file
}
