// A cluster in memory with full knowledge: one Deployment, two configs, what each pod read when it was born, and nothing of Reloader.
import type { PodTemplate } from '../../src/decide/template/pod-template.ts'
import type { ConfigType } from '../../src/types/config.ts'
import type { KubeObject } from '../../src/types/object.ts'
import { configObject, deployment } from '../builders.ts'

export const CONFIGS = { conf: 'ConfigMap', cred: 'Secret' } as const satisfies Record<string, ConfigType>
export type ConfigName = keyof typeof CONFIGS
export const CONFIG_NAMES: readonly ConfigName[] = ['conf', 'cred']

export type Data = Readonly<Record<string, string>>
/** How the pod template uses a config: not at all, its key `a` only, or whole. */
export type Use = 'none' | 'a' | 'all'
/** How the workload asks for rolls: not at all, by what it references, by name, or by expressions that match every name. */
export type Asks = 'none' | 'auto' | 'list' | 'regex'

export interface ConfigState {
  readonly uid: string
  /** Moments are resourceVersions, and the API server's clock moves on by one second with each. */
  readonly created: number
  readonly written: number
  readonly version: number
  readonly data: Data
  /** It carries the label that our watch selects. */
  readonly inScope: boolean
  readonly ignored: boolean
}

export interface Template {
  readonly image: number
  readonly uses: Readonly<Record<ConfigName, Use>>
  readonly variables: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

export interface WorkloadState {
  readonly uid: string
  readonly created: number
  readonly version: number
  readonly generation: number
  readonly asks: Asks
  readonly template: Template
  /** Its status says that all pods are of this template. */
  readonly rolledOut: boolean
}

/** Told of every write, once it is done; `undefined` is what is not there. */
export interface Watcher {
  configChanged(name: ConfigName, after: ConfigState | undefined): void
  workloadChanged(after: WorkloadState | undefined): void
}

/** What a pod read of each config; undefined: it was not there. */
export type Reads = ReadonlyMap<ConfigName, Data | undefined>

interface Pods {
  readonly born: number
  readonly reads: Reads
}

export type World = ReturnType<typeof createWorld>

/** A cluster with nothing in it. */
export function createWorld() {
  const configs = new Map<ConfigName, ConfigState>()
  /** The pods that live, by the template that they were made of; there is a rollout under way when they are several. */
  const pods = new Map<string, Pods>()
  const watchers: Watcher[] = []
  let workload: WorkloadState | undefined
  let revisions: Template[] = []
  let moment = 1_000

  function setConfig(name: ConfigName, after: ConfigState | undefined): void {
    if (after === undefined) configs.delete(name)
    else configs.set(name, after)
    for (const watcher of watchers) watcher.configChanged(name, after)
  }

  function setWorkload(after: WorkloadState | undefined): void {
    workload = after
    if (after === undefined) pods.clear()
    else startPods(after.template)
    for (const watcher of watchers) watcher.workloadChanged(after)
  }

  /** Pods of a template that come back while they still live are kept, as a ReplicaSet keeps them. */
  function startPods(template: Template): void {
    const text = textOf(template)
    revisions = [...revisions.filter((other) => textOf(other) !== text), template]
    if (pods.has(text)) return
    pods.set(text, {
      born: moment,
      reads: new Map(CONFIG_NAMES.map((name) => [name, configs.get(name)?.data])),
    })
  }

  return {
    config: (name: ConfigName) => configs.get(name),
    workload: () => workload,
    /** The present moment: that of the last write. */
    now: () => moment,
    revisions: (): readonly Template[] => revisions,
    /** The pods that stay once the rollout is done. */
    presentPods: (): Pods | undefined => workload && pods.get(textOf(workload.template)),
    /** From now on those pods count as if they had read this. */
    absolve(name: ConfigName, data: Data | undefined): void {
      if (workload === undefined) return
      const text = textOf(workload.template)
      const present = pods.get(text)
      if (present !== undefined)
        pods.set(text, { ...present, reads: new Map([...present.reads, [name, data]]) })
    },
    watch: (watcher: Watcher) => void watchers.push(watcher),
    createConfig(name: ConfigName, data: Data): void {
      const at = ++moment
      const uid = `${name}-${at}`
      setConfig(name, { uid, created: at, written: at, version: at, data, inScope: true, ignored: false })
    },
    deleteConfig(name: ConfigName): void {
      moment++
      setConfig(name, undefined)
    },
    /** Writes what the config then shows; `written` moves only with data. */
    editConfig(name: ConfigName, change: Partial<Pick<ConfigState, 'data' | 'inScope' | 'ignored'>>): void {
      const before = configs.get(name)
      if (before === undefined) return
      const version = ++moment
      const written = change.data === undefined ? before.written : version
      setConfig(name, { ...before, ...change, version, written })
    },
    createWorkload(asks: Asks, uses: Template['uses']): void {
      const at = ++moment
      const template = { image: 0, uses, variables: {}, annotations: {} }
      revisions = []
      setWorkload({
        uid: `web-${at}`,
        created: at,
        version: at,
        generation: 1,
        asks,
        template,
        rolledOut: false,
      })
    },
    deleteWorkload(): void {
      moment++
      setWorkload(undefined)
    },
    editWorkload(change: Partial<Pick<WorkloadState, 'asks' | 'template'>>): void {
      if (workload === undefined) return
      const version = ++moment
      const sameTemplate =
        change.template === undefined || textOf(change.template) === textOf(workload.template)
      const generation = workload.generation + (sameTemplate ? 0 : 1)
      const rolledOut = workload.rolledOut && sameTemplate
      setWorkload({ ...workload, ...change, version, generation, rolledOut })
    },
    /** The rollout under way is done: only the pods of the present template live. */
    finishRollout(): void {
      const present = workload && textOf(workload.template)
      for (const text of [...pods.keys()]) if (text !== present) pods.delete(text)
      if (workload?.rolledOut === false) setWorkload({ ...workload, version: ++moment, rolledOut: true })
    },
  }
}

/** A template as a text that is equal only for equal templates. */
export function textOf({ image, uses, variables, annotations }: Template): string {
  return JSON.stringify([image, uses, Object.entries(variables).sort(), annotations])
}

/** A moment as the API server writes times. */
export function timeOf(moment: number): string {
  return new Date(Date.UTC(2026, 0, 1) + moment * 1_000).toISOString().replace('.000Z', 'Z')
}

/** A config as the API server sends it. */
export function configJson(name: ConfigName, state: ConfigState): KubeObject {
  const type = CONFIGS[name]
  const text = (value: string) => (type === 'Secret' ? Buffer.from(value).toString('base64') : value)
  return configObject(type, name, {
    metadata: {
      uid: state.uid,
      resourceVersion: String(state.version),
      creationTimestamp: timeOf(state.created),
      managedFields: [
        {
          manager: 'kubectl',
          operation: 'Update',
          time: timeOf(state.written),
          fieldsV1: { 'f:data': {} },
        },
      ],
    },
    annotations: state.ignored ? { 'reloader.stakater.com/ignore': 'true' } : {},
    data: Object.fromEntries(Object.entries(state.data).map(([key, value]) => [key, text(value)])),
  })
}

const ASKING: Readonly<Record<Asks, Readonly<Record<string, string>>>> = {
  none: {},
  auto: { 'reloader.stakater.com/auto': 'true' },
  list: { 'configmap.reloader.stakater.com/reload': 'conf', 'secret.reloader.stakater.com/reload': 'cred' },
  regex: { 'configmap.reloader.stakater.com/reload': 'co.*', 'secret.reloader.stakater.com/reload': 'cr.*' },
}

/** The Deployment as the API server sends it. */
export function workloadJson(
  state: WorkloadState,
): KubeObject & { readonly spec: { template: PodTemplate } } {
  const { uid, version, generation, created, asks, template, rolledOut } = state
  return deployment({
    metadata: { uid, resourceVersion: String(version), generation, creationTimestamp: timeOf(created) },
    annotations: ASKING[asks],
    templateAnnotations: { image: String(template.image), ...template.annotations },
    spec: { containers: [{ name: 'app', ...placesOf(template) }] },
    status: { observedGeneration: generation, replicas: rolledOut ? 1 : 2, updatedReplicas: 1 },
  })
}

function placesOf({ uses, variables }: Template) {
  const ofType = (type: ConfigType, use: Use) =>
    CONFIG_NAMES.filter((name) => CONFIGS[name] === type && uses[name] === use)
  return {
    env: [
      ...ofType('ConfigMap', 'a').map((name) => ({
        name,
        valueFrom: { configMapKeyRef: { name, key: 'a' } },
      })),
      ...ofType('Secret', 'a').map((name) => ({ name, valueFrom: { secretKeyRef: { name, key: 'a' } } })),
      ...Object.entries(variables).map(([name, value]) => ({ name, value })),
    ],
    envFrom: [
      ...ofType('ConfigMap', 'all').map((name) => ({ configMapRef: { name } })),
      ...ofType('Secret', 'all').map((name) => ({ secretRef: { name } })),
    ],
  }
}
