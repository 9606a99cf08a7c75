// What a request to the Kubernetes API asks for, read from its method and path.

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'other'

export interface ApiRequest {
  readonly verb: Verb
  /** Plural of the kind, with `/<subresource>` where there is one; empty outside resources. */
  readonly resource: string
  /** Empty for the whole cluster. */
  readonly namespace: string
  /** Empty for collections. */
  readonly name: string
  readonly query: URLSearchParams
  readonly accept: string
  readonly contentType: string
  /** Parsed JSON, or undefined where there was none. */
  readonly body: unknown
  /** The status of the answer that the client got; undefined while it waits, 0 where the connection was cut. */
  status?: number
  /** True once the answer is complete. */
  finished: boolean
  /** Order of arrival. */
  readonly sequence: number
}

export interface RequestMatch {
  readonly verb?: Verb | readonly Verb[]
  readonly resource?: string | readonly string[]
  readonly namespace?: string
  readonly name?: string
  readonly where?: (request: ApiRequest) => boolean
}

/** True if the request has every property that `match` names. */
export function matches(request: ApiRequest, match: RequestMatch): boolean {
  const among = (value: string, wanted: string | readonly string[] | undefined) =>
    wanted === undefined || (typeof wanted === 'string' ? wanted === value : wanted.includes(value))
  return (
    among(request.verb, match.verb) &&
    among(request.resource, match.resource) &&
    among(request.namespace, match.namespace) &&
    among(request.name, match.name) &&
    (match.where === undefined || match.where(request))
  )
}

export interface RequestHead {
  readonly method: string
  readonly url: string
  readonly accept: string
  readonly contentType: string
  readonly body: string
  readonly sequence: number
}

export function parseApiRequest({ method, url, body, ...head }: RequestHead): ApiRequest {
  const { pathname, searchParams: query } = new URL(url, 'http://localhost')
  const place = parsePath(pathname)
  const verb = place.resource === '' ? 'other' : verbOf(method, { named: place.name !== '', query })
  return { ...head, ...place, verb, query, body: parseBody(body), finished: false }
}

function parsePath(pathname: string): { resource: string; namespace: string; name: string } {
  const parts = pathname.split('/').filter((part) => part !== '')
  const rest = parts[0] === 'api' ? parts.slice(2) : parts[0] === 'apis' ? parts.slice(3) : []
  const namespaced = rest[0] === 'namespaces' && rest.length > 2
  const [resource = '', name = '', subresource] = namespaced ? rest.slice(2) : rest
  return {
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace: namespaced ? (rest[1] ?? '') : '',
    name,
  }
}

function verbOf(method: string, { named, query }: { named: boolean; query: URLSearchParams }): Verb {
  switch (method) {
    case 'GET':
      if (query.get('watch') === 'true' || query.get('watch') === '1') return 'watch'
      return named ? 'get' : 'list'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return 'delete'
    default:
      return 'other'
  }
}

function parseBody(body: string): unknown {
  if (body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
