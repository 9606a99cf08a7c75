// Which form of an object the client asked for: the object itself, or only its metadata.
import type { ApiObject } from '../object/api-object.ts'
import type { CustomRules } from '../object/custom-rules.ts'
import type { JsonObject } from '../object/json.ts'
import { apiVersionOf, type Resource } from '../object/resources.ts'
import { StatusError } from '../object/status.ts'
import { asRequested } from '../object/versions.ts'

const META = { apiVersion: 'meta.k8s.io/v1' }

/** How objects and lists are written for one request. */
export interface Form {
  readonly object: (object: ApiObject) => JsonObject
  readonly list: (items: readonly ApiObject[], metadata: JsonObject) => JsonObject
  /** The object of an event of a watch. */
  readonly event: (object: ApiObject) => JsonObject
}

/** The form that the Accept header asks for first among those that are served. Throws 406 where it names none. */
export function negotiateForm(accept: string | null, resource: Resource): Form {
  const clauses = (accept ?? '*/*').split(',').map(parseClause)
  for (const clause of clauses) {
    const makeForm = formOf(clause)
    if (makeForm !== undefined) return makeForm(resource)
  }
  throw notAcceptable(resource.custom !== undefined || clauses.some(({ type }) => isServed(type)))
}

type MakeForm = (resource: Resource) => Form

function wholeForm(resource: Resource): Form {
  return resource.custom === undefined ? typedForm(resource) : customForm(resource, resource.custom)
}

function typedForm(resource: Resource): Form {
  const head = { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource) }
  return {
    object: (object) => object,
    // Items of a typed list do not repeat its kind.
    list: (items, metadata) => ({
      ...head,
      metadata,
      items: items.map(({ kind: _, apiVersion: __, ...rest }) => rest),
    }),
    event: (object) => object,
  }
}

function customForm(resource: Resource, { listKind }: CustomRules): Form {
  const requested = (object: ApiObject) => asRequested(object, resource)
  return {
    object: requested,
    list: (items, metadata) => ({
      apiVersion: apiVersionOf(resource),
      items: items.map(requested),
      kind: listKind,
      metadata: { continue: '', ...metadata },
    }),
    event: requested,
  }
}

function metadataForm(): Form {
  return {
    object: partialObject,
    list: (items, metadata) => ({
      kind: 'PartialObjectMetadataList',
      ...META,
      metadata,
      items: items.map(partialObject),
    }),
    event: partialObject,
  }
}

function partialObject({ metadata }: ApiObject): JsonObject {
  return { kind: 'PartialObjectMetadata', ...META, metadata }
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

function formOf({ type, parameters }: Clause): MakeForm | undefined {
  if (!isServed(type)) return undefined
  const as = parameters.get('as')
  if (as === undefined) return wholeForm
  const known = as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList'
  return known && parameters.get('g') === 'meta.k8s.io' && parameters.get('v') === 'v1'
    ? metadataForm
    : undefined
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
