// Valid workloads and configs, as short as a scenario wants to say them.
import type { Container, EnvVar, NewObject, PodTemplate, Volume } from './json.ts'
import { kindInfo, type WorkloadKind } from './kinds.ts'

export type ConfigKind = 'ConfigMap' | 'Secret'

export interface ConfigName {
  readonly kind: ConfigKind
  readonly name: string
}

/** One place of a pod template that uses a config. */
export interface Use {
  readonly env?: EnvVar
  readonly envFrom?: NonNullable<Container['envFrom']>[number]
  readonly volume?: Volume
  readonly mount?: NonNullable<Container['volumeMounts']>[number]
  /** Index of the container that uses it; 0 where nothing is said. */
  readonly container?: number
  /** In the init container instead. */
  readonly init?: boolean
}

export const AUTO = { 'reloader.stakater.com/auto': 'true' }

export function configMapNamed(name: string): ConfigName {
  return { kind: 'ConfigMap', name }
}

export function secretNamed(name: string): ConfigName {
  return { kind: 'Secret', name }
}

/** Reads one key. `optional`, so that pods start without it too. */
export function envKey({ kind, name }: ConfigName, key: string): Use {
  const ref = { name, key, optional: true }
  const variable = `${name}_${key}`.replace(/[^A-Za-z0-9_]/g, '_')
  return {
    env: {
      name: variable,
      valueFrom: kind === 'ConfigMap' ? { configMapKeyRef: ref } : { secretKeyRef: ref },
    },
  }
}

/** Reads every key. */
export function envFrom({ kind, name }: ConfigName): Use {
  const ref = { name, optional: true }
  return { envFrom: kind === 'ConfigMap' ? { configMapRef: ref } : { secretRef: ref } }
}

/** Mounts every key, or just those named. */
export function mount({ kind, name }: ConfigName, keys?: readonly string[]): Use {
  const items = keys === undefined ? {} : { items: keys.map((key) => ({ key, path: key })) }
  const source =
    kind === 'ConfigMap'
      ? { configMap: { name, optional: true, ...items } }
      : { secret: { secretName: name, optional: true, ...items } }
  const volume = volumeName('mount', name)
  return { volume: { name: volume, ...source }, mount: { name: volume, mountPath: `/etc/${volume}` } }
}

/** Mounts a projected volume with every key, or just those named. */
export function projected({ kind, name }: ConfigName, keys?: readonly string[]): Use {
  const items = keys === undefined ? {} : { items: keys.map((key) => ({ key, path: key })) }
  const source = { name, optional: true, ...items }
  const volume = volumeName('projected', name)
  return {
    volume: {
      name: volume,
      projected: { sources: [kind === 'ConfigMap' ? { configMap: source } : { secret: source }] },
    },
    mount: { name: volume, mountPath: `/etc/${volume}` },
  }
}

/** Mounts one key as a file. */
export function subPath(config: ConfigName, key: string): Use {
  const { volume, mount: whole } = mount(config)
  if (volume === undefined || whole === undefined) throw new Error('Cannot mount: no volume')
  return { volume, mount: { ...whole, subPath: key, mountPath: `/etc/${key}` } }
}

function volumeName(form: string, name: string): string {
  return `${form}-${name.replaceAll('.', '-')}`.slice(0, 63)
}

export interface WorkloadSpec {
  readonly kind?: WorkloadKind
  readonly annotations?: Record<string, string>
  readonly labels?: Record<string, string>
  readonly templateAnnotations?: Record<string, string>
  readonly uses?: readonly Use[]
  /** Plain variables of the first container. */
  readonly env?: readonly EnvVar[]
  readonly replicas?: number
  /** Names of the regular containers. */
  readonly containers?: readonly string[]
}

/** A workload of one small container for each name, and an init container where a use asks for one. */
export function workloadObject(name: string, spec: WorkloadSpec = {}): NewObject {
  const { kind = 'Deployment', annotations = {}, labels = {} } = spec
  return {
    apiVersion: kindInfo(kind).apiVersion,
    kind,
    metadata: { name, annotations, labels },
    spec: {
      selector: { matchLabels: { app: name } },
      template: podTemplate(name, spec),
      ...(kind === 'DaemonSet' ? {} : { replicas: spec.replicas ?? 1 }),
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
    },
  }
}

function podTemplate(
  name: string,
  { templateAnnotations, uses = [], env = [], containers = ['app'] }: WorkloadSpec,
): PodTemplate {
  const regular = containers.map((each, index) => {
    const container = containerObject(
      each,
      uses.filter((use) => !use.init && (use.container ?? 0) === index),
    )
    return index === 0 ? { ...container, env: [...env, ...(container.env ?? [])] } : container
  })
  const init = uses.filter((use) => use.init)
  const volumes = new Map(uses.flatMap(({ volume }) => (volume === undefined ? [] : [[volume.name, volume]])))
  return {
    metadata: {
      labels: { app: name },
      ...(templateAnnotations === undefined ? {} : { annotations: templateAnnotations }),
    },
    spec: {
      terminationGracePeriodSeconds: 0,
      ...(init.length === 0 ? {} : { initContainers: [containerObject('setup', init)] }),
      containers: regular,
      volumes: [...volumes.values()],
    },
  }
}

function containerObject(name: string, uses: readonly Use[]): Container {
  return {
    name,
    image: 'registry.k8s.io/pause:3.10',
    env: uses.flatMap(({ env }) => env ?? []),
    envFrom: uses.flatMap(({ envFrom: from }) => from ?? []),
    volumeMounts: uses.flatMap(({ mount: each }) => each ?? []),
  }
}

/** A ConfigMap, or a Secret whose values are given in plain text. */
export function configObject({ kind, name }: ConfigName, data: Record<string, string>): NewObject {
  return { apiVersion: 'v1', kind, metadata: { name }, data: encodedData(kind, data) }
}

/** Values as the kind stores them: base64 in a Secret. */
export function encodedData(kind: ConfigKind, data: Record<string, string>): Record<string, string> {
  if (kind === 'ConfigMap') return data
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  )
}
