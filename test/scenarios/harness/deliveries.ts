// What a controller has been told of the cluster so far: by watch events and by lists.
import type { ApiRequest } from './api-request.ts'
import type { StoredObject } from './json.ts'
import { kindInfo } from './kinds.ts'

export interface Deliveries {
  noteLine(request: ApiRequest, line: string): void
  noteList(request: ApiRequest, answer: unknown): void
  /** True once this version of the object, or what came after it, was sent to the controller. */
  has(object: StoredObject): boolean
  /** True once a list or watch of this kind told of the cluster as it was at `resourceVersion` or later. */
  reached(kind: string, namespace: string, resourceVersion: string): boolean
}

export function createDeliveries(): Deliveries {
  /** The newest version of anything that was told, by plural and namespace ('' = all of them). */
  const newest = new Map<string, bigint>()

  function note({ resource, namespace }: ApiRequest, resourceVersion: string | undefined): void {
    if (resourceVersion === undefined || resourceVersion === '') return
    const key = `${resource}/${namespace}`
    const version = BigInt(resourceVersion)
    if (version > (newest.get(key) ?? -1n)) newest.set(key, version)
  }

  function reached(kind: string, namespace: string, resourceVersion: string): boolean {
    const { plural } = kindInfo(kind)
    const versions = [newest.get(`${plural}/${namespace}`), newest.get(`${plural}/`)]
    return versions.some((version) => version !== undefined && version >= BigInt(resourceVersion))
  }

  return {
    noteLine(request, line) {
      const event = parseEvent(line)
      if (event !== undefined && event.type !== 'ERROR') note(request, event.object.metadata.resourceVersion)
    },
    noteList(request, answer) {
      note(request, (answer as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion)
    },
    has: ({ kind, metadata }) => reached(kind, metadata.namespace ?? '', metadata.resourceVersion),
    reached,
  }
}

function parseEvent(line: string): { type: string; object: StoredObject } | undefined {
  try {
    return JSON.parse(line) as { type: string; object: StoredObject }
  } catch {
    return undefined
  }
}
