// A ServiceAccount with exactly the rights that are named, and a kubeconfig with a token of it.
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cluster, PolicyRule } from '../scenarios/cluster.ts'
import { type ApiAccess, callApi } from './api.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { until } from './until.ts'

/** What a ServiceAccount is to be called and may do. */
export type ServiceAccountOptions = Parameters<Cluster['controllerKubeconfig']>[0]

const RBAC = '/apis/rbac.authorization.k8s.io/v1'

/**
 * Makes the namespace if need be, the ServiceAccount, its roles and bindings, and returns a kubeconfig file in `directory`.
 * Resolves when the API server's authorizer, which reads roles through a watch, knows every rule. The token is good for a day.
 */
export async function createServiceAccount(
  access: ApiAccess,
  directory: string,
  options: ServiceAccountOptions,
): Promise<string> {
  const { namespace, name } = options
  await create(access, '/api/v1/namespaces', { metadata: { name: namespace } })
  await create(access, `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } })
  await grant(access, options)
  await rulesApply(access, options)
  const token = await requestToken(access, options)
  const own = await mkdtemp(join(directory, `${namespace}-${name}-`))
  return writeKubeconfig(join(own, 'kubeconfig'), { ...access, token })
}

async function grant(
  access: ApiAccess,
  { namespace, name, clusterRules, namespaceRules }: ServiceAccountOptions,
): Promise<void> {
  const subjects = [{ kind: 'ServiceAccount', name, namespace }]
  const everywhere = `${namespace}:${name}`
  await put(access, `${RBAC}/clusterroles`, { metadata: { name: everywhere }, rules: clusterRules })
  await put(access, `${RBAC}/clusterrolebindings`, {
    metadata: { name: everywhere },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: everywhere },
    subjects,
  })
  await put(access, `${RBAC}/namespaces/${namespace}/roles`, { metadata: { name }, rules: namespaceRules })
  await put(access, `${RBAC}/namespaces/${namespace}/rolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects,
  })
}

async function rulesApply(access: ApiAccess, options: ServiceAccountOptions): Promise<void> {
  const attributes = [
    ...options.clusterRules.flatMap((rule) => attributesOf(rule, undefined)),
    ...options.namespaceRules.flatMap((rule) => attributesOf(rule, options.namespace)),
  ]
  for (const resourceAttributes of attributes) {
    await until(
      () =>
        isAllowed(access, `system:serviceaccount:${options.namespace}:${options.name}`, resourceAttributes),
      {
        what: `${options.namespace}/${options.name} being allowed to ${JSON.stringify(resourceAttributes)}`,
      },
    )
  }
}

interface ResourceAttributes {
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly verb: string
  readonly name: string
  readonly namespace: string
}

/** One request that the rule allows, of its many: the authorizer sees a role whole or not at all. */
function attributesOf(rule: PolicyRule, namespace: string | undefined): ResourceAttributes[] {
  const [group = ''] = rule.apiGroups
  const [resource = '', subresource = ''] = rule.resources[0]?.split('/') ?? []
  const [verb] = rule.verbs
  if (verb === undefined || resource === '') return []
  return [
    { group, resource, subresource, verb, name: rule.resourceNames?.[0] ?? '', namespace: namespace ?? '' },
  ]
}

async function isAllowed(
  access: ApiAccess,
  user: string,
  resourceAttributes: ResourceAttributes,
): Promise<boolean> {
  const review = { spec: { user, resourceAttributes } }
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews'
  const answer = await callApi<{ status: { allowed: boolean } }>(access, path, {
    method: 'POST',
    body: review,
  })
  return answer.status === 201 && answer.body.status.allowed
}

async function requestToken(access: ApiAccess, { namespace, name }: ServiceAccountOptions): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
  const body = { spec: { expirationSeconds: 86_400 } }
  const answer = await callApi<{ status: { token: string } }>(access, path, { method: 'POST', body })
  if (answer.status !== 201) throw refusal('POST', path, answer)
  return answer.body.status.token
}

interface Named {
  readonly metadata: { readonly name: string }
  readonly [field: string]: unknown
}

/** Creates the object; one that exists already will do. */
async function create(access: ApiAccess, collection: string, object: Named): Promise<void> {
  const answer = await callApi(access, collection, { method: 'POST', body: object })
  if (answer.status !== 201 && answer.status !== 409) throw refusal('POST', collection, answer)
}

/** Creates the object, or replaces what was there under its name. */
async function put(access: ApiAccess, collection: string, object: Named): Promise<void> {
  const path = `${collection}/${object.metadata.name}`
  const answer = await callApi(access, path, { method: 'PUT', body: object })
  if (answer.status !== 200 && answer.status !== 201) throw refusal('PUT', path, answer)
}

function refusal(method: string, path: string, answer: { status: number; body: unknown }): Error {
  return new Error(`Cannot ${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
}
