// The Secrets Store CSI driver as the API server sees it: its two kinds, and the statuses that it writes for pods.
import { eventually } from './eventually.ts'
import type { Use } from './fixtures.ts'
import type { StoredObject } from './json.ts'
import { kindInfo, pathOf } from './kinds.ts'
import type { Namespace } from './namespace.ts'
import { ApiFailure, type TestApi } from './test-api.ts'

const CLASS = 'SecretProviderClass'
const STATUS = 'SecretProviderClassPodStatus'
const TEXT = { type: 'string' }
const OBJECTS = { type: 'array', items: { type: 'object', properties: { id: TEXT, version: TEXT } } }
/** Neither kind has a status subresource, as with the driver: a new status is a new generation. */
const CONTENTS = {
  [CLASS]: {
    spec: {
      type: 'object',
      properties: { provider: TEXT, parameters: { type: 'object', additionalProperties: TEXT } },
    },
  },
  [STATUS]: {
    status: {
      type: 'object',
      properties: {
        podName: TEXT,
        secretProviderClassName: TEXT,
        targetPath: TEXT,
        mounted: { type: 'boolean' },
        objects: OBJECTS,
      },
    },
  },
}

/** Makes the two definitions where they are not there; resolves when their objects can be made. */
export async function defineClasses(api: TestApi): Promise<void> {
  for (const kind of [CLASS, STATUS] as const) {
    await api
      .call('POST', pathOf('CustomResourceDefinition'), { body: definitionOf(kind) })
      .catch(unless(409))
    await eventually(() => api.call('GET', pathOf(kind)).then(() => true, unless(404)), {
      what: `the API server to serve each ${kind}`,
    })
  }
}

/** Removes them with all of their objects. */
export async function removeClasses(api: TestApi): Promise<void> {
  for (const kind of [CLASS, STATUS]) {
    const path = pathOf('CustomResourceDefinition', { name: nameOf(kind) })
    await api.call('DELETE', path).catch(unless(404))
    await eventually(() => api.call('GET', path).then(() => false, unless(404, true)), {
      what: `the end of each ${kind}`,
    })
  }
}

function nameOf(kind: string): string {
  const { apiVersion, plural } = kindInfo(kind)
  return `${plural}.${apiVersion.split('/')[0]}`
}

function definitionOf(kind: keyof typeof CONTENTS) {
  const { apiVersion, plural } = kindInfo(kind)
  const [group, version] = apiVersion.split('/')
  const schema = { openAPIV3Schema: { type: 'object', properties: CONTENTS[kind] } }
  return {
    apiVersion: kindInfo('CustomResourceDefinition').apiVersion,
    kind: 'CustomResourceDefinition',
    metadata: { name: nameOf(kind) },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  }
}

function unless(code: number, answer = false): (error: unknown) => boolean {
  return (error) => {
    if (!(error instanceof ApiFailure) || error.code !== code) throw error
    return answer
  }
}

/** Makes a class. */
export function providerClass(
  ns: Namespace,
  name: string,
  annotations: Record<string, string> = {},
): Promise<StoredObject> {
  return ns.create({
    apiVersion: kindInfo(CLASS).apiVersion,
    kind: CLASS,
    metadata: { name, annotations },
    spec: { provider: 'vault', parameters: { role: 'web' } },
  })
}

/** Mounts a class. */
export function mountClass(name: string): Use {
  const attributes = { driver: 'secrets-store.csi.k8s.io', readOnly: true }
  const csi = { ...attributes, volumeAttributes: { secretProviderClass: name } }
  return { volume: { name: `csi-${name}`, csi }, mount: { name: `csi-${name}`, mountPath: `/mnt/${name}` } }
}

/** A pod that mounts a class, as its status tells of it. */
export interface MountingPod {
  /** The driver puts other versions under the living pod. */
  rotate(objects: Record<string, string>): Promise<StoredObject>
  label(labels: Record<string, string>): Promise<StoredObject>
  /** The pod goes, and its status with it. */
  end(): Promise<void>
  readonly begun: StoredObject
}

/** Begins with these versions. */
export async function mountingPod(
  { api, ns }: { readonly api: TestApi; readonly ns: Namespace },
  { pod, className, objects }: { pod: string; className: string; objects: Record<string, string> },
): Promise<MountingPod> {
  const name = `${pod}-${ns.name}-${className}`
  const path = pathOf(STATUS, { namespace: ns.name, name })
  const patch = async (body: unknown) => {
    const object = await api.call('PATCH', path, { body, contentType: 'application/merge-patch+json' })
    return { ...object, kind: STATUS }
  }
  const status = {
    podName: pod,
    secretProviderClassName: className,
    mounted: true,
    targetPath: `/var/lib/kubelet/${pod}`,
    objects: listOf(objects),
  }
  const { apiVersion } = kindInfo(STATUS)
  const begun = await ns.create({ apiVersion, kind: STATUS, metadata: { name }, status })
  return {
    begun: { ...begun, kind: STATUS },
    rotate: (objects) => patch({ status: { objects: listOf(objects) } }),
    label: (labels) => patch({ metadata: { labels } }),
    async end() {
      await api.call('DELETE', path)
    },
  }
}

function listOf(objects: Record<string, string>) {
  return Object.entries(objects).map(([id, version]) => ({ id, version }))
}
