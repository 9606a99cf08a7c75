// CustomResourceDefinitions and the resources that they make.
import { type Condition, type ContractCase, from, get, patch, post, put, remove } from './contract-case.ts'
import type { Json } from './exchange.ts'

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const DEFINITION = `${DEFINITIONS}/widgets.{ns}.example`
const GROUP = '/apis/{ns}.example'
const WIDGETS = `${GROUP}/v1/namespaces/{ns}/widgets`

const SPEC = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', minimum: 1, maximum: 10 },
    color: { type: 'string', default: 'red', enum: ['red', 'blue'] },
    name: { type: 'string', minLength: 2, maxLength: 4, pattern: '^[a-z]*$' },
    replicas: { type: 'integer' },
    port: { 'x-kubernetes-int-or-string': true },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    maybe: { type: 'string', nullable: true },
    nested: { type: 'object', properties: { on: { type: 'boolean', default: true } } },
    items: {
      type: 'array',
      maxItems: 2,
      items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
    },
    keyed: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, value: { type: 'string' } },
      },
    },
  },
}

const SCHEMA = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: SPEC,
    status: {
      type: 'object',
      properties: { replicas: { type: 'integer' }, selector: { type: 'string' }, phase: { type: 'string' } },
    },
  },
}

const SCALE = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.status.selector',
}

function version(name: string, members: { readonly [key: string]: Json } = {}): Json {
  return { name, served: true, storage: true, schema: { openAPIV3Schema: SCHEMA }, ...members }
}

const V1 = version('v1', { subresources: { status: {}, scale: SCALE } })

function definition(members: { readonly [key: string]: Json } = {}): Json {
  return {
    kind: 'CustomResourceDefinition',
    apiVersion: 'apiextensions.k8s.io/v1',
    metadata: { name: 'widgets.{ns}.example' },
    spec: {
      group: '{ns}.example',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'], categories: ['all'] },
      versions: [V1],
      ...members,
    },
  }
}

function widget(name: string, members: { readonly [key: string]: Json } = {}): Json {
  return { kind: 'Widget', apiVersion: '{ns}.example/v1', metadata: { name }, spec: { size: 3 }, ...members }
}

/** The real server needs a moment to serve what a definition says. */
function served(path: string): Condition {
  return { until: get(path), holds: ({ status }) => status === 200 }
}

function gone(path: string): Condition {
  return { until: get(path), holds: ({ status }) => status === 404 }
}

const CREATE = [post(DEFINITIONS, definition()), served(WIDGETS), served(`${GROUP}/v1`)]
const DELETE = [remove(DEFINITION), gone(DEFINITION), gone(WIDGETS)]

/** The real server's own hash of where things are stored. */
const ignored = { keys: ['storageVersionHash'] }

