// Asks the API server what our credentials may do: SelfSubjectAccessReviews (authorization.k8s.io/v1), which store nothing.
import type { Connection } from './connection.ts'
import { isRecord, parseJson } from './raw-object.ts'
import { pathOf } from './resource-path.ts'
import { createTransport, readText } from './transport.ts'

/** What somebody wants to do. */
export interface Access {
  readonly verb: string
  readonly group: string
  /** The plural. */
  readonly resource: string
  /** Empty: in the whole cluster. */
  readonly namespace: string
  /** Empty: to any object. */
  readonly name: string
}

/** Asks; and can do nothing else. */
export interface AccessReview {
  /** Whether we may. Rejects like a request of the client where the API server does not answer the question. */
  may(access: Access, signal: AbortSignal): Promise<boolean>
  close(): void
}

/** How to ask. */
export interface AccessReviewOptions {
  readonly connection: Connection
  readonly userAgent: string
}

const REVIEWS = { group: 'authorization.k8s.io', version: 'v1', plural: 'selfsubjectaccessreviews' } as const
const TIMEOUT_MS = 30_000

/** Contacts nobody before it is asked something. */
export function createAccessReview({ connection, userAgent }: AccessReviewOptions): AccessReview {
  const transport = createTransport({ connection, userAgent })
  return {
    async may(resourceAttributes, signal) {
      const { group, version } = REVIEWS
      const review = {
        apiVersion: `${group}/${version}`,
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      }
      const request = {
        verb: 'create',
        method: 'POST',
        path: pathOf(REVIEWS, {}),
        contentType: 'application/json',
        body: JSON.stringify(review),
      } as const
      const read = async (body: Parameters<typeof readText>[0]) => parseJson(await readText(body))
      return isAllowed(await transport.call(request, { signal, timeoutMs: TIMEOUT_MS, read }))
    },
    close: () => transport.close(),
  }
}

function isAllowed(review: unknown): boolean {
  const status = isRecord(review) ? review.status : undefined
  if (!isRecord(status) || typeof status.allowed !== 'boolean')
    throw new TypeError('Cannot read a SelfSubjectAccessReview: it has no status.allowed')
  return status.allowed
}
