// Which ConfigMaps and Secrets a pod mentions, wherever in its spec.
import type { ApiObject } from '../../object/api-object.ts'
import { isList, isObject, type Json, objectAt } from '../../object/json.ts'
import type { ConfigKind } from './config-lookup.ts'

/** The members of a pod's spec that name a config, and the one that holds its name. */
const MEMBERS: Readonly<Record<string, readonly [ConfigKind, string]>> = {
  configMap: ['ConfigMap', 'name'],
  configMapRef: ['ConfigMap', 'name'],
  configMapKeyRef: ['ConfigMap', 'name'],
  secret: ['Secret', 'secretName'],
  secretRef: ['Secret', 'name'],
  secretKeyRef: ['Secret', 'name'],
}

export interface NamedConfig {
  readonly kind: ConfigKind
  readonly name: string
}

/** Whether the pod has a reference to the config in its volumes or containers. */
export function mentions({ spec }: ApiObject, config: NamedConfig): boolean {
  const { volumes = [], containers = [], initContainers = [] } = objectAt(spec)
  return names([volumes, containers, initContainers], config)
}

function names(value: Json, config: NamedConfig): boolean {
  if (isList(value)) return value.some((each) => names(each, config))
  if (!isObject(value)) return false
  return Object.entries(value).some(([key, member]) => {
    if (member === undefined || typeof member !== 'object') return false
    const [kind, nameKey] = MEMBERS[key] ?? []
    const named = objectAt(member)
    // The Secret of a projected source has its name elsewhere.
    const name = named[nameKey ?? ''] ?? named.name
    return (kind === config.kind && name === config.name) || names(member, config)
  })
}
