// POST selfsubjectaccessreviews and selfsubjectrulesreviews: whether whoever asks may do something, and what all they may
// do. Everybody known may ask, and nothing is stored.
import { invalidField } from '../object/field-problem.ts'
import { isObject, type JsonObject, objectAt, parseJson, textAt } from '../object/json.ts'
import type { Resource } from '../object/resources.ts'
import { invalid, methodNotAllowed } from '../object/status.ts'
import { jsonAnswer } from '../request/http-answer.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import { checkMediaType, readText } from '../write/read-body.ts'
import { authorize, mayReadPath, type User } from './rbac.ts'
import { rulesReview } from './rules-review.ts'

/** Not in the table of resources, because no object of it ever exists. */
const REVIEWS: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  singular: 'selfsubjectaccessreview',
  shortNames: [],
  categories: [],
  namespaced: false,
  subresources: [],
  generation: false,
  unconditionalUpdate: false,
  createOnUpdate: false,
  selectableFields: [],
}
const RULES_REVIEWS: Resource = {
  ...REVIEWS,
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  singular: 'selfsubjectrulesreview',
}
const ASKED = [REVIEWS, RULES_REVIEWS]

/** The request for a review, where the URL is that of reviews. Throws 405 for anything but a POST. */
export function parseReview(method: string, { pathname, searchParams }: URL): ResourceRequest | undefined {
  const resource = ASKED.find((each) => pathname === `/apis/${each.group}/${each.version}/${each.plural}`)
  if (resource === undefined) return undefined
  if (method !== 'POST') throw methodNotAllowed()
  return { verb: 'create', resource, namespace: '', name: '', subresource: '', params: searchParams }
}

/** Whether the request is one that `parseReview` made and `user` may make: the role system:basic-user of a real cluster. */
export function mayReview({ groups }: User, { resource }: ResourceRequest): boolean {
  return ASKED.includes(resource) && groups.includes('system:authenticated')
}

/** The answer to a request that `parseReview` made; undefined for any other. */
export function answerReview(
  info: ResourceRequest,
  request: Request,
  asked: { readonly store: ObjectStore; readonly user: User },
): Promise<Response> | undefined {
  if (info.resource === RULES_REVIEWS) return reviewRules(request, asked)
  return info.resource === REVIEWS ? review(request, asked) : undefined
}

async function reviewRules(
  request: Request,
  { store, user }: { readonly store: ObjectStore; readonly user: User },
): Promise<Response> {
  checkMediaType(request.headers.get('content-type'))
  return jsonAnswer(201, rulesReview(parseJson(await readText(request)), { store, user }))
}

async function review(
  request: Request,
  { store, user }: { readonly store: ObjectStore; readonly user: User },
): Promise<Response> {
  checkMediaType(request.headers.get('content-type'))
  const spec = objectAt(parseJson(await readText(request)), 'spec')
  checkSpec(spec)
  return jsonAnswer(201, {
    kind: REVIEWS.kind,
    apiVersion: `${REVIEWS.group}/${REVIEWS.version}`,
    metadata: {},
    spec: withoutEmpty(spec),
    status: { allowed: isAllowed(store, user, spec) },
  })
}

function isAllowed(store: ObjectStore, user: User, spec: JsonObject): boolean {
  if (!isObject(spec.resourceAttributes))
    return mayReadPath(user, textAt(spec, 'nonResourceAttributes', 'path'))
  const text = (field: string) => textAt(spec, 'resourceAttributes', field)
  const resource = { group: text('group'), plural: text('resource'), kind: '' }
  const request = { verb: text('verb'), namespace: text('namespace'), name: text('name') }
  return authorize(store, user, { ...request, resource, subresource: text('subresource') }) === undefined
}

/** The refusal names no kind, and fields as Go does: the real server checks before it encodes. */
function checkSpec({ resourceAttributes, nonResourceAttributes }: JsonObject): void {
  if ((resourceAttributes === undefined) !== (nonResourceAttributes === undefined)) return
  const path = textAt(nonResourceAttributes, 'path')
  const verb = textAt(nonResourceAttributes, 'verb')
  const problem =
    resourceAttributes === undefined
      ? invalidField('spec.resourceAttributes', null, `exactly one of ${BOTH} must be specified`)
      : invalidField('spec.nonResourceAttributes', { Path: path, Verb: verb }, NOT_TOGETHER)
  throw invalid({ group: REVIEWS.group, kind: '', name: '' }, [problem])
}

const BOTH = 'nonResourceAttributes or resourceAttributes'
const NOT_TOGETHER = 'cannot be specified in combination with resourceAttributes'

/** Attributes that are empty are those that are not there. */
function withoutEmpty(spec: JsonObject): JsonObject {
  const entries = Object.entries(spec).map(([field, attributes]) => [
    field,
    isObject(attributes)
      ? Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''))
      : attributes,
  ])
  return Object.fromEntries(entries) as JsonObject
}
