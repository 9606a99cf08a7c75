// LIST: which version of the collection is answered, and in which pieces.
import type { ApiObject } from '../object/api-object.ts'
import { keyOf } from '../object/api-object.ts'
import { isObject, type Json, type JsonObject } from '../object/json.ts'
import { badRequest, expired, StatusError } from '../object/status.ts'
import type { Form } from '../request/negotiation.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import { parseSelectors } from '../schema/selectors.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import { checkListOptions, type ListOptions, parseListOptions, versionProblem } from './list-options.ts'

/** The body of the answer to a list request. */
export function listObjects(store: ObjectStore, info: ResourceRequest, form: Form): JsonObject {
  const options = parseListOptions(info.params)
  checkListOptions(options)
  const { items, metadata } = pageOf(store, info, options)
  return form.list(items, metadata)
}

interface Page {
  readonly items: readonly ApiObject[]
  readonly metadata: JsonObject
}

function pageOf(store: ObjectStore, info: ResourceRequest, options: ListOptions): Page {
  const place = startOf(store, options)
  const all = readRange(store, info, { ...place, continued: options.continueToken !== '' })
  const rest = place.after === '' ? all : all.filter((each) => keyOf(each) > place.after)
  const limit = options.resourceVersion === '0' ? 0 : options.limit
  const selected = rest.filter(parseSelectors(info.params, info.resource))
  const items = limit > 0 ? selected.slice(0, limit) : selected
  const metadata = { resourceVersion: String(place.revision) }
  const last = items.at(-1)
  if (last === undefined || items.length === selected.length) return { items, metadata }
  const remaining = isSelective(info.params) ? {} : { remainingItemCount: rest.length - items.length }
  const token = encodeToken({ revision: place.revision, after: keyOf(last) })
  return { items, metadata: { ...metadata, continue: token, ...remaining } }
}

interface ReadPlace extends ContinuePlace {
  readonly continued: boolean
}

/** A list that is continued too late is told how it can go on all the same. */
function readRange(
  store: ObjectStore,
  info: ResourceRequest,
  { revision, after, continued }: ReadPlace,
): readonly ApiObject[] {
  try {
    return store.list(info.resource, {
      revision,
      ...(info.namespace === '' ? {} : { namespace: info.namespace }),
    })
  } catch (error) {
    throw continued && error instanceof StatusError && error.code === 410 ? expiredContinue(after) : error
  }
}

/** How many are left is only known where nothing is filtered out. */
function isSelective(params: URLSearchParams): boolean {
  return (params.get('labelSelector') ?? '') !== '' || (params.get('fieldSelector') ?? '') !== ''
}

/** A place in a list: the version it is taken from and the storage key of the last item already sent. */
interface ContinuePlace {
  readonly revision: number
  readonly after: string
}

function startOf(store: ObjectStore, options: ListOptions): ContinuePlace {
  const { continueToken, resourceVersion } = options
  const problem = versionProblem(resourceVersion)
  if (problem !== undefined) throw badRequest(`invalid resource version: ${problem}`)
  const now = store.revision()
  if (continueToken !== '') {
    if (resourceVersion !== '' && resourceVersion !== '0') {
      throw badRequest('specifying resource version is not allowed when using continue')
    }
    const place = decodeToken(continueToken)
    return place.revision < 0 ? { ...place, revision: now } : place
  }
  const asked = Number(resourceVersion)
  if (asked > now) throw tooLarge(asked, now)
  return { revision: isExact(options) ? asked : now, after: '' }
}

/** Without a match, a version together with a limit means exactly that version. */
function isExact({ resourceVersion, resourceVersionMatch, limit }: ListOptions): boolean {
  if (resourceVersion === '' || resourceVersion === '0') return false
  return resourceVersionMatch === 'Exact' || (resourceVersionMatch === '' && limit > 0)
}

/** The client asks for a state that does not exist yet. */
export function tooLarge(asked: number, now: number): StatusError {
  return new StatusError({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${asked}, current: ${now}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  })
}

const TOKEN_VERSION = 'meta.k8s.io/v1'
/** The least that can follow a key. */
const NEXT = '\u0000'

function encodeToken({ revision, after }: ContinuePlace): string {
  const token = { v: TOKEN_VERSION, rv: revision, start: after + NEXT }
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

function decodeToken(text: string): ContinuePlace {
  const token = parseToken(text)
  if (token === undefined) throw invalidToken(notJson(text))
  if (!isObject(token) || typeof token.rv !== 'number' || typeof token.start !== 'string') {
    throw invalidToken('incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  }
  if (token.v !== TOKEN_VERSION) {
    throw invalidToken('server does not recognize this encoded version')
  }
  return { revision: token.rv, after: token.start.endsWith(NEXT) ? token.start.slice(0, -1) : token.start }
}

function invalidToken(why: string): StatusError {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`)
}

/** What Go's decoder says of the first byte of a token that is no JSON. */
function notJson(text: string): string {
  const [first] = Buffer.from(text, 'base64url').toString('latin1')
  if (first === undefined || first === '{') return 'unexpected end of JSON input'
  const printed =
    first < ' ' || first > '~' ? `\\u00${first.charCodeAt(0).toString(16).padStart(2, '0')}` : first
  return `invalid character '${printed}' looking for beginning of value`
}

function parseToken(text: string): Json | undefined {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

const CONTINUE_TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.'

/** 410 with a token that goes on from the same place in the present state. */
function expiredContinue(after: string): StatusError {
  const token = encodeToken({ revision: -1, after })
  return expired(CONTINUE_TOO_OLD, { continue: token })
}
