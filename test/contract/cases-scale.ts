// The scale subresource of workloads and of custom resources.
import {
  type ContractCase,
  DEPLOYMENTS,
  deployment,
  from,
  get,
  patch,
  post,
  put,
  remove,
} from './contract-case.ts'
import type { Json } from './exchange.ts'

const SCALE = `${DEPLOYMENTS}/a/scale`
const GROUP = '/apis/{ns}.example'
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const WIDGETS = `${GROUP}/v1/namespaces/{ns}/widgets`

/** A paused Deployment whose pods go nowhere. */
const SPEC = {
  template: {
    metadata: { labels: { app: 'a' } },
    spec: { nodeSelector: { nowhere: 'x' }, containers: [{ name: 'a', image: 'i' }] },
  },
}

function scale(spec: Json, metadata: { readonly [key: string]: Json } = {}): Json {
  return { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'a', ...metadata }, spec }
}

const WIDGET = {
  type: 'object',
  properties: {
    spec: { type: 'object', properties: { size: { type: 'integer' } } },
    status: { type: 'object', properties: { size: { type: 'integer' }, selector: { type: 'string' } } },
  },
}

export const SCALE_CASES: readonly ContractCase[] = [
  {
    name: 'a Deployment is scaled',
    steps: [
      post(DEPLOYMENTS, deployment('a', { spec: SPEC })),
      get(SCALE),
      put(SCALE, scale({ replicas: -1 })),
      put(SCALE, scale({ replicas: 1 }, { resourceVersion: '1' })),
      put(SCALE, scale({ replicas: 1 }, { uid: '00000000-0000-0000-0000-000000000000' })),
      put(SCALE, { ...(scale({}) as object), kind: 'Deployment' }),
      put(SCALE, scale({ replicas: 'x' })),
      patch('json', SCALE, [{ op: 'test', path: '/spec/replicas', value: 9 }]),
      patch('merge', SCALE, { spec: { replicas: -2 } }),
      put(`${DEPLOYMENTS}/none/scale`, scale({})),
      get(`${DEPLOYMENTS}/none/scale`),
      remove(SCALE),
      post(SCALE, scale({})),
    ],
    ignored: { keys: ['annotations', 'managedFields', 'resourceVersion', 'status'] },
  },
  {
    name: 'a Scale that is put or patched is answered as it became',
    steps: [
      post(DEPLOYMENTS, deployment('a', { spec: SPEC })),
      put(SCALE, scale({ replicas: 1 })),
      patch('merge', SCALE, { spec: { replicas: 2 } }),
      patch('strategic', SCALE, { spec: { replicas: 1 } }),
      patch('json', SCALE, [{ op: 'replace', path: '/spec/replicas', value: 0 }]),
      get(`${DEPLOYMENTS}/a`),
    ],
    ignored: { keys: ['annotations', 'managedFields', 'resourceVersion', 'status'] },
  },
  {
    name: 'a custom resource is scaled where it says so',
    steps: [
      post(DEFINITIONS, {
        metadata: { name: 'widgets.{ns}.example' },
        spec: {
          group: '{ns}.example',
          scope: 'Namespaced',
          names: { plural: 'widgets', kind: 'Widget' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: { openAPIV3Schema: WIDGET },
              subresources: {
                status: {},
                scale: {
                  specReplicasPath: '.spec.size',
                  statusReplicasPath: '.status.size',
                  labelSelectorPath: '.status.selector',
                },
              },
            },
          ],
        },
      }),
      { until: get(WIDGETS), holds: ({ status }) => status === 200 },
      post(WIDGETS, {
        kind: 'Widget',
        apiVersion: '{ns}.example/v1',
        metadata: { name: 'a' },
        spec: { size: 2 },
      }),
      get(`${WIDGETS}/a/scale`),
      patch('merge', `${WIDGETS}/a/status`, { status: { size: 1, selector: 'a=b' } }),
      patch('merge', `${WIDGETS}/a/scale`, { spec: { replicas: 3 } }),
      (seen) =>
        put(
          `${WIDGETS}/a/scale`,
          scale({ replicas: 4 }, { resourceVersion: from(seen, -1, 'metadata', 'resourceVersion') }),
        ),
      get(`${WIDGETS}/a`),
      remove(`${DEFINITIONS}/widgets.{ns}.example`),
    ],
    ignored: { keys: ['managedFields', 'resourceVersion', 'conditions', 'storedVersions'] },
  },
]
