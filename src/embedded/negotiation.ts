// Which form of an object the client asked for: the object itself, or only its metadata.
import type { ApiObject } from './api-object.ts'
import type { JsonObject } from './json.ts'
import { apiVersionOf, type Resource } from './resources.ts'
import { StatusError } from './status.ts'

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
  for (const clause of (accept ?? '*/*').split(',')) {
    const form = formOf(clause)
    if (form !== undefined) return form
  }
  throw notAcceptable()
}

function formOf(clause: string): Form | undefined {
  const [type = '', ...parameters] = clause.split(';').map((each) => each.trim())
  if (!['application/json', 'application/*', '*/*', ''].includes(type)) return undefined
  const given = new Map(parameters.map((each) => [each.split('=')[0], each.split('=')[1]]))
  const as = given.get('as')
  if (as === undefined) return WHOLE
  const known = as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList'
  return known && given.get('g') === 'meta.k8s.io' && given.get('v') === 'v1' ? METADATA : undefined
}

function notAcceptable(): StatusError {
  return new StatusError({
    code: 406,
    reason: 'NotAcceptable',
    message: 'only the following media types are accepted: application/json',
  })
}
