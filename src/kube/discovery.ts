// Whether the API server knows a resource. Asked once for all who want to know it at about the same time: where namespaces are
// watched one by one, each of them does.
import { isForbidden, isNotFound } from './api-error.ts'
import type { CallOptions, KubeClient } from './client.ts'
import { isRecord } from './raw-object.ts'
import { discoveryPathOf } from './resource-path.ts'

/** GETs a path, and returns the answer as JSON. */
export type ReadPath = (path: string, options: CallOptions | undefined) => Promise<unknown>

/** An answer that is not older is as good as one of its own. */
const FRESH_MS = 1_000

/**
 * Guarantees: no answer was asked for more than a second before the question; a group and version that the server does not know
 * has no resource, one that it may not tell of could have. Other errors are those of `read`, shared like answers.
 */
export function createDiscovery(read: ReadPath): KubeClient['serves'] {
  const asked = new Map<string, { readonly atMs: number; readonly document: Promise<unknown> }>()

  function documentAt(path: string, options: CallOptions | undefined): Promise<unknown> {
    const known = asked.get(path)
    const now = performance.now()
    if (known !== undefined && now - known.atMs < FRESH_MS) return known.document
    const document = read(path, options)
    asked.set(path, { atMs: now, document })
    return document
  }

  return async function serves(resource, options) {
    try {
      return namesResource(await documentAt(discoveryPathOf(resource), options), resource.plural)
    } catch (error) {
      if (isNotFound(error)) return false
      // Where discovery is not for everybody, only the request itself can tell.
      if (isForbidden(error)) return true
      throw error
    }
  }
}

/** Whether an APIResourceList has a resource of that name. */
function namesResource(list: unknown, plural: string): boolean {
  const resources: unknown = isRecord(list) ? list.resources : undefined
  return Array.isArray(resources) && resources.some((each) => isRecord(each) && each.name === plural)
}
