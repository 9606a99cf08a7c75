// Which verbs a resource and its subresources are served with, and what a subresource answers.
import type { Resource } from './resources.ts'

const EVERY_VERB = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
/** Custom resources tell theirs in an order of their own. */
const CUSTOM_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']

/** The verbs of a resource, in the order in which discovery tells them. */
export function verbsOf({ kind, custom, group }: Resource): readonly string[] {
  if (custom !== undefined) return CUSTOM_VERBS
  if (group === 'authorization.k8s.io') return ['create']
  return kind === 'Namespace' ? EVERY_VERB.filter((each) => each !== 'deletecollection') : EVERY_VERB
}

/** What a subresource is of; without a group it is of that of the resource. */
export interface Subresource {
  readonly verbs: readonly string[]
  readonly kind?: string
  readonly group?: string
  readonly version?: string
}

const SUBRESOURCES: Readonly<Record<string, Subresource>> = {
  finalize: { verbs: ['update'] },
  log: { verbs: ['get'] },
  proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'PodProxyOptions' },
  scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
  status: { verbs: ['get', 'patch', 'update'] },
  token: { verbs: ['create'], kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1' },
}

/** Throws a RangeError for a name that no resource has. */
export function subresourceOf(name: string): Subresource {
  const found = SUBRESOURCES[name]
  if (found === undefined) throw new RangeError(`Cannot find the subresource ${name}: it is not in the table`)
  return found
}
