// Objects as a real server writes them in protobuf, read by the embedded one: the same objects as in JSON. Run by
// `npm run test:cluster`.
import https from 'node:https'
import { expect, test } from 'vitest'
import { decodeObject, PROTOBUF } from '../../src/embedded/protobuf/decode.ts'
import { readTyped } from '../../src/embedded/schema/typed-body.ts'
import { CLUSTER_FILE_VARIABLE, connectControlPlane } from '../controlplane/share.ts'
import { EVERYTHING } from './cases-workloads.ts'
import type { Json } from './exchange.ts'
import { CONTAINER, workload } from './pod-templates.ts'

const META = { name: 'protobuf', labels: { a: 'b' }, annotations: { c: 'd' }, finalizers: ['x/y'] }
const JOB = { template: { spec: { restartPolicy: 'Never', containers: [CONTAINER] } } }
const NAMED = { kind: 'ServiceAccount', name: 'sa', namespace: 'default' }
const RBAC = '/apis/rbac.authorization.k8s.io/v1'

/** Something of every kind that kubectl creates, and of what is hard in protobuf. */
const BODIES: readonly (readonly [string, string, Json])[] = [
  ['ConfigMap', '/api/v1/namespaces/default/configmaps', { data: { a: '1' }, binaryData: { b: 'AP8=' } }],
  ['Secret', '/api/v1/namespaces/default/secrets', { stringData: { a: '1' }, immutable: true }],
  ['ServiceAccount', '/api/v1/namespaces/default/serviceaccounts', { imagePullSecrets: [{ name: 's' }] }],
  ['Namespace', '/api/v1/namespaces', {}],
  ['Deployment', '/apis/apps/v1/namespaces/default/deployments', EVERYTHING],
  ['StatefulSet', '/apis/apps/v1/namespaces/default/statefulsets', workload('StatefulSet')],
  ['DaemonSet', '/apis/apps/v1/namespaces/default/daemonsets', workload('DaemonSet')],
  ['ReplicaSet', '/apis/apps/v1/namespaces/default/replicasets', workload('ReplicaSet')],
  ['Job', '/apis/batch/v1/namespaces/default/jobs', { spec: { ...JOB, backoffLimit: 3 } }],
  [
    'CronJob',
    '/apis/batch/v1/namespaces/default/cronjobs',
    { spec: { schedule: '0 0 1 1 *', timeZone: 'Etc/UTC', jobTemplate: { spec: JOB } } },
  ],
  [
    'Lease',
    '/apis/coordination.k8s.io/v1/namespaces/default/leases',
    { spec: { holderIdentity: 'h', renewTime: '2026-01-01T00:00:00.000123Z' } },
  ],
  [
    'Role',
    `${RBAC}/namespaces/default/roles`,
    { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  ],
  [
    'RoleBinding',
    `${RBAC}/namespaces/default/rolebindings`,
    { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' }, subjects: [NAMED] },
  ],
]

/** What a dry run of the creation answers. */
function created(path: string, body: Json, accept: string): Promise<Buffer> {
  const { server, ca, adminToken } = connectControlPlane(process.env[CLUSTER_FILE_VARIABLE] ?? '')
  const headers = { accept, authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const request = https.request(new URL(`${path}?dryRun=All`, server), {
      method: 'POST',
      headers,
      ca,
      agent: false,
    })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks)))
    })
    request.end(JSON.stringify(body))
  })
}

/** Each dry run makes another uid, at another time. */
function comparable(value: object): unknown {
  const text = JSON.stringify(value).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'uid')
  return JSON.parse(text.replace(/"(time|creationTimestamp)":"[^"]*"/g, '"$1":"time"'))
}

test.each(BODIES)('a %s is the same in protobuf as in JSON', async (kind, path, body) => {
  const object = { ...(body as object), metadata: META } as Json
  const [bytes, text] = await Promise.all(
    [PROTOBUF, 'application/json'].map((each) => created(path, object, each)),
  )
  const decoded = readTyped(decodeObject(bytes ?? Buffer.alloc(0)), kind)
  expect(comparable(decoded.object)).toEqual(comparable(JSON.parse(String(text))))
  expect(decoded.unknownFields).toEqual([])
})
