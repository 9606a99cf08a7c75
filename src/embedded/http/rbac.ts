// Who a request comes from and what they may do: bearer tokens, and the roles and bindings in the store.
import { randomBytes } from 'node:crypto'
import { type ApiObject, storageKey } from '../object/api-object.ts'
import { type Json, type JsonObject, listAt, objectAt, textAt } from '../object/json.ts'
import { type Resource, resourceOf } from '../object/resources.ts'
import { forbidden, type StatusError, unauthorized } from '../object/status.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import type { ObjectStore } from '../storage/object-store.ts'

export interface User {
  readonly name: string
  readonly groups: readonly string[]
}

const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }
const MASTERS = 'system:masters'

/** Whether a user may read a path that names no resource: health and versions everybody, discovery everybody known. */
export function mayReadPath({ groups }: User, path: string): boolean {
  if (groups.includes(MASTERS) || /^\/(healthz|livez|readyz|version\/?)$/.test(path)) return true
  return groups.includes('system:authenticated') && /^\/(apis?|openapi)(\/|$)/.test(path)
}

export interface Tokens {
  /** Makes a token of a user who may do everything. */
  readonly issueAdmin: () => string
  /** Makes a token of a ServiceAccount, whether it exists or not. */
  readonly issueServiceAccount: (namespace: string, name: string) => string
  /** The user of an Authorization header. Throws 401 for a token that was not issued here. */
  readonly authenticate: (authorization: string | null) => User
}

export function createTokens(): Tokens {
  const users = new Map<string, User>()
  function issue(user: User): string {
    const token = randomBytes(24).toString('base64url')
    users.set(token, { ...user, groups: [...user.groups, 'system:authenticated'] })
    return token
  }
  return {
    issueAdmin: () => issue({ name: 'admin', groups: [MASTERS] }),
    issueServiceAccount: (namespace, name) =>
      issue({
        name: `system:serviceaccount:${namespace}:${name}`,
        groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
      }),
    authenticate(authorization) {
      const [, token] = /^Bearer\s+(\S+)$/i.exec(authorization ?? '') ?? []
      if (token === undefined) return ANONYMOUS
      const user = users.get(token)
      if (user === undefined) throw unauthorized()
      return user
    },
  }
}

/** What RBAC looks at. */
export interface AccessRequest extends Pick<ResourceRequest, 'namespace' | 'name' | 'subresource'> {
  readonly verb: string
  readonly resource: Pick<Resource, 'group' | 'kind' | 'plural'>
}

/** Whether the user may do everything, whatever the roles say. */
export function isMaster({ groups }: User): boolean {
  return groups.includes(MASTERS)
}

/** Undefined where the user may do what the request asks for, else the refusal in the words of the real server. */
export function authorize(store: ObjectStore, user: User, request: AccessRequest): StatusError | undefined {
  if (isMaster(user)) return undefined
  const allowed = rulesFor(store, user, namespaceOf(request)).some((rule) => allows(rule, request))
  return allowed ? undefined : denial(user, request)
}

/** A namespace itself is within itself. */
function namespaceOf({ resource, namespace, name }: AccessRequest): string {
  return resource.kind === 'Namespace' ? name : namespace
}

function denial(user: User, request: AccessRequest): StatusError {
  const { verb, resource, subresource, name } = request
  const namespace = namespaceOf(request)
  const what = subresource === '' ? resource.plural : `${resource.plural}/${subresource}`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`
  return forbidden(
    resource,
    name,
    `User "${user.name}" cannot ${verb} resource "${what}" in API group "${resource.group}" ${where}`,
  )
}

function allows(rule: Json, { verb, resource, subresource, name }: AccessRequest): boolean {
  const within = (key: string, value: string) => {
    const values = listAt(rule, key)
    return values.includes('*') || values.includes(value)
  }
  const names = listAt(rule, 'resourceNames')
  const target = subresource === '' ? resource.plural : `${resource.plural}/${subresource}`
  const inAny = subresource !== '' && listAt(rule, 'resources').includes(`*/${subresource}`)
  return (
    within('verbs', verb) &&
    within('apiGroups', resource.group) &&
    (within('resources', target) || inAny) &&
    (names.length === 0 || names.includes(name))
  )
}

/** The rules of every role that is bound to the user, everywhere or in the namespace. */
export function rulesFor(store: ObjectStore, user: User, namespace: string): readonly Json[] {
  const everywhere = store.list(resourceOf('ClusterRoleBinding'))
  const here = namespace === '' ? [] : store.list(resourceOf('RoleBinding'), { namespace })
  return [...everywhere, ...here]
    .filter((binding) => binds(binding, user))
    .flatMap((binding) => rulesOfRole(store, binding))
}

function binds(binding: ApiObject, user: User): boolean {
  return listAt(binding, 'subjects').some((subject) => {
    const name = textAt(subject, 'name')
    switch (textAt(subject, 'kind')) {
      case 'User':
        return user.name === name
      case 'Group':
        return user.groups.includes(name)
      default:
        return user.name === `system:serviceaccount:${textAt(subject, 'namespace')}:${name}`
    }
  })
}

function rulesOfRole(store: ObjectStore, binding: ApiObject): readonly Json[] {
  const role: JsonObject = objectAt(binding, 'roleRef')
  const kind = textAt(role, 'kind') === 'Role' ? 'Role' : 'ClusterRole'
  const namespace = kind === 'Role' ? binding.metadata.namespace : undefined
  return listAt(store.get(resourceOf(kind), storageKey(namespace, textAt(role, 'name'))), 'rules')
}
