// The form of the table: a name, and requests that may depend on the answers before.
import type { Answer, Exchange, Json } from './exchange.ts'
import type { Ignored } from './normalise.ts'

/** A request, one made from the answers before, or something done to the cluster, which has no answer. */
export type Step = Exchange | ((answers: readonly Answer[]) => Exchange) | Condition | 'compact'

/** Asked again and again until it holds; its answers are not compared. */
export interface Condition {
  readonly until: Exchange
  readonly holds: (answer: Answer) => boolean
}

export interface ContractCase {
  readonly name: string
  readonly steps: readonly Step[]
  readonly ignored?: Ignored
  /** Waits over a second before every step, so that times can be told apart, and compares their order. */
  readonly timed?: boolean
}

/** A member of an earlier answer, as text; fails the case where it is not there. */
export function from(answers: readonly Answer[], at: number, ...path: readonly (string | number)[]): string {
  let value: Json | undefined = answers.at(at)?.body
  for (const key of path) value = (value as Record<string | number, Json> | undefined)?.[key]
  if (value === undefined)
    throw new Error(`Cannot find ${path.join('.')} in answer ${at}: ${JSON.stringify(answers.at(at))}`)
  return String(value)
}

export const CONFIG_MAPS = '/api/v1/namespaces/{ns}/configmaps'
export const SECRETS = '/api/v1/namespaces/{ns}/secrets'
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/{ns}/deployments'

export function get(path: string, headers: Readonly<Record<string, string>> = {}): Exchange {
  return { method: 'GET', path, headers }
}

export function post(path: string, body: Json): Exchange {
  return { method: 'POST', path, body }
}

export function put(path: string, body: Json): Exchange {
  return { method: 'PUT', path, body }
}

export function remove(path: string, body?: Json): Exchange {
  return { method: 'DELETE', path, ...(body === undefined ? {} : { body }) }
}

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

export function patch(type: keyof typeof PATCH_TYPES, path: string, body: Json): Exchange {
  return { method: 'PATCH', path, body, headers: { 'content-type': PATCH_TYPES[type] } }
}

/** A ConfigMap of the case's namespace. */
export function configMap(name: string, members: { readonly [key: string]: Json } = {}): Json {
  const { metadata = {}, ...rest } = members
  return {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    data: { a: '1' },
    ...rest,
    metadata: { name, ...(metadata as object) },
  }
}

/** A Deployment that no controller acts on. */
export function deployment(name: string, members: { readonly [key: string]: Json } = {}): Json {
  const { metadata = {}, spec = {}, ...rest } = members
  const labels = { app: name }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'nginx' }] } }
  return {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    ...rest,
    metadata: { name, ...(metadata as object) },
    spec: { replicas: 0, paused: true, selector: { matchLabels: labels }, template, ...(spec as object) },
  }
}
