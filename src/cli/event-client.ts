// Lets the Event recorder speak through the Kubernetes client.
import { ApiError, isDeniedByRbac, isNotFound } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import type { EventClient, EventWriteOutcome } from '../report/event-writer.ts'

const EVENTS = { group: '', version: 'v1', plural: 'events' } as const
const WRITE = { metadataOnly: true, timeoutMs: 10_000 } as const

/**
 * Events as requests to the API server. A refusal is an outcome; no answer, 401, 429 and 5xx are thrown, to be tried again.
 * `onForbidden` hears of what RBAC does not allow.
 */
export function createEventClient(
  client: Pick<KubeClient, 'create' | 'patch'>,
  onForbidden: () => void = () => {},
): EventClient {
  /** `missing`: what a 404 means. For a new Event it is the namespace that is not there. */
  async function outcomeOf(
    request: Promise<unknown>,
    missing: EventWriteOutcome,
  ): Promise<EventWriteOutcome> {
    try {
      await request
      return 'written'
    } catch (error) {
      if (isDeniedByRbac(error)) onForbidden()
      if (isNotFound(error)) return missing
      if (isRefusal(error)) return 'rejected'
      throw error
    }
  }

  return {
    createEvent: (event, signal) => outcomeOf(client.create(EVENTS, event, { ...WRITE, signal }), 'rejected'),
    patchEvent: ({ namespace, name, body }, signal) =>
      outcomeOf(
        client.patch(EVENTS, { namespace, name }, { ...WRITE, type: 'merge', body, signal }),
        'not_found',
      ),
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.code < 500 && error.code !== 401 && error.code !== 429
}
