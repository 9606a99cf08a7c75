// Kubeconfigs that lead through a proxy.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** The credentials of the kubeconfig file (a bearer token) for another address. */
export function kubeconfigThrough(file: string, server: string): string {
  const { users } = parse(readFileSync(file, 'utf8')) as { users?: { user?: { token?: string } }[] }
  const token = users?.[0]?.user?.token
  if (token === undefined) throw new Error(`Cannot lead ${file} through a proxy: it holds no token`)
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  })
}
