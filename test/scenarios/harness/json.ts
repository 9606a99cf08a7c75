// Kubernetes objects as the tests handle them: loosely typed where a test never looks, exact where many do.

export interface ObjectMeta {
  name: string
  namespace?: string
  generateName?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: { kind: string; name: string; uid: string }[]
  managedFields?: {
    manager?: string
    operation?: string
    time?: string
    subresource?: string
    fieldsV1?: unknown
  }[]
}

export interface EnvVar {
  name: string
  value?: string
  valueFrom?: {
    configMapKeyRef?: { name: string; key: string; optional?: boolean }
    secretKeyRef?: { name: string; key: string; optional?: boolean }
  }
}

export interface Container {
  name: string
  image: string
  env?: EnvVar[]
  envFrom?: {
    configMapRef?: { name: string; optional?: boolean }
    secretRef?: { name: string; optional?: boolean }
  }[]
  volumeMounts?: { name: string; mountPath: string; subPath?: string }[]
}

export interface KeyToPath {
  key: string
  path: string
}

export interface Volume {
  name: string
  configMap?: { name: string; items?: KeyToPath[]; optional?: boolean }
  secret?: { secretName: string; items?: KeyToPath[]; optional?: boolean }
  projected?: {
    sources: {
      configMap?: { name: string; items?: KeyToPath[]; optional?: boolean }
      secret?: { name: string; items?: KeyToPath[]; optional?: boolean }
    }[]
  }
  csi?: { driver: string; readOnly?: boolean; volumeAttributes?: Record<string, string> }
}

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
  spec: {
    containers: Container[]
    initContainers?: Container[]
    volumes?: Volume[]
    terminationGracePeriodSeconds?: number
  }
}

/** An object as sent. */
export interface NewObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  [member: string]: unknown
}

/** An object as the API server answers it. */
export interface StoredObject extends NewObject {
  metadata: ObjectMeta & { uid: string; resourceVersion: string; creationTimestamp: string }
}

/** The pod template of a workload; throws where there is none. */
export function templateOf(object: NewObject): PodTemplate {
  const spec = object.spec as { template?: PodTemplate } | undefined
  if (spec?.template === undefined) throw new Error(`Cannot read the pod template: ${object.kind} has none`)
  return spec.template
}

/** The data of a ConfigMap or Secret, as stored. */
export function dataOf(object: NewObject): Record<string, string> {
  return (object.data as Record<string, string> | undefined) ?? {}
}

/** The same JSON as a string that does not depend on the order of keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
  return `{${members.join(',')}}`
}
