// A pod template as far as it is read: the edge where the JSON of a workload becomes a type.
import type { KubeObject } from '../../types/object.ts'

interface ObjectName {
  readonly name?: string
}

interface KeyRef extends ObjectName {
  readonly key?: string
}

/** A key of a config shown as a file. */
export interface KeyToPath {
  readonly key: string
  readonly path: string
}

/** A config shown as files: whole, or the keys of `items`. */
export interface ConfigFiles {
  readonly items?: readonly KeyToPath[]
}

export interface Volume {
  readonly name: string
  readonly configMap?: ConfigFiles & ObjectName
  readonly secret?: ConfigFiles & { readonly secretName?: string }
  readonly projected?: {
    readonly sources?: readonly {
      readonly configMap?: ConfigFiles & ObjectName
      readonly secret?: ConfigFiles & ObjectName
    }[]
  }
  readonly csi?: { readonly volumeAttributes?: { readonly secretProviderClass?: string } }
}

export interface VolumeMount {
  readonly name: string
  readonly subPath?: string
  readonly subPathExpr?: string
}

export interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: { readonly configMapKeyRef?: KeyRef; readonly secretKeyRef?: KeyRef }
}

export interface EnvFrom {
  readonly configMapRef?: ObjectName
  readonly secretRef?: ObjectName
}

export interface Container {
  readonly name: string
  readonly env?: readonly EnvVar[]
  readonly envFrom?: readonly EnvFrom[]
  readonly volumeMounts?: readonly VolumeMount[]
}

export interface PodTemplate {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: {
    readonly containers?: readonly Container[]
    readonly initContainers?: readonly Container[]
    readonly volumes?: readonly Volume[]
    readonly imagePullSecrets?: readonly ObjectName[]
  }
}

const EMPTY: PodTemplate = Object.freeze({})

/** The pod template at `path` of `object`; empty where there is none. The API server has checked its shape. */
export function podTemplateOf(object: KubeObject, path: readonly string[]): PodTemplate {
  let value: unknown = object
  for (const field of path) {
    if (typeof value !== 'object' || value === null) return EMPTY
    value = (value as Readonly<Record<string, unknown>>)[field]
  }
  return typeof value === 'object' && value !== null ? (value as PodTemplate) : EMPTY
}
