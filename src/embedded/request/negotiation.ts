// Which form of an object the client asked for: the object itself, or only its metadata.
import type { ApiObject } from '../object/api-object.ts'
import type { JsonObject } from '../object/json.ts'
import { apiVersionOf, type Resource } from '../object/resources.ts'
import { StatusError } from '../object/status.ts'

const META = { apiVersion: 'meta.k8s.io/v1' }

/** How objects and lists are written for one request. */
export interface Form {
  readonly object: (object: ApiObject) => JsonObject
  readonly item: (object: ApiObject) => JsonObject
  readonly listHead: (resource: Resource) => { readonly kind: string; readonly apiVersion: string }
}

const WHOLE: Form = {
  object: (object) => object,
  // Items of a typed list do not repeat its kind.
  item: ({ kind: _, apiVersion: __, ...rest }) => rest,
  listHead: (resource) => ({ kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource) }),
}

const METADATA: Form = {
  object: partialObject,
  item: partialObject,
  listHead: () => ({ kind: 'PartialObjectMetadataList', ...META }),
}

function partialObject({ metadata }: ApiObject): JsonObject {
  return { kind: 'PartialObjectMetadata', ...META, metadata }
}

/** The form that the Accept header asks for first among those that are served. Throws 406 where it names none. */
export function negotiateForm(accept: string | null): Form {
  const clauses = (accept ?? '*/*').split(',').map(parseClause)
  for (const clause of clauses) {
    const form = formOf(clause)
    if (form !== undefined) return form
  }
  throw notAcceptable(clauses.some(({ type }) => isServed(type)))
}

interface Clause {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
}

function parseClause(text: string): Clause {
  const [type = '', ...parameters] = text.split(';').map((each) => each.trim())
  return {
    type,
    parameters: new Map(parameters.map((each) => [each.split('=')[0] ?? '', each.split('=')[1] ?? ''])),
  }
}

function isServed(type: string): boolean {
  return ['application/json', 'application/*', '*/*', ''].includes(type)
}

function formOf({ type, parameters }: Clause): Form | undefined {
  if (!isServed(type)) return undefined
  const as = parameters.get('as')
  if (as === undefined) return WHOLE
  const known = as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList'
  return known && parameters.get('g') === 'meta.k8s.io' && parameters.get('v') === 'v1' ? METADATA : undefined
}

const MEDIA_TYPES = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'

/** Two layers of the real server refuse, each in its own words: of the media type, and of what it is to carry. */
function notAcceptable(typeFits: boolean): StatusError {
  const refused = { code: 406, reason: 'NotAcceptable' }
  if (typeFits)
    return new StatusError({
      ...refused,
      message: `only the following media types are accepted: ${MEDIA_TYPES}`,
    })
  const message = `406: Not Acceptable\n\nAvailable representations: ${MEDIA_TYPES}`
  return new StatusError({ ...refused, message, details: {} })
}
