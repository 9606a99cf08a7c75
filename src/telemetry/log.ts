// Structured log lines on stderr: logrus-like text or JSON, bounded in rate and length, and never waiting for the reader.
import { createLineBudget } from './line-budget.ts'
import { createLineWriter, type LineWriter, writeToStderr } from './line-writer.ts'
import { formatJson, formatText, type LogFields } from './log-format.ts'

/** From the most to the least talkative; logrus' names, which the incumbent's flag and lines use. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'fatal', 'panic'] as const
/** One of those names. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** `text` reads like logrus' text format, `json` has its keys. */
export const LOG_FORMATS = ['text', 'json'] as const
/** One of those names. */
export type LogFormat = (typeof LOG_FORMATS)[number]

type LogMethod = (msg: string, fields?: LogFields) => void

/** Writing a line never throws and never waits. A line below the level costs one comparison. */
export interface Log {
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  /** True if lines of this level are written, for fields that are costly to make. */
  readonly isEnabled: (level: LogLevel) => boolean
  /** Hands everything written so far to the operating system; at most one second, then the rest is given up. */
  readonly flush: () => Promise<void>
}

/** What a log is made of. */
export interface LogOptions {
  readonly level: LogLevel
  readonly format: LogFormat
  /** Where lines go. Default: standard error. */
  readonly writer?: LineWriter
  /** Lines per second in the long run for info and below, and as many again for warning and above. Default 200. */
  readonly maxLinesPerSecond?: number
  /** Lines of each at once, after a time with fewer: one change may roll thousands of workloads. Default 5000. */
  readonly maxLinesAtOnce?: number
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
}

const DEFAULT_LINES_PER_SECOND = 200
const DEFAULT_LINES_AT_ONCE = 5_000

/** A log that starts nothing: the first line opens nothing but the descriptor that the process already has. */
export function createLog(options: LogOptions): Log {
  const { level, format, now = Date.now } = options
  const { maxLinesPerSecond: linesPerSecond = DEFAULT_LINES_PER_SECOND } = options
  const { maxLinesAtOnce: linesAtOnce = DEFAULT_LINES_AT_ONCE } = options
  const writer = options.writer ?? createLineWriter({ write: writeToStderr })
  const formatLine = format === 'json' ? formatJson : formatText
  const budget = createLineBudget({ linesPerSecond, linesAtOnce, now })
  const lowest = LOG_LEVELS.indexOf(level)

  const isEnabled = (each: LogLevel) => LOG_LEVELS.indexOf(each) >= lowest
  const put = (each: LogLevel, msg: string, fields: LogFields) =>
    writer.write(formatLine({ level: each, timeMs: now(), msg, fields }))
  const summarize = (lines: number) => {
    const dropped = lines + writer.takeDropped()
    if (dropped > 0) put('warning', 'Log lines were suppressed: too many at once', { lines: dropped })
  }

  function at(each: LogLevel): LogMethod {
    if (!isEnabled(each)) return () => {}
    return (msg, fields = {}) => {
      const { admitted, suppressed } = budget.spend(isWarning(each) ? 'warning' : 'plain')
      summarize(suppressed)
      if (admitted) put(each, msg, fields)
    }
  }

  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warning'),
    error: at('error'),
    isEnabled,
    flush: () => {
      summarize(budget.takeSuppressed())
      return writer.flush()
    },
  }
}

function isWarning(level: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf('warning')
}
