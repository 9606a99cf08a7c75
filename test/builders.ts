// Objects for tests of pure rules: as an API server would send them, with as little in them as a test wants to say.

import { digestContent, digestKeyOf } from '../src/decide/content/digest.ts'
import { reduceConfig } from '../src/decide/reduce-config.ts'
import { type ReduceWorkloadOptions, reduceWorkload } from '../src/decide/reduce-workload.ts'
import { DEFAULT_ANNOTATION_NAMES } from '../src/decide/settings/annotation-names.ts'
import type { PodTemplate } from '../src/decide/template/pod-template.ts'
import type { Config, ConfigType, ContentDigest } from '../src/types/config.ts'
import type { KubeObject, ObjectMeta } from '../src/types/object.ts'
import type { Workload } from '../src/types/workload.ts'

/** A digest key that is always the same. */
export const TEST_KEY = digestKeyOf(Buffer.alloc(32, 7))

export type PodSpec = NonNullable<PodTemplate['spec']>

export interface WorkloadShape {
  readonly metadata?: Partial<ObjectMeta>
  /** Annotations of the workload. */
  readonly annotations?: Readonly<Record<string, string>>
  readonly templateAnnotations?: Readonly<Record<string, string>>
  /** Default: one container called `app`. */
  readonly spec?: PodSpec
  readonly status?: unknown
}

/** A Deployment `shop/web`. */
export function deployment({
  metadata,
  annotations,
  templateAnnotations,
  spec,
  status,
}: WorkloadShape = {}): KubeObject & {
  readonly spec: { readonly template: PodTemplate }
} {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'web-uid',
      resourceVersion: '100',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(annotations === undefined ? {} : { annotations }),
      ...metadata,
    },
    spec: {
      template: {
        ...(templateAnnotations === undefined ? {} : { metadata: { annotations: templateAnnotations } }),
        spec: { containers: [{ name: 'app' }], ...spec },
      },
    },
  }
  return status === undefined ? object : Object.assign(object, { status })
}

/** What is kept of a Deployment; a watch brought it, unless `options` say otherwise. */
export function reduced(object: KubeObject, options: Partial<ReduceWorkloadOptions> = {}): Workload {
  return reduceWorkload(object, {
    kind: 'Deployment',
    names: DEFAULT_ANNOTATION_NAMES,
    autoReloadAll: false,
    imagePullSecrets: false,
    source: 'watch',
    ...options,
  })
}

/** What is kept of the Deployment of that shape. */
export function workload(shape: WorkloadShape = {}, options: Partial<ReduceWorkloadOptions> = {}): Workload {
  return reduced(deployment(shape), options)
}

export interface ConfigShape {
  readonly metadata?: Partial<ObjectMeta>
  readonly annotations?: Readonly<Record<string, string>>
  readonly data?: Readonly<Record<string, string>>
  readonly binaryData?: Readonly<Record<string, string>>
}

/** The uid of a config of that name. */
export function uidOf(name: string): string {
  return `${name.replaceAll('.', '-dot-')}-uid`
}

/** A config in the namespace `shop`; the values are those of the API: base64 in Secrets. */
export function configObject(type: ConfigType, name: string, shape: ConfigShape = {}): KubeObject {
  const { metadata, annotations, ...content } = shape
  const object = {
    apiVersion: 'v1',
    kind: type,
    metadata: {
      name,
      namespace: 'shop',
      uid: uidOf(name),
      resourceVersion: '50',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(annotations === undefined ? {} : { annotations }),
      ...metadata,
    },
  }
  return Object.assign(object, content)
}

/** What is kept of a config. */
export function config(type: ConfigType, name: string, shape: ConfigShape = {}): Config {
  return reduceConfig(configObject(type, name, shape), { type, names: DEFAULT_ANNOTATION_NAMES })
}

/** What a read of a config leaves. */
export function content(type: ConfigType, name: string, shape: ConfigShape = {}): ContentDigest {
  return digestContent(configObject(type, name, shape), { type, key: TEST_KEY })
}
