// What every namespace of a real cluster has: a ServiceAccount `default` and the cluster's CA in a ConfigMap.
import { type Controller, placeOf } from './control-loop.ts'
import type { LocalClient } from './local-client.ts'

/** Makes them in every namespace that is not going away. */
export function createNamespaceController(client: LocalClient): Controller {
  return {
    kinds: ['Namespace'],
    placeOf,
    sync({ name: namespace }) {
      const found = client.get({ kind: 'Namespace', name: namespace })
      if (found === undefined || found.metadata.deletionTimestamp !== undefined) return
      for (const object of contentOf(namespace)) {
        if (client.get(placeOf(object)) === undefined) client.create(object)
      }
    },
  }
}

function contentOf(namespace: string) {
  return [
    { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name: 'default', namespace } },
    {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: {
        name: 'kube-root-ca.crt',
        namespace,
        annotations: {
          'kubernetes.io/description': 'Contains a CA bundle that can be used to verify the kube-apiserver.',
        },
      },
      data: { 'ca.crt': '' },
    },
  ]
}
