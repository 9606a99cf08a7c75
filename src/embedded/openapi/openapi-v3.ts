// OpenAPI v3: an index of documents, one for each group and version, under names that change with their content
// (k8s.io/kube-openapi/pkg/handler3).
import { createHash } from 'node:crypto'
import type { JsonObject } from '../object/json.ts'
import { apiVersionOf, type Resource } from '../object/resources.ts'
import { definitionsOf } from './definition.ts'
import { pathsOf } from './operations.ts'

const ROOT = '/openapi/v3'

/** A request for a document: its path, its query and what the client has already. */
export interface OpenApiRequest {
  readonly url: URL
  readonly ifNoneMatch: string | null
}

/** Documents of the resources that are served when it is asked; undefined for a path that is none of `/openapi/v3`. */
export function createOpenApi(
  served: () => readonly Resource[],
): (request: OpenApiRequest) => Response | undefined {
  const made = new Map<string, Document>()

  /** The documents by `api/v1` or `apis/apps/v1`; one is made anew only when its resources have changed. */
  function documents(): ReadonlyMap<string, Document> {
    const resources = served()
    const versions = [...new Set(resources.map(apiVersionOf))]
    return new Map(
      versions.map((version) => {
        const name = `${version.includes('/') ? 'apis' : 'api'}/${version}`
        const own = resources.filter((each) => apiVersionOf(each) === version)
        const known = made.get(name)
        const document =
          known !== undefined && sameItems(known.resources, own) ? known : documentOf(name, own)
        made.set(name, document)
        return [name, document]
      }),
    )
  }

  return ({ url, ifNoneMatch }) => {
    const path = url.pathname.replace(/\/$/, '')
    if (path === ROOT) return indexAnswer(documents())
    if (!path.startsWith(`${ROOT}/`)) return undefined
    const document = documents().get(path.slice(ROOT.length + 1))
    return document === undefined
      ? new Response(null, { status: 404 })
      : documentAnswer(document, url.searchParams.get('hash'), ifNoneMatch)
  }
}

function sameItems(a: readonly Resource[], b: readonly Resource[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i])
}

/** The index is served as text, as by the real server. */
function indexAnswer(documents: ReadonlyMap<string, Document>): Response {
  const entries = [...documents].map(([name, { location }]) => [name, { serverRelativeURL: location() }])
  const body = JSON.stringify({ paths: Object.fromEntries(entries) })
  return new Response(body, { headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

/** A document under its hash never changes; under another hash it is found where the right one leads. */
function documentAnswer(document: Document, hash: string | null, ifNoneMatch: string | null): Response {
  const etag = `"${document.hash()}"`
  const headers = { etag, vary: 'Accept', 'content-type': 'application/json' }
  if (hash !== null && hash !== '' && hash !== document.hash()) {
    return new Response(null, { status: 301, headers: { ...headers, location: document.location() } })
  }
  if (ifNoneMatch === etag) return new Response(null, { status: 304, headers: { etag, vary: 'Accept' } })
  return new Response(document.text(), { headers })
}

interface Document {
  readonly resources: readonly Resource[]
  readonly text: () => string
  readonly hash: () => string
  /** The path and query under which it is found. */
  readonly location: () => string
}

function documentOf(name: string, resources: readonly Resource[]): Document {
  const text = once(() => JSON.stringify(contentOf(resources)))
  const hash = once(() => createHash('sha512').update(text()).digest('hex').toUpperCase())
  return { resources, text, hash, location: () => `${ROOT}/${name}?hash=${hash()}` }
}

function contentOf(resources: readonly Resource[]): JsonObject {
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: '1.36' },
    paths: Object.assign({}, ...resources.map(pathsOf)),
    components: { schemas: definitionsOf(resources) },
  }
}

/** Made when first asked for, because most servers are never asked. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
