// One call of the webhook for one changed config. Whether and how often it is called is decided by who calls it.
import type { ConfigRef } from '../types/config.ts'
import type { Reason } from '../types/plan.ts'
import type { Post } from './post.ts'

/** What changed. The same uid and resourceVersion twice is the same change told again. */
export interface WebhookCall {
  readonly config: ConfigRef
  readonly uid: string
  /** Undefined: the config was deleted. */
  readonly resourceVersion?: string | undefined
  readonly reason: Reason
  /** Names of the keys that changed; empty where they are not known. */
  readonly changedKeys: readonly string[]
}

/** Resolves once the receiver has taken the call (2xx); rejects with a `PostError` or the reason of the signal. */
export type Webhook = (call: WebhookCall, signal: AbortSignal) => Promise<void>

/** Where the webhook is. */
export interface WebhookOptions {
  readonly url: URL
  readonly post: Post
  readonly onCall?: (call: WebhookCall, outcome: { readonly error?: unknown }) => void
}

/** A webhook that is called by calling it. */
export function createWebhook({ url, post, onCall = () => {} }: WebhookOptions): Webhook {
  return async (call, signal) => {
    try {
      await post({ url, contentType: 'application/json', body: webhookBody(call) }, signal)
    } catch (error) {
      if (!signal.aborted) onCall(call, { error })
      throw error
    }
    onCall(call, {})
  }
}

/** The incumbent's whole body is its first field; the rest is ours. Names only, never content. */
function webhookBody({ config, uid, resourceVersion, reason, changedKeys }: WebhookCall): string {
  const { kind, namespace, name } = config
  return JSON.stringify({
    webhook: 'update successful',
    reason,
    config: { kind, namespace, name, uid, resourceVersion },
    changedKeys,
  })
}
