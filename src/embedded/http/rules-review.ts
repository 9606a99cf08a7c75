// POST selfsubjectrulesreviews: everything that whoever asks may do in a namespace (`kubectl auth can-i --list`).
import { type Json, type JsonObject, listAt, objectAt, textAt } from '../object/json.ts'
import { badRequest } from '../object/status.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import { isMaster, rulesFor, type User } from './rbac.ts'

/** What everybody known may ask: the role system:basic-user of a real cluster. */
const BASIC: readonly JsonObject[] = [
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  },
]

const HEALTH = ['/healthz', '/livez', '/readyz', '/version', '/version/']
const DISCOVERY = ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*']
const PATHS: JsonObject = { verbs: ['get'], nonResourceURLs: [...DISCOVERY, ...HEALTH] }

/** The review with its status. Throws 400 where it names no namespace. */
export function rulesReview(
  body: Json | undefined,
  { store, user }: { readonly store: ObjectStore; readonly user: User },
): JsonObject {
  const namespace = textAt(objectAt(body, 'spec'), 'namespace')
  if (namespace === '') throw badRequest('no namespace on request')
  const master = isMaster(user)
  const rules = master
    ? [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]
    : rulesFor(store, user, namespace).filter((each) => listAt(each, 'nonResourceURLs').length === 0)
  const everyPath = { verbs: ['*'], nonResourceURLs: ['*'] }
  return {
    kind: 'SelfSubjectRulesReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: {},
    status: {
      resourceRules: [...BASIC, ...rules],
      nonResourceRules: master ? [PATHS, everyPath] : [PATHS],
      incomplete: false,
    },
  }
}
