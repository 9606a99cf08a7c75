// Flags that say how long something takes.
import { type Flag, type FlagRow, valueFlag } from './flag.ts'
import { parseDurationMs } from './flag-values.ts'

/** A Go duration, zero or more; its value is in milliseconds. An empty value means the default. */
export function durationFlag(row: FlagRow & { readonly default: string }): Flag<number> {
  return valueFlag({
    ...row,
    type: 'duration',
    default: parseDurationMs(row.default),
    defaultText: row.default,
    of: parseDurationMs,
  })
}
