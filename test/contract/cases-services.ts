// Services: nothing acts on them in the embedded server, but manifests have them.
import { type ContractCase, get, patch, post } from './contract-case.ts'
import type { Json } from './exchange.ts'

const SERVICES = '/api/v1/namespaces/{ns}/services'

function service(name: string, spec: { readonly [key: string]: Json }): Json {
  return { kind: 'Service', apiVersion: 'v1', metadata: { name }, spec }
}

/** Addresses and node ports are given out at random. */
const ignored = { keys: ['clusterIP', 'clusterIPs', 'nodePort', 'description', 'f:targetPort'] }

export const SERVICE_CASES: readonly ContractCase[] = [
  {
    name: 'Services of every type',
    steps: [
      post(SERVICES, service('plain', { ports: [{ port: 80 }], selector: { app: 'a' } })),
      post(SERVICES, service('headless', { clusterIP: 'None', selector: { app: 'a' } })),
      post(SERVICES, service('outside', { type: 'ExternalName', externalName: 'example.com' })),
      post(SERVICES, service('node', { type: 'NodePort', ports: [{ port: 80, targetPort: 'http' }] })),
      post(SERVICES, service('balanced', { type: 'LoadBalancer', ports: [{ port: 80, name: 'a' }] })),
      post(SERVICES, service('bad', {})),
      post(SERVICES, service('bad', { ports: [{ port: 70_000 }] })),
      post(SERVICES, service('bad', { type: 'World', ports: [{ port: 80 }] })),
      post(SERVICES, service('bad', { ports: [{ port: 80 }, { port: 81 }] })),
      patch('strategic', `${SERVICES}/plain`, {
        spec: {
          ports: [
            { port: 80, name: 'http' },
            { port: 81, name: 'b' },
          ],
        },
      }),
      patch('merge', `${SERVICES}/plain`, { metadata: { labels: { a: 'b' } } }),
      get(`${SERVICES}/headless`),
    ],
    ignored,
  },
]
