// The fields of a pod that its containers may read: env `fieldRef` and volumes of the downward API.
import type { ApiObject } from '../../object/api-object.ts'
import { valueAt } from '../../object/json.ts'

const BY_KEY = /^metadata\.(labels|annotations)\['([^']+)'\]$/
const WHOLE = /^metadata\.(labels|annotations)$/

/** The value of a field path; '' where the pod has none. */
export function fieldOf(pod: ApiObject, path: string): string {
  const [, map, key] = BY_KEY.exec(path) ?? []
  if (map !== undefined && key !== undefined) return String(valueAt(pod, 'metadata', map, key) ?? '')
  const [, all] = WHOLE.exec(path) ?? []
  if (all === 'labels' || all === 'annotations') return lines(pod.metadata[all] ?? {})
  return String(valueAt(pod, ...path.split('.')) ?? '')
}

function lines(members: Readonly<Record<string, string>>): string {
  return Object.entries(members)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n')
}
