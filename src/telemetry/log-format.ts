// One log line as text: `formatText` reads like logrus' text format, `formatJson` has logrus' JSON keys.
import { timeText } from '../types/time-text.ts'

/** What a line says beside its message: scalars only, so that no object (and no Secret in it) can slip in. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** A line before it is text. */
export interface LogLine {
  readonly level: string
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  readonly msg: string
  readonly fields: LogFields
}

/** Longer values are cut: an API error may quote an object of megabytes. */
const MAX_VALUE_LENGTH = 4096
/** What logrus writes without quotes. */
const BARE = /^[A-Za-z0-9\-._/@^+]+$/

/** `time="2026-11-21T10:00:00Z" level=info msg="..." key=value`, and always exactly one line. */
export function formatText({ level, timeMs, msg, fields }: LogLine): string {
  const pairs = [`time="${timeText(timeMs)}"`, `level=${level}`, `msg=${textValue(msg)}`]
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) pairs.push(`${key}=${textValue(value)}`)
  }
  return `${pairs.join(' ')}\n`
}

/** `{"level":"info","msg":"...","time":"...","key":"value"}`; a field cannot take the place of the three keys. */
export function formatJson({ level, timeMs, msg, fields }: LogLine): string {
  const line: Record<string, string | number | boolean> = { level, msg: cut(msg), time: timeText(timeMs) }
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue
    line[key in line ? `fields.${key}` : key] = typeof value === 'string' ? cut(value) : value
  }
  return `${JSON.stringify(line)}\n`
}

function textValue(value: string | number | boolean): string {
  const text = cut(String(value))
  return BARE.test(text) ? text : JSON.stringify(text)
}

function cut(text: string): string {
  if (text.length <= MAX_VALUE_LENGTH) return text
  return `${text.slice(0, MAX_VALUE_LENGTH)}... (${text.length - MAX_VALUE_LENGTH} more characters)`
}
