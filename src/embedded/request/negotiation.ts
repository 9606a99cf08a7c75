// Which form of an object the client asked for: the object itself, only its metadata, or a row of a table.
import type { ApiObject } from '../object/api-object.ts'
import type { CustomRules } from '../object/custom-rules.ts'
import type { JsonObject } from '../object/json.ts'
import { apiVersionOf, type Resource } from '../object/resources.ts'
import { StatusError } from '../object/status.ts'
import { asRequested } from '../object/versions.ts'
import { createTables, parseIncludeObject } from '../print/table.ts'

const META = { apiVersion: 'meta.k8s.io/v1' }

/** How objects and lists are written for one request. */
export interface Form {
  readonly object: (object: ApiObject) => JsonObject
  readonly list: (items: readonly ApiObject[], metadata: JsonObject) => JsonObject
  /** The object of an event of a watch. */
  readonly event: (object: ApiObject) => JsonObject
}

export interface FormOptions {
  readonly resource: Resource
  readonly params: URLSearchParams
  /** The clock by which ages are told. */
  readonly now: () => Date
}

/**
 * The form that the Accept header asks for first among those that are served. Throws 406 where it names none, and 400 for
 * options of a Table that cannot be.
 */
export function negotiateForm(accept: string | null, options: FormOptions): Form {
  const clauses = (accept ?? '*/*').split(',').map(parseClause)
  for (const clause of clauses) {
    const makeForm = formOf(clause)
    if (makeForm !== undefined) return makeForm(options)
  }
  throw notAcceptable(options.resource.custom !== undefined || clauses.some(({ type }) => isServed(type)))
}

type MakeForm = (options: FormOptions) => Form

function wholeForm({ resource }: FormOptions): Form {
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

/** Only the first event of a watch tells the columns. */
function tableForm({ resource, params, now }: FormOptions): Form {
  const includeObject = parseIncludeObject(params.get('includeObject'))
  const { table } = createTables({ resource, includeObject, now })
  const single = (object: ApiObject, columns = true) =>
    table([object], { metadata: { resourceVersion: object.metadata.resourceVersion }, columns })
  let told = false
  return {
    object: (object) => single(object),
    list: (items, metadata) => table(items, { metadata }),
    event(object) {
      const columns = !told
      told = true
      return single(object, columns)
    },
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

/** Throws 406 where the Accept header does not name the plain form, which is the only one that some paths have. */
export function checkPlain(accept: string | null): void {
  const clauses = (accept ?? '*/*').split(',').map(parseClause)
  if (clauses.some((each) => formOf(each) === wholeForm)) return
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

function formOf({ type, parameters }: Clause): MakeForm | undefined {
  if (!isServed(type)) return undefined
  const as = parameters.get('as')
  if (as === undefined) return wholeForm
  if (parameters.get('g') !== 'meta.k8s.io' || parameters.get('v') !== 'v1') return undefined
  if (as === 'Table') return tableForm
  return as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList' ? metadataForm : undefined
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
