// Default values: what the server fills in where a body says nothing, so that a template and its hash do not depend on
// who wrote it (pkg/apis/*/v1/defaults.go and the conversions of 1.36).
import { type ApiObject, toApiObject } from '../object/api-object.ts'
import { isList, isObject, type Json, type JsonObject, objectAt, textAt } from '../object/json.ts'
import type { Resource } from '../object/resources.ts'
import { type Schema, type StructSchema, structOf } from './schema.ts'
import { servicePortDefaults, serviceSpecDefaults } from './service-rules.ts'

type Defaults = JsonObject | ((value: JsonObject) => JsonObject)

/** Defaults by type, wherever the type occurs. A field that is there keeps its value. */
const DEFAULTS: Readonly<Record<string, Defaults>> = {
  ConfigMapVolumeSource: { defaultMode: 420 },
  Container: (container) => ({ ...CONTAINER, imagePullPolicy: pullPolicyOf(textAt(container, 'image')) }),
  ContainerPort: { protocol: 'TCP' },
  CustomResourceDefinitionNames: definitionNameDefaults,
  CustomResourceDefinitionSpec: { conversion: { strategy: 'None' } },
  CronJobSpec: {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  },
  DaemonSet: daemonSetDefaults,
  DaemonSetSpec: { revisionHistoryLimit: 10 },
  DaemonSetUpdateStrategy: (strategy) => rolling(strategy, { maxUnavailable: 1, maxSurge: 0 }),
  DeploymentSpec: { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
  DeploymentStrategy: (strategy) => rolling(strategy, { maxUnavailable: '25%', maxSurge: '25%' }),
  DownwardAPIVolumeSource: { defaultMode: 420 },
  GRPCAction: { service: '' },
  HTTPGetAction: { path: '/', scheme: 'HTTP' },
  HostPathVolumeSource: { type: '' },
  Job: (job) => ({ spec: { ...jobSpecDefaults(objectAt(job, 'spec')), ...objectAt(job, 'spec') } }),
  Namespace: namespaceDefaults,
  NamespaceStatus: { phase: 'Active' },
  ObjectFieldSelector: { apiVersion: 'v1' },
  PersistentVolumeClaimSpec: { volumeMode: 'Filesystem' },
  PersistentVolumeClaimStatus: { phase: 'Pending' },
  PodSpec: podSpecDefaults,
  PodStatus: { phase: 'Pending' },
  Probe: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
  ProjectedVolumeSource: { defaultMode: 420 },
  ReplicaSetSpec: { replicas: 1 },
  RoleRef: { apiGroup: 'rbac.authorization.k8s.io' },
  Secret: secretDefaults,
  SecretVolumeSource: { defaultMode: 420 },
  ServicePort: servicePortDefaults,
  ServiceSpec: serviceSpecDefaults,
  ServiceAccountTokenProjection: { expirationSeconds: 3600 },
  StatefulSetPersistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  StatefulSetSpec: {
    replicas: 1,
    revisionHistoryLimit: 10,
    podManagementPolicy: 'OrderedReady',
    persistentVolumeClaimRetentionPolicy: {},
  },
  StatefulSetUpdateStrategy: (strategy) => rolling(strategy, { partition: 0 }),
  Subject: (subject) =>
    textAt(subject, 'kind') === 'ServiceAccount' ? {} : { apiGroup: 'rbac.authorization.k8s.io' },
  Volume: (volume) => (Object.keys(volume).length > 1 ? {} : { emptyDir: {} }),
}

/** The annotation that holds the generation of a DaemonSet's template. */
export const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

const CONTAINER = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' }

const POD_SPEC = {
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
  schedulerName: 'default-scheduler',
}

/** The old name of the service account stays in step with the new one. */
function podSpecDefaults(spec: JsonObject): JsonObject {
  const account = textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount')
  return account === '' ? POD_SPEC : { ...POD_SPEC, serviceAccountName: account, serviceAccount: account }
}

/** An image without a tag, or with the tag `latest`, may change under its name. */
function pullPolicyOf(image: string): string {
  const [, tag] = /:([^:/@]+)$/.exec(image.split('@')[0] ?? '') ?? []
  return tag === 'latest' || (tag === undefined && !image.includes('@')) ? 'Always' : 'IfNotPresent'
}

function rolling(strategy: JsonObject, limits: JsonObject): JsonObject {
  const type = textAt(strategy, 'type') || 'RollingUpdate'
  if (type !== 'RollingUpdate') return { type }
  return { type, rollingUpdate: { ...limits, ...objectAt(strategy, 'rollingUpdate') } }
}

/** A kind that was not accepted yet has no names. */
function definitionNameDefaults(names: JsonObject): JsonObject {
  const kind = textAt(names, 'kind')
  return kind === '' ? {} : { singular: kind.toLowerCase(), listKind: `${kind}List` }
}

/** The generation of the template, of which this is the only trace since apps/v1, is zero where a body leaves it out. */
function daemonSetDefaults(daemonSet: JsonObject): JsonObject {
  const metadata = objectAt(daemonSet, 'metadata')
  return {
    metadata: {
      ...metadata,
      annotations: { [TEMPLATE_GENERATION]: '0', ...objectAt(metadata, 'annotations') },
    },
  }
}

/** Selectors find a namespace by its name. */
function namespaceDefaults(namespace: JsonObject): JsonObject {
  const metadata = objectAt(namespace, 'metadata')
  const name = textAt(metadata, 'name')
  if (name === '') return {}
  return {
    metadata: {
      ...metadata,
      labels: { ...objectAt(metadata, 'labels'), 'kubernetes.io/metadata.name': name },
    },
  }
}

/** A Job's own; the template of a CronJob's stays as it is. */
function jobSpecDefaults(spec: JsonObject): JsonObject {
  const counts =
    spec.completions === undefined && spec.parallelism === undefined
      ? { completions: 1, parallelism: 1 }
      : { parallelism: 1 }
  const policy = spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'
  return {
    ...counts,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: policy,
  }
}

/** What a client gives as text is kept as bytes. */
function secretDefaults(secret: JsonObject): JsonObject {
  const text = Object.entries(objectAt(secret, 'stringData'))
  const bytes = text.map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')])
  const data = { ...objectAt(secret, 'data'), ...Object.fromEntries(bytes) }
  return { type: 'Opaque', ...(text.length === 0 ? {} : { data }) }
}

/** Fields whose default is made of what the body gives and therefore replaces it. */
const DERIVED: Readonly<Record<string, readonly string[]>> = {
  DaemonSet: ['metadata'],
  DaemonSetUpdateStrategy: ['rollingUpdate'],
  DeploymentStrategy: ['rollingUpdate'],
  Job: ['spec'],
  Namespace: ['metadata'],
  PodSpec: ['serviceAccountName', 'serviceAccount'],
  Secret: ['data'],
  ServicePort: ['targetPort'],
  StatefulSetUpdateStrategy: ['rollingUpdate'],
}

/** `withDefaults` for what a request brings: custom resources have theirs since they were read. */
export function defaulted(object: ApiObject, resource: Resource): ApiObject {
  return resource.custom === undefined ? withDefaults(object) : object
}

/** The object with every absent field that has a default filled in, and nothing that is only for writing. */
export function withDefaults(object: ApiObject): ApiObject {
  const { stringData: _, ...filled } = fillStruct(object, structOf(object.kind))
  return toApiObject(filled)
}

function fill(value: Json, schema: Schema): Json {
  switch (schema.kind) {
    case 'struct':
      return isObject(value) ? fillStruct(value, schema) : value
    case 'list':
      return isList(value) ? value.map((item) => fill(item, schema.items)) : value
    default:
      return value
  }
}

/** Fields stand in the order of the type, whoever gave them. */
function fillStruct(value: JsonObject, { name, fields }: StructSchema): JsonObject {
  const defaults = DEFAULTS[name] ?? {}
  const given = typeof defaults === 'function' ? defaults(value) : defaults
  const derived = DERIVED[name] ?? []
  const filled: Record<string, Json> = {}
  for (const [key, { schema, presence }] of fields) {
    const present = value[key]
    const absent = present === undefined || present === null || (presence === 'always' && present === '')
    const member = derived.includes(key) || absent ? (given[key] ?? present) : present
    if (member !== undefined) filled[key] = fill(member, schema)
  }
  return filled
}
