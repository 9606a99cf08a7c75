// Kubeconfigs that lead through a proxy.
import { KubeConfig } from '@kubernetes/client-node'

/** The same credentials for another address. */
export function kubeconfigThrough(file: string, server: string): string {
  const config = new KubeConfig()
  config.loadFromFile(file)
  const token = config.getCurrentUser()?.token
  const entry = { apiVersion: 'v1', kind: 'Config', 'current-context': 'test' }
  return JSON.stringify({
    ...entry,
    clusters: [{ name: 'test', cluster: { server } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  })
}
