// Times as Kubernetes writes them.

/** RFC 3339 in whole seconds, what is beyond cut off: `2026-11-21T10:00:00Z`. `timeMs` counts from 1970. */
export function timeText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`
}
