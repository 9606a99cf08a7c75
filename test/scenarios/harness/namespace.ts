// One namespace of a test, with handles on the objects in it.
import { type ConfigKind, configObject, encodedData, type WorkloadSpec, workloadObject } from './fixtures.ts'
import { canonical, type NewObject, type PodTemplate, type StoredObject, templateOf } from './json.ts'
import { pathOf, WORKLOAD_KINDS, type WorkloadKind } from './kinds.ts'
import { createRollWatch, type RollWatch, type WorkloadId } from './roll-watch.ts'
import { type Stamps, stampsOf } from './stamps.ts'
import { ApiFailure, type TestApi } from './test-api.ts'

/** An object that the test made, by name: it may since have been changed, deleted or made again. */
export interface ObjectHandle {
  readonly kind: string
  readonly name: string
  /** As it is now; throws `ApiFailure` 404 where it is gone. */
  get(): Promise<StoredObject>
  /** Sends a JSON merge patch. */
  edit(patch: unknown, options?: { readonly fieldManager?: string }): Promise<StoredObject>
  annotate(annotations: Record<string, string | null>): Promise<StoredObject>
  label(labels: Record<string, string | null>): Promise<StoredObject>
  /** Deletes it and waits until it is gone. */
  delete(): Promise<void>
}

export interface ConfigHandle extends ObjectHandle {
  readonly kind: ConfigKind
  /** Replaces all of its data; values are plain text, of a Secret too. Makes it where it is gone. */
  set(data: Record<string, string>): Promise<StoredObject>
}

export interface WorkloadHandle extends ObjectHandle {
  readonly kind: WorkloadKind
  readonly id: WorkloadId
  readonly rolls: number
  readonly templateChanges: number
  /** The stamps in its pod template now. */
  stamps(): Promise<Stamps>
  /** Replaces its pod template by what `change` makes of it. */
  editTemplate(
    change: (template: PodTemplate, object: StoredObject) => void,
    options?: { readonly fieldManager?: string },
  ): Promise<StoredObject>
  /** Messages of the Events about it with this reason. */
  events(reason: string): Promise<KubeEvent[]>
}

export interface KubeEvent {
  readonly reason: string
  readonly type: string
  readonly message: string
  readonly count?: number
  readonly source?: { readonly component?: string }
  readonly involvedObject: { readonly kind: string; readonly name: string }
}

export interface Namespace {
  readonly name: string
  readonly watch: RollWatch
  /** The kinds of workload that are used in it. */
  readonly kinds: readonly WorkloadKind[]
  create(object: NewObject): Promise<StoredObject>
  configMap(name: string, data: Record<string, string>): Promise<ConfigHandle>
  secret(name: string, data: Record<string, string>): Promise<ConfigHandle>
  workload(name: string, spec?: WorkloadSpec): Promise<WorkloadHandle>
  /** A handle on a workload that somebody else makes. */
  existing(kind: WorkloadKind, name: string): WorkloadHandle
  /** A handle on a config that may or may not exist. */
  config(kind: ConfigKind, name: string): ConfigHandle
  list(kind: string): Promise<StoredObject[]>
  events(): Promise<KubeEvent[]>
  /** Everything that the test wrote into Secrets here, in plain text. */
  readonly secretValues: ReadonlySet<string>
}

