// What holds in every scenario, checked after each of them (behaviour.md section 7: I5 and I6, and the preconditions of 4).
import type { ApiRequest } from './api-request.ts'
import type { Controller } from './installation.ts'
import { dataOf, type NewObject } from './json.ts'
import type { Namespace } from './namespace.ts'

interface Checked {
  readonly home: Namespace
  readonly name: string
  readonly controllers: readonly Controller[]
  readonly namespaces: readonly Namespace[]
  readonly flags: readonly string[]
}

/** One line for each thing that a controller must never do and did. */
export async function findBreaches(checked: Checked): Promise<string[]> {
  const writes = checked.controllers.flatMap(({ proxy }) => proxy.requests).filter(isWrite)
  return [
    ...writes.flatMap((request) => breachOfWrite(request, checked) ?? []),
    ...(await leaks(checked)),
    ...checked.controllers.flatMap(crashes),
  ]
}

const WRITES = ['create', 'update', 'patch', 'delete']
const WORKLOADS = ['deployments', 'statefulsets', 'daemonsets']
const CUSTOM = ['rollouts', 'deploymentconfigs']

/** A review is a question in the form of an object that is not stored. */
function isWrite({ verb, resource }: ApiRequest): boolean {
  return WRITES.includes(verb) && resource !== 'selfsubjectaccessreviews'
}

function breachOfWrite(request: ApiRequest, { home, name, flags }: Checked): string | undefined {
  const { verb, resource, namespace, contentType, query } = request
  const what = `${verb} ${resource} ${namespace}/${request.name}`
  if (flags.includes('--dry-run')) return `${what}: a dry run writes nothing`
  if (resource === 'events') return undefined
  // A DELETE has no field manager.
  if (verb !== 'delete' && query.get('fieldManager') !== 'Reloader')
    return `${what}: no fieldManager=Reloader`
  if (WORKLOADS.includes(resource) && verb === 'patch') {
    if (contentType !== 'application/strategic-merge-patch+json') return `${what}: patch type ${contentType}`
    return breachOfPatch(request.body as NewObject, what)
  }
  if (CUSTOM.includes(resource) && verb === 'patch') return breachOfJsonPatch(request, what)
  if (resource === 'jobs') return breachOfJob(request, what)
  const target = request.name || (request.body as NewObject).metadata.name
  if (namespace === home.name && resource === 'leases' && (verb === 'create' || verb === 'update')) {
    return flags.includes('--enable-ha') && target === 'stakater-reloader-lock'
      ? undefined
      : `${what}: ${target}`
  }
  if (namespace === home.name && resource === 'configmaps' && (verb === 'create' || verb === 'update')) {
    const own = [`${name}-journal`, 'reloader-meta-info']
    return target.startsWith(`${name}-records-`) || own.includes(target) ? undefined : `${what}: ${target}`
  }
  if (
    namespace === home.name &&
    resource === 'secrets' &&
    verb === 'update' &&
    target === `${name}-digest-key`
  )
    return
  return `${what}: nothing in behaviour.md section 4 writes this`
}

const PAUSED_AT = 'deployment.reloader.stakater.com/paused-at'

/** Section 4: every PATCH names the version it was planned from, and touches nothing but the stamps. */
function breachOfPatch(body: NewObject, what: string): string | undefined {
  const { uid, resourceVersion, annotations = {}, ...metadata } = body.metadata
  if (uid === undefined || resourceVersion === undefined) return `${what}: without uid and resourceVersion`
  const members = [
    ...Object.keys(body),
    ...Object.keys(metadata).map((key) => `metadata.${key}`),
    ...Object.keys(annotations),
    ...Object.keys(body.spec ?? {}).map((key) => `spec.${key}`),
  ]
  const allowed = ['metadata', 'spec', 'spec.template', 'spec.paused', PAUSED_AT]
  const others = members.filter((member) => !allowed.includes(member))
  return others.length === 0 ? undefined : `${what}: writes ${others.join(', ')}`
}

/** The same of a custom resource: the first two operations name the version, the others touch what a roll may write. */
function breachOfJsonPatch({ body, contentType }: ApiRequest, what: string): string | undefined {
  if (contentType !== 'application/json-patch+json') return `${what}: patch type ${contentType}`
  const operations = body as { readonly op: string; readonly path: string }[]
  const [uid, resourceVersion, ...others] = operations.map(({ op, path }) => `${op} ${path}`)
  if (uid !== 'test /metadata/uid' || resourceVersion !== 'replace /metadata/resourceVersion')
    return `${what}: without uid and resourceVersion`
  const stray = others.filter(
    (each) => !/ (?:\/spec\/template\/|\/spec\/restartAt$|\/metadata\/annotations)/.test(each),
  )
  return stray.length === 0 ? undefined : `${what}: writes ${stray.join(', ')}`
}

/** A Job is started for a CronJob, or made again; what is deleted is the version that was decided about. */
function breachOfJob({ verb, body }: ApiRequest, what: string): string | undefined {
  if (verb === 'create') return undefined
  if (verb !== 'delete') return `${what}: nothing writes a Job that is there`
  const { preconditions } = body as { readonly preconditions?: NewObject['metadata'] }
  const named = preconditions?.uid !== undefined && preconditions.resourceVersion !== undefined
  return named ? undefined : `${what}: without uid and resourceVersion`
}

/** I5: no byte of a Secret in anything that others can read. */
async function leaks({ home, namespaces, controllers }: Checked): Promise<string[]> {
  const values = [
    ...home.secretValues,
    ...namespaces.flatMap(({ secretValues }) => [...secretValues]),
  ].filter((value) => value.length >= 6)
  if (values.length === 0) return []
  const places: [string, string][] = [
    ...controllers.map(({ output }): [string, string] => ['log', output.join('\n')]),
    ...(await Promise.all(
      controllers
        .filter(({ exitStatus }) => exitStatus === undefined)
        .map(async (each): Promise<[string, string]> => ['metrics', await each.scrape().catch(() => '')]),
    )),
    ['records', JSON.stringify((await home.list('ConfigMap')).map(dataOf))],
    ...(await Promise.all([home, ...namespaces].map(publicTexts))).flat(),
  ]
  return places.flatMap(([place, text]) =>
    values.flatMap((value) =>
      formsOf(value).some((form) => text.includes(form)) ? [`${place} holds Secret bytes`] : [],
    ),
  )
}

async function publicTexts(namespace: Namespace): Promise<[string, string][]> {
  const workloads = (await Promise.all(namespace.kinds.map((kind) => namespace.list(kind)))).flat()
  return [
    ['Event', JSON.stringify(await namespace.events())],
    ['workload', JSON.stringify(workloads.map(({ spec }) => spec))],
  ]
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  return [value, bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')]
}

/** It ended, could not go on, could not be used, or was told twice to stop. */
const EXIT_CODES = [0, 1, 2, 143]

function crashes({ output, exitStatus }: Controller): string[] {
  const thrown = output.filter((line) => /unhandled|uncaught|^\s+at /i.test(line))
  const died =
    exitStatus !== undefined && exitStatus.signal === null && !EXIT_CODES.includes(exitStatus.code ?? 0)
  return [...thrown.slice(0, 3), ...(died ? [`ended with code ${exitStatus.code}`] : [])]
}
