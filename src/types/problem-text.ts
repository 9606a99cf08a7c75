// Whatever was thrown, in words.

/** The text of an error on one line; of several tries (an AggregateError) that of the first. */
export function problemText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.errors.length > 0) return problemText(error.errors[0])
  return error.message.trim().replaceAll(/\s*\n\s*/g, '; ')
}
