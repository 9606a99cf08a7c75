import { type ApiAccess, callApi } from './api.ts'
import { until } from './until.ts'

interface Condition {
  readonly type: string
  readonly status: string
}

interface Node {
  readonly status: { readonly conditions?: readonly Condition[] }
}

/** Creates `count` nodes, `node-1` and up, and resolves when kwok has made them ready. */
export async function createNodes(access: ApiAccess, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `node-${index + 1}`)
  await Promise.all(names.map((name) => createNode(access, name)))
}

async function createNode(access: ApiAccess, name: string): Promise<void> {
  const body = { metadata: { name, labels: { 'kubernetes.io/hostname': name } } }
  const { status } = await callApi(access, '/api/v1/nodes', { method: 'POST', body })
  if (status !== 201) throw new Error(`Cannot create ${name}: the API server answered ${status}`)
  await until(() => isReady(access, name), { what: `${name} becoming ready` })
}

async function isReady(access: ApiAccess, name: string): Promise<boolean> {
  const { body } = await callApi<Node>(access, `/api/v1/nodes/${name}`)
  return body.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
}

/** Resolves when the controllers act: the first sign is the ServiceAccount that one of them gives to every namespace. */
export async function controllersWork(access: ApiAccess): Promise<void> {
  const path = '/api/v1/namespaces/default/serviceaccounts/default'
  await until(async () => (await callApi(access, path)).status === 200, {
    what: 'The first act of the controllers',
  })
}
