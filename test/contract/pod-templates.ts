// Workloads of the contract, whole or with one pod.
import { deployment } from './contract-case.ts'
import type { Json } from './exchange.ts'

/** A workload of a kind that needs no more than a selector and a template. */
export function workload(kind: string, spec: { readonly [key: string]: Json } = {}): Json {
  const labels = { app: 'app' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'nginx' }] } }
  return {
    kind,
    apiVersion: 'apps/v1',
    metadata: { name: 'app' },
    spec: { selector: { matchLabels: labels }, template, ...spec },
  }
}

/** A Deployment with this pod. */
export function podOf(spec: { readonly [key: string]: Json }): Json {
  return deployment('app', { spec: { template: { metadata: { labels: { app: 'app' } }, spec } } })
}

export const CONTAINER = { name: 'app', image: 'nginx' }
