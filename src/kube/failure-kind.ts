// What an error of a list or a watch means to a reflector.
import { isBadRequest, isExpired, isForbidden, isInvalid, isNotFound } from './api-error.ts'
import type { FailureKind } from './reflector-state.ts'

/** A watch on which nothing came for too long. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError'
}

/** The kind of failure that `error` is. */
export function failureKind(error: Error): FailureKind {
  if (error instanceof SilenceError) return 'silent'
  if (isExpired(error)) return 'expired'
  if (isForbidden(error)) return 'forbidden'
  if (isNotFound(error)) return 'missing'
  if (isBadRequest(error) || isInvalid(error)) return 'unsupported'
  return 'other'
}
