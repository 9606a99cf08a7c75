// A workload and what is done to it, and what can be seen of it each time it has come to rest.
import { eventually } from '../scenarios/harness/eventually.ts'
import type { Json, Send } from './exchange.ts'

export type JsonRecord = { readonly [key: string]: Json }

export interface WorkloadStory {
  readonly name: string
  /** The collection of the workload, below `/apis`: `apps/v1` and `deployments`. */
  readonly group: string
  readonly plural: string
  readonly manifest: JsonRecord
  /** Merge patches, each sent when the one before has been carried out. */
  readonly patches: readonly JsonRecord[]
  /** Whether it has come to rest. */
  readonly atRest: (workload: JsonRecord) => boolean
  /** Whether the Events are compared too: only where their order does not depend on who is faster. */
  readonly events?: boolean
}

/** What can be seen after the creation and after each patch. */
export async function tell(send: Send, story: WorkloadStory): Promise<readonly Json[]> {
  const collection = `/apis/${story.group}/namespaces/{ns}/${story.plural}`
  const path = `${collection}/app`
  await sent(send, { method: 'POST', path: collection, body: story.manifest })
  const scenes = [await rest(send, story, path)]
  for (const body of story.patches) {
    const headers = { 'content-type': 'application/merge-patch+json' }
    await sent(send, { method: 'PATCH', path, body, headers })
    scenes.push(await rest(send, story, path))
  }
  return scenes
}

async function sent(send: Send, exchange: Parameters<Send>[0]): Promise<void> {
  const { status, body } = await send(exchange)
  if (status >= 300) throw new Error(`Cannot ${exchange.method} ${exchange.path}: ${JSON.stringify(body)}`)
}

async function rest(send: Send, story: WorkloadStory, path: string): Promise<Json> {
  await eventually(
    async () => {
      const workload = record((await send({ method: 'GET', path })).body)
      const pods = await list(send, '/api/v1/namespaces/{ns}/pods')
      const going = pods.some((pod) => record(pod.metadata).deletionTimestamp !== undefined)
      const observed = record(workload.status).observedGeneration ?? record(workload.metadata).generation
      return !going && observed === record(workload.metadata).generation && story.atRest(workload)
    },
    { what: `${story.name}: at rest`, deadlineMs: 40_000 },
  )
  return scene(send, story, path)
}

async function scene(send: Send, story: WorkloadStory, path: string): Promise<Json> {
  const workload = record((await send({ method: 'GET', path })).body)
  const owned = async (place: string) => (await list(send, `/${place}`)).map(essence).toSorted(byText)
  const seen = {
    workload: essence(workload),
    replicaSets: await owned('apis/apps/v1/namespaces/{ns}/replicasets'),
    revisions: await owned('apis/apps/v1/namespaces/{ns}/controllerrevisions'),
    pods: await owned('api/v1/namespaces/{ns}/pods'),
    events: story.events === true ? await events(send) : [],
  }
  return unnamed(seen, await names(send))
}

async function events(send: Send): Promise<Json> {
  const found = await list(send, '/api/v1/namespaces/{ns}/events')
  return found
    .filter(({ source }) => String(record(source).component).endsWith('-controller'))
    .map(({ reason = '', message = '', type = '', source = {} }) => ({ reason, message, type, source }))
    .toSorted(byText)
}

async function list(send: Send, path: string): Promise<readonly JsonRecord[]> {
  const { items } = record((await send({ method: 'GET', path })).body)
  return Array.isArray(items) ? items.map(record) : []
}

function record(value: Json | undefined): JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {}
}

/** What does not differ from one server or run to the next. Of a pod, what its owner gave it. */
function essence(object: JsonRecord): JsonRecord {
  const {
    name,
    generateName = '',
    labels = {},
    annotations = {},
    ownerReferences = [],
  } = record(object.metadata)
  const {
    containers,
    template,
    replicas = null,
    selector = null,
    hostname = '',
    subdomain = '',
  } = record(object.spec)
  const metadata = {
    name: generateName === '' ? (name ?? '') : '',
    generateName,
    labels,
    annotations,
    ownerReferences,
  }
  const isPod = containers !== undefined
  const spec = isPod ? { hostname, subdomain } : { replicas, selector, template: template ?? null }
  const status = isPod ? { phase: record(object.status).phase ?? '' } : (object.status ?? {})
  const { data = null, revision = null } = object
  return { metadata, spec, status, data, revision }
}

function byText(a: Json, b: Json): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
}

/** What stands for the names that contain a hash: each server has its own. */
async function names(send: Send): Promise<readonly (readonly [string, string])[]> {
  const places = ['replicasets', 'controllerrevisions'].map(
    (plural) => `/apis/apps/v1/namespaces/{ns}/${plural}`,
  )
  const owners = (await Promise.all(places.map((place) => list(send, place)))).flat()
  return owners.map((owner): [string, string] => {
    const [image] = /"image":"[^"]*"/.exec(JSON.stringify(owner)) ?? ['']
    const { name } = record(owner.metadata)
    return [String(name).replace(/^app-/, ''), image.replace(/[^\w.:]/g, '')]
  })
}

/** What of a scene differs from run to run: uids, times, random suffixes, and which of many similar Events came last. */
const UNSTABLE: readonly (readonly [RegExp, string])[] = [
  [/"uid":"[^"]*"/g, '"uid":""'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'uid'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'time'],
  [/(\(combined from similar events\)): [^"]*/g, '$1'],
  [/(: app-[\w.:]*)-[a-z0-9]{5}"/g, '$1-suffix"'],
]

function unnamed(scene: Json, names: readonly (readonly [string, string])[]): Json {
  let text = JSON.stringify(scene)
  for (const [name, stand] of names) text = text.replaceAll(name, stand)
  for (const [pattern, stand] of UNSTABLE) text = text.replaceAll(pattern, stand)
  return sorted(JSON.parse(text))
}

/** Lists of objects in an order that does not depend on names. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      Array.isArray(each) && LISTS.includes(key) ? each.map(sorted).toSorted(byText) : sorted(each),
    ]),
  )
}

const LISTS = ['replicaSets', 'revisions', 'pods', 'events', 'conditions']
