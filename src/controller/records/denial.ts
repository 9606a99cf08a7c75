// When to believe a 403. A starting API server denies everything until it has read its roles.
import { isForbidden } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { Resource } from '../../kube/resource-path.ts'
import { delay } from '../../net/delay.ts'

export interface DenialOptions {
  readonly client: Pick<KubeClient, 'serves'>
  /** What the request is about. */
  readonly resource: Resource
  readonly signal: AbortSignal
}

const TRY_AGAIN_MS = 1_000
const MAX_TRIES = 30

/**
 * What `request` resolves with. It rejects with a 403 only where that came again after a second in which discovery was granted,
 * which everybody may ask for; or after half a minute. Other errors are those of `request`, at once.
 */
export async function unlessStarting<T>(request: () => Promise<T>, options: DenialOptions): Promise<T> {
  let hasRoles = false
  for (let tries = 1; ; tries += 1) {
    try {
      return await request()
    } catch (error) {
      if (!isForbidden(error) || hasRoles || tries === MAX_TRIES) throw error
    }
    hasRoles = await grantsDiscovery(options)
    await delay(TRY_AGAIN_MS, options.signal)
  }
}

/** Of another error than a 403 whoever asks next is told. */
async function grantsDiscovery({ client, resource, signal }: DenialOptions): Promise<boolean> {
  try {
    await client.serves(resource, { signal })
    return true
  } catch (error) {
    return !isForbidden(error)
  }
}
