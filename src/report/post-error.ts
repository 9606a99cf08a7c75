// Why a message was not taken, in words that hold no secret: the origin of the URL, a status, a reason of the network.
import { retryAfterMs } from '../net/retry-after.ts'

/** What the other side answered instead of taking the message. */
export interface Refusal {
  readonly status: number
  /** The header Retry-After, as it came. */
  readonly retryAfter?: string | undefined
}

/** Nobody is made to wait for longer, whatever the other side asks for. */
const MAX_RETRY_AFTER_MS = 60_000

/** The message was not taken. */
export class PostError extends Error {
  override readonly name = 'PostError'
  /** The same message will not be taken later either: a redirect, or a status from 400 to 499 that is not about time. */
  readonly final: boolean
  /** How long the other side asks to wait before the next attempt; 0 where it does not say. */
  readonly retryAfterMs: number

  constructor({ origin }: URL, why: Refusal | string, options?: ErrorOptions) {
    super(`Cannot post to ${origin}: ${typeof why === 'string' ? why : wordsFor(why)}`, options)
    this.final = typeof why !== 'string' && isFinal(why)
    const askedMs = typeof why === 'string' ? undefined : retryAfterMs(why.retryAfter)
    this.retryAfterMs = Math.min(askedMs ?? 0, MAX_RETRY_AFTER_MS)
  }
}

function wordsFor({ status }: Refusal): string {
  const redirect = status >= 300 && status < 400
  return `it answered ${status}${redirect ? ', a redirect, which is not followed' : ''}`
}

/** 408, 425 and 429 ask for patience; other answers below 500 say that the message or its address is wrong. */
function isFinal({ status }: Refusal): boolean {
  return status < 500 && ![408, 425, 429].includes(status)
}
