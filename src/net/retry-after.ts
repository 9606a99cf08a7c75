// How long the other side asks to wait.

/** The header Retry-After in milliseconds from now: seconds, or a date (RFC 9110 10.2.3). Undefined where it says neither. */
export function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}