/** Creates the namespace. Nothing is watched until `watch.run`. */
export async function createNamespace(
  api: TestApi,
  {
    name,
    labels = {},
    kinds = WORKLOAD_KINDS,
  }: {
    readonly name: string
    readonly labels?: Record<string, string>
    readonly kinds?: readonly WorkloadKind[]
  },
): Promise<Namespace> {
  await api.call('POST', pathOf('Namespace'), {
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } },
  })
  const watch = createRollWatch(api, { namespace: name, kinds })
  const secretValues = new Set<string>()
  const scope = { api, namespace: name }

  function config(kind: ConfigKind, configName: string): ConfigHandle {
    const handle = objectHandle(scope, { kind, name: configName })
    return {
      ...handle,
      kind,
      async set(data) {
        if (kind === 'Secret') for (const value of Object.values(data)) secretValues.add(value)
        return { ...(await setData(scope, { kind, name: configName, data })), kind }
      },
    }
  }

  async function makeConfig(
    kind: ConfigKind,
    configName: string,
    data: Record<string, string>,
  ): Promise<ConfigHandle> {
    const handle = config(kind, configName)
    await handle.set(data)
    return handle
  }

  return {
    name,
    watch,
    kinds,
    secretValues,
    config,
    create: (object) => api.call('POST', pathOf(object.kind, { namespace: name }), { body: object }),
    configMap: (configName, data) => makeConfig('ConfigMap', configName, data),
    secret: (configName, data) => makeConfig('Secret', configName, data),
    async workload(workloadName, spec = {}) {
      const object = workloadObject(workloadName, spec)
      await api.call('POST', pathOf(object.kind, { namespace: name }), { body: object })
      return workloadHandle(scope, { kind: spec.kind ?? 'Deployment', name: workloadName, watch })
    },
    existing: (kind, workloadName) => workloadHandle(scope, { kind, name: workloadName, watch }),
    list: (kind) => listAll(scope, kind),
    events: async () => (await listAll(scope, 'Event')).map((event) => event as unknown as KubeEvent),
  }
}

interface Scope {
  readonly api: TestApi
  readonly namespace: string
}

async function listAll({ api, namespace }: Scope, kind: string): Promise<StoredObject[]> {
  return (await api.call<{ items: StoredObject[] }>('GET', pathOf(kind, { namespace }))).items
}

async function setData(
  { api, namespace }: Scope,
  {
    kind,
    name,
    data,
  }: { readonly kind: ConfigKind; readonly name: string; readonly data: Record<string, string> },
): Promise<StoredObject> {
  const path = pathOf(kind, { namespace, name })
  const body = [{ op: 'add', path: '/data', value: encodedData(kind, data) }]
  try {
    return await api.call('PATCH', path, { body, contentType: 'application/json-patch+json' })
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.code !== 404) throw error
    return await api.call('POST', pathOf(kind, { namespace }), { body: configObject({ kind, name }, data) })
  }
}

function objectHandle<K extends string>(
  { api, namespace }: Scope,
  { kind, name }: { kind: K; name: string },
) {
  const path = pathOf(kind, { namespace, name })
  const edit = (body: unknown, { fieldManager = 'scenario' } = {}) =>
    api.call('PATCH', `${path}?fieldManager=${fieldManager}`, {
      body,
      contentType: 'application/merge-patch+json',
    })
  return {
    kind,
    name,
    edit,
    get: async () => ({ ...(await api.call('GET', path)), kind }),
    annotate: (annotations: Record<string, string | null>) => edit({ metadata: { annotations } }),
    label: (labels: Record<string, string | null>) => edit({ metadata: { labels } }),
    async delete() {
      await api.call('DELETE', `${path}?propagationPolicy=Background`)
    },
  }
}

function workloadHandle(
  scope: Scope,
  { kind, name, watch }: { readonly kind: WorkloadKind; readonly name: string; readonly watch: RollWatch },
): WorkloadHandle {
  const id: WorkloadId = `${kind}/${name}`
  const handle = objectHandle(scope, { kind, name })
  return {
    ...handle,
    id,
    get rolls() {
      return watch.rolls(id)
    },
    get templateChanges() {
      return watch.templateChanges(id)
    },
    stamps: async () => stampsOf(templateOf(await handle.get())),
    async editTemplate(change, { fieldManager = 'scenario' } = {}) {
      for (;;) {
        const object = await handle.get()
        change(templateOf(object), object)
        try {
          const path = `${pathOf(kind, { namespace: scope.namespace, name })}?fieldManager=${fieldManager}`
          return await scope.api.call('PUT', path, { body: object })
        } catch (error) {
          if (!(error instanceof ApiFailure) || error.code !== 409) throw error
        }
      }
    },
    async events(reason) {
      const all = (await listAll(scope, 'Event')).map((event) => event as unknown as KubeEvent)
      return all.filter(
        (event) =>
          event.reason === reason && event.involvedObject.kind === kind && event.involvedObject.name === name,
      )
    },
  }
}

/** True if two versions of an object differ in nothing but status and bookkeeping. */
export function sameSpec(a: StoredObject, b: StoredObject): boolean {
  return canonical([a.spec, a.metadata.annotations]) === canonical([b.spec, b.metadata.annotations])
}