export const CUSTOM_CASES: readonly ContractCase[] = [
  {
    name: 'a definition is established, changed and deleted',
    steps: [
      get(WIDGETS),
      get(GROUP),
      ...CREATE,
      get(DEFINITION),
      get(GROUP),
      get(`${GROUP}/v1`),
      get(`${GROUP}/v2`),
      get(WIDGETS),
      get(`${WIDGETS}/a`),
      post(DEFINITIONS, definition()),
      patch('merge', DEFINITION, { spec: { names: { shortNames: ['wd', 'wi'] } } }),
      { until: get(DEFINITION), holds: ({ body }) => JSON.stringify(body).split('"wi"').length === 3 },
      patch('merge', DEFINITION, { metadata: { labels: { a: 'b' } } }),
      patch('merge', DEFINITION, { spec: { scope: 'Cluster' } }),
      post(WIDGETS, widget('a')),
      ...DELETE,
      get(`${GROUP}/v1`),
    ],
    // Two managers that wrote in the same second stand in the order of their names.
    ignored: { keys: ['storageVersionHash', 'managedFields'] },
  },
  {
    name: 'definitions that are wrong',
    steps: [
      post(DEFINITIONS, definition({ group: 'plain' })),
      post(DEFINITIONS, definition({ scope: 'World' })),
      post(DEFINITIONS, definition({ versions: [] })),
      post(DEFINITIONS, definition({ versions: [version('v1', { schema: {} })] })),
      post(
        DEFINITIONS,
        definition({
          versions: [
            version('v1', {
              schema: {
                openAPIV3Schema: { type: 'object', properties: { a: {}, b: { type: 'array', items: {} } } },
              },
            }),
          ],
        }),
      ),
    ],
  },
  {
    name: 'a custom resource is pruned, defaulted and kept',
    steps: [
      ...CREATE,
      post(
        WIDGETS,
        widget('a', {
          spec: {
            size: 3,
            strange: 1,
            port: 'http',
            free: { a: { b: [1, { c: 1 }] } },
            labels: { x: 'y' },
            nested: {},
            items: [{ name: 'x', y: 1 }],
            keyed: [{ name: 'a', value: '1' }],
          },
          status: { phase: 'dropped' },
        }),
      ),
      {
        ...post(WIDGETS, widget('b', { spec: { size: 1, x: 1 }, y: 2 })),
        path: `${WIDGETS}?fieldValidation=Strict`,
      },
      post(WIDGETS, widget('b', { spec: { size: 3, maybe: null, color: null, name: null } })),
      get(`${WIDGETS}/a`),
      get(WIDGETS),
      get(`${GROUP}/v1/widgets`),
      get(`${WIDGETS}?labelSelector=x%3Dy`),
      get(`${WIDGETS}?limit=1`),
      get(`${WIDGETS}?fieldSelector=metadata.name%3Da`),
      get(`${WIDGETS}?fieldSelector=spec.size%3D3`),
      get(WIDGETS, { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' }),
      get(WIDGETS, { accept: 'text/html' }),
      remove(`${WIDGETS}/a`),
      remove(`${WIDGETS}/a`),
      remove(WIDGETS),
      ...DELETE,
    ],
  },
  {
    name: 'custom resources that break their schema',
    steps: [
      ...CREATE,
      post(WIDGETS, widget('b', { spec: { size: 1, color: 'green' } })),
      post(WIDGETS, { kind: 'Widget', apiVersion: '{ns}.example/v1', metadata: { name: 'b' } }),
      post(WIDGETS, widget('b', { spec: { size: 0 } })),
      post(WIDGETS, widget('b', { spec: { size: 11 } })),
      post(WIDGETS, widget('b', { spec: { size: 1, name: 'A' } })),
      post(WIDGETS, widget('b', { spec: { size: 1, name: 'abcde' } })),
      post(WIDGETS, widget('b', { spec: { size: 1, name: 'AB' } })),
      post(WIDGETS, widget('b', { spec: { size: 1, port: true } })),
      post(WIDGETS, widget('b', { spec: { size: 1, labels: { a: 1 } } })),
      post(WIDGETS, widget('b', { spec: { size: 1, items: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] } })),
      post(WIDGETS, widget('Bad_Name')),
      post(WIDGETS, widget('b', { metadata: { name: 'b', labels: { a: 1 } } })),
      post(WIDGETS, { metadata: { name: 'b' }, spec: { size: 1 } }),
      post(WIDGETS, widget('b', { kind: 'Other' })),
      post(WIDGETS, '{'),
      post(WIDGETS, widget('b', { spec: { size: 1, items: [{}] } })),
      ...DELETE,
    ],
  },
  {
    name: 'a custom resource is patched and replaced',
    steps: [
      ...CREATE,
      post(WIDGETS, widget('a', { spec: { size: 3, keyed: [{ name: 'a', value: '1' }] } })),
      patch('strategic', `${WIDGETS}/a`, { spec: { size: 4 } }),
      patch('merge', `${WIDGETS}/a`, { spec: { size: 4, keyed: [{ name: 'b' }] } }),
      patch('merge', `${WIDGETS}/a`, { spec: { size: 4 } }),
      patch('merge', `${WIDGETS}/a`, { metadata: { labels: { x: 'y' } } }),
      patch('merge', `${WIDGETS}/a`, { spec: { size: 'x' } }),
      patch('merge', `${WIDGETS}/a`, { spec: { strange: 'x' } }),
      patch('merge', `${WIDGETS}/a`, { status: { phase: 'x' } }),
      patch('json', `${WIDGETS}/a`, [
        { op: 'test', path: '/spec/size', value: 4 },
        { op: 'replace', path: '/spec/size', value: 5 },
      ]),
      patch('json', `${WIDGETS}/a`, [{ op: 'test', path: '/spec/size', value: 4 }]),
      (seen) =>
        patch('json', `${WIDGETS}/a`, [
          { op: 'test', path: '/metadata/uid', value: from(seen, 1, 'metadata', 'uid') },
          { op: 'replace', path: '/metadata/resourceVersion', value: '1' },
          { op: 'replace', path: '/spec/size', value: 6 },
        ]),
      put(`${WIDGETS}/a`, widget('a', { spec: { size: 7 } })),
      (seen) =>
        put(
          `${WIDGETS}/a`,
          widget('a', {
            metadata: { name: 'a', resourceVersion: from(seen, 9, 'metadata', 'resourceVersion') },
            spec: { size: 7 },
          }),
        ),
      put(`${WIDGETS}/none`, widget('none')),
      get(`${WIDGETS}/a`),
      ...DELETE,
    ],
  },
  {
    name: 'the status of a custom resource',
    steps: [
      ...CREATE,
      post(WIDGETS, widget('a')),
      patch('merge', `${WIDGETS}/a/status`, {
        metadata: { labels: { x: 'y' } },
        spec: { size: 9 },
        status: { phase: 'x', strange: 1 },
      }),
      patch('merge', `${WIDGETS}/a/status`, { status: { phase: 3 } }),
      patch('merge', `${WIDGETS}/a`, { spec: { size: 4 }, status: { phase: 'y' } }),
      get(`${WIDGETS}/a/status`),
      get(`${WIDGETS}/a`),
      ...DELETE,
    ],
  },
  {
    name: 'a definition of several versions',
    steps: [
      post(
        DEFINITIONS,
        definition({
          versions: [
            version('v1beta1', { storage: false, schema: { openAPIV3Schema: { ...SCHEMA, required: [] } } }),
            version('v1', {}),
            version('v1alpha1', { storage: false, served: false }),
          ],
        }),
      ),
      served(WIDGETS),
      served(`${GROUP}/v1beta1`),
      served(`${GROUP}/v1beta1/namespaces/{ns}/widgets`),
      { until: get(GROUP), holds: ({ body }) => JSON.stringify(body).includes('v1beta1') },
      get(GROUP),
      get(`${GROUP}/v1beta1`),
      post(`${GROUP}/v1beta1/namespaces/{ns}/widgets`, {
        kind: 'Widget',
        apiVersion: '{ns}.example/v1beta1',
        metadata: { name: 'a' },
        spec: { size: 3 },
        status: { phase: 'kept' },
      }),
      get(`${WIDGETS}/a`),
      patch('merge', `${WIDGETS}/a`, { spec: { size: 4 } }),
      get(`${GROUP}/v1beta1/namespaces/{ns}/widgets`),
      patch('merge', `${WIDGETS}/a`, { status: { phase: 'new' } }),
      get(`${GROUP}/v1alpha1/namespaces/{ns}/widgets`),
      ...DELETE,
    ],
    ignored,
  },
  {
    name: 'a cluster-scoped definition that keeps everything',
    steps: [
      post(
        DEFINITIONS,
        definition({
          scope: 'Cluster',
          versions: [
            version('v1', {
              schema: {
                openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              },
            }),
          ],
        }),
      ),
      served(`${GROUP}/v1/widgets`),
      post(`${GROUP}/v1/widgets`, widget('a', { spec: { any: [{ thing: 1 }] }, more: { x: 1 } })),
      get(`${GROUP}/v1/widgets/a`),
      get(WIDGETS),
      get(`${GROUP}/v1/widgets/a/status`),
      patch('merge', `${GROUP}/v1/widgets/a`, { spec: { any: [{ thing: 2 }] } }),
      patch('merge', `${GROUP}/v1/widgets/a`, { more: { y: 2 } }),
      ...DELETE,
    ],
  },
  {
    name: 'a watch of custom resources',
    steps: [
      ...CREATE,
      post(WIDGETS, widget('a')),
      patch('merge', `${WIDGETS}/a`, { spec: { size: 4 } }),
      remove(`${WIDGETS}/a`),
      (seen) =>
        get(
          `${WIDGETS}?watch=1&timeoutSeconds=1&resourceVersion=${from(seen, 1, 'metadata', 'resourceVersion')}`,
        ),
      get(
        `${WIDGETS}?watch=1&timeoutSeconds=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`,
      ),
      ...DELETE,
    ],
  },
  {
    name: 'names that another definition has',
    steps: [
      ...CREATE,
      post(DEFINITIONS, {
        ...(definition({ names: { plural: 'others', kind: 'Widget' } }) as object),
        metadata: { name: 'others.{ns}.example' },
      }),
      {
        until: get(`${DEFINITIONS}/others.{ns}.example`),
        holds: ({ body }) => JSON.stringify(body).includes('NamesAccepted'),
      },
      get(`${DEFINITIONS}/others.{ns}.example`),
      get(`${GROUP}/v1/namespaces/{ns}/others`),
      ...DELETE,
      {
        until: get(`${DEFINITIONS}/others.{ns}.example`),
        holds: ({ body }) => JSON.stringify(body).includes('InitialNamesAccepted'),
      },
      get(`${DEFINITIONS}/others.{ns}.example`),
      remove(`${DEFINITIONS}/others.{ns}.example`),
      gone(`${DEFINITIONS}/others.{ns}.example`),
    ],
  },
]
