// Discovery in one answer (apidiscovery.k8s.io/v2), for clients that ask for it.
import { createHash } from 'node:crypto'
import type { JsonObject } from '../object/json.ts'
import type { ResourceTable } from '../object/resource-table.ts'
import { subresourceOf, verbsOf } from '../object/resource-verbs.ts'
import type { Resource } from '../object/resources.ts'
import { versionsOf } from './discovery.ts'

const CONTENT_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** The answer to `/api` or `/apis`; undefined for another path, and where the client asks for another form first. */
export function answerAggregated(request: Request, table: ResourceTable): Response | undefined {
  const { pathname } = new URL(request.url)
  if (!['/api', '/apis'].includes(pathname) || !asksForIt(request.headers.get('accept') ?? ''))
    return undefined
  const text = JSON.stringify(groupList(pathname, table))
  const etag = `"${createHash('sha512').update(text).digest('hex').toUpperCase()}"`
  const headers = { etag, vary: 'Accept', 'content-type': CONTENT_TYPE }
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  return new Response(`${text}\n`, { headers })
}

/** The first clause that is served decides. */
function asksForIt(accept: string): boolean {
  for (const clause of accept.split(',')) {
    const [type, ...parameters] = clause.split(';').map((each) => each.trim())
    if (type !== 'application/json' && type !== '*/*') continue
    if (parameters.length === 0) return false
    const wanted = ['g=apidiscovery.k8s.io', 'v=v2', 'as=APIGroupDiscoveryList']
    if (wanted.every((each) => parameters.includes(each))) return true
  }
  return false
}

function groupList(path: string, table: ResourceTable): JsonObject {
  const items =
    path === '/api'
      ? [{ metadata: {}, versions: [versionBody(table, { group: '', version: 'v1' })] }]
      : [...versionsOf(table)].map(([group, versions]) => ({
          metadata: { name: group },
          versions: versions.map((version) => versionBody(table, { group, version })),
        }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items }
}

function versionBody(
  table: ResourceTable,
  { group, version }: Pick<Resource, 'group' | 'version'>,
): JsonObject {
  const resources = table.all().filter((each) => each.group === group && each.version === version)
  return { version, resources: resources.map(resourceBody), freshness: 'Current' }
}

function resourceBody(resource: Resource): JsonObject {
  const { plural, singular, namespaced, shortNames, categories, subresources } = resource
  return {
    resource: plural,
    responseKind: responseKind(resource, {}),
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: [...verbsOf(resource)],
    ...(shortNames.length === 0 ? {} : { shortNames: [...shortNames] }),
    ...(categories.length === 0 ? {} : { categories: [...categories] }),
    ...(subresources.length === 0
      ? {}
      : { subresources: subresources.toSorted().map((each) => subresourceBody(resource, each)) }),
  }
}

function subresourceBody(resource: Resource, subresource: string): JsonObject {
  const { verbs, ...of } = subresourceOf(subresource)
  return { subresource, responseKind: responseKind(resource, of), verbs: [...verbs] }
}

type ResponseKind = Partial<Pick<Resource, 'group' | 'version' | 'kind'>>

/** Built-in resources leave out the group and version that are theirs anyway. */
function responseKind({ group, version, kind, custom }: Resource, other: ResponseKind): JsonObject {
  return {
    group: other.group ?? (custom === undefined ? '' : group),
    version: other.version ?? (custom === undefined ? '' : version),
    kind: other.kind ?? kind,
  }
}
