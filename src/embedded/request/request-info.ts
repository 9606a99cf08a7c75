// What a request asks for, read from its method and path as the real server does (apiserver/pkg/endpoints/request).
import type { ResourceTable } from '../object/resource-table.ts'
import { subresourceOf, verbsOf } from '../object/resource-verbs.ts'
import type { Resource } from '../object/resources.ts'
import { notFound } from '../object/status.ts'

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

export interface ResourceRequest {
  readonly verb: Verb
  readonly resource: Resource
  /** Empty for cluster-scoped resources and for requests over all namespaces. */
  readonly namespace: string
  /** Empty for collections, unless a field selector names the one object. */
  readonly name: string
  /** Empty for the object itself. */
  readonly subresource: string
  /** What follows the subresource in the path; only pods/proxy has it. */
  readonly path?: string
  readonly params: URLSearchParams
}

const OBJECT_VERBS: Readonly<Record<string, Verb>> = {
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}
const COLLECTION_VERBS: Readonly<Record<string, Verb>> = {
  GET: 'list',
  POST: 'create',
  DELETE: 'deletecollection',
}

/** The request for a resource that a URL makes; undefined where the path is none, 'method' where only the method does not fit. */
export function parseResourceRequest(
  { method, url }: { readonly method: string; readonly url: URL },
  resources: ResourceTable,
): ResourceRequest | 'method' | undefined {
  const place = parsePath(url.pathname, resources)
  if (place === undefined) return undefined
  const { resource, namespace, name, subresource, ...path } = place
  if (subresource !== '' && !resource.subresources.includes(subresource)) {
    if (resource.custom !== undefined) throw notFound(resource, name)
    return undefined
  }
  const params = url.searchParams
  const posted = method === 'POST' && subresource === 'token' ? 'create' : undefined
  const verb = name === '' ? collectionVerb(method, params) : (posted ?? OBJECT_VERBS[method])
  if (verb === undefined || !allowedVerbs(resource, subresource).includes(verb)) return 'method'
  if (verb === 'create' && resource.namespaced && namespace === '') return 'method'
  if (name !== '') return { verb, resource, namespace, name, subresource, params, ...path }
  return { verb, resource, namespace, name: selectedName(params), subresource, params }
}

function allowedVerbs(resource: Resource, subresource: string): readonly string[] {
  return subresource === '' ? verbsOf(resource) : subresourceOf(subresource).verbs
}

function collectionVerb(method: string, params: URLSearchParams): Verb | undefined {
  const verb = COLLECTION_VERBS[method]
  return verb === 'list' && isTrue(params.get('watch')) ? 'watch' : verb
}

/** A boolean query parameter: anything present but `false` and `0` is true, as in the real server's conversion. */
export function isTrue(text: string | null): boolean {
  return text !== null && text !== 'false' && text !== '0'
}

function selectedName(params: URLSearchParams): string {
  const [, name = ''] = /^metadata\.name==?([^,]+)$/.exec(params.get('fieldSelector') ?? '') ?? []
  return name
}

type Place = Pick<ResourceRequest, 'resource' | 'namespace' | 'name' | 'subresource' | 'path'>

function parsePath(path: string, resources: ResourceTable): Place | undefined {
  const parts = path
    .split('/')
    .filter((each) => each !== '')
    .map(decodeURIComponent)
  const [root, ...rest] = parts
  if (root === 'api') return parsePlace(['', ...rest], resources)
  if (root === 'apis') return parsePlace(rest, resources)
  return undefined
}

function parsePlace(parts: readonly string[], resources: ResourceTable): Place | undefined {
  const [group = '', version = '', ...rest] = parts
  const inNamespace =
    rest[0] === 'namespaces' && rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2] ?? '')
  const namespace = inNamespace ? (rest[1] ?? '') : ''
  const [plural = '', name = '', subresource = '', ...more] = inNamespace ? rest.slice(2) : rest
  const resource = resources.find({ group, version, plural })
  const proxied = subresource === 'proxy'
  if (resource === undefined || (more.length > 0 && !proxied)) return undefined
  const scopeFits = resource.namespaced ? namespace !== '' || name === '' : namespace === ''
  const path = proxied ? { path: more.join('/') } : {}
  return scopeFits ? { resource, namespace, name, subresource, ...path } : undefined
}

const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize'])
