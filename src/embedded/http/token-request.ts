// POST serviceaccounts/NAME/token: a bearer token for a ServiceAccount that exists.
import { storageKey } from '../object/api-object.ts'
import { type JsonObject, numberAt, objectAt, parseJson } from '../object/json.ts'
import { notFound } from '../object/status.ts'
import { toTime } from '../schema/scalar.ts'
import type { WriteRequest } from '../write/write-request.ts'
import type { Tokens } from './rbac.ts'

const AUDIENCE = 'https://kubernetes.default.svc.cluster.local'

/** The TokenRequest with its status. Throws 404 where the ServiceAccount does not exist. */
export function issueToken({ store, info, now }: WriteRequest, tokens: Tokens, text: string): JsonObject {
  const { resource, namespace, name } = info
  const account = store.get(resource, storageKey(namespace, name))
  if (account === undefined) throw notFound(resource, name)
  const spec = objectAt(parseJson(text), 'spec')
  const seconds = numberAt(spec, 'expirationSeconds') ?? 3600
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, uid: account.metadata.uid, creationTimestamp: toTime(now) },
    spec: { audiences: [AUDIENCE], ...spec, expirationSeconds: seconds, boundObjectRef: null },
    status: {
      token: tokens.issueServiceAccount(namespace, name),
      expirationTimestamp: toTime(new Date(now.getTime() + seconds * 1000)),
    },
  }
}
