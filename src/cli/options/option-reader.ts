// Answers the question "what is this flag, this variable set to", and words every refusal in the same way.
import type { Flag } from './flag.ts'
import { OptionError, ValueError } from './option-error.ts'
import type { Variable } from './variable-table.ts'

/** What was given, row by row. */
export interface OptionReader {
  /** @throws {OptionError} */
  readonly flag: <T>(flag: Flag<T>) => T
  /** @throws {OptionError} */
  readonly variable: <T>(variable: Variable<T>) => T
  /**
   * Looks at every value, so that a bad one of a flag that nothing reads yet is refused, too.
   *
   * @throws {OptionError}
   */
  readonly checkAll: (flags: readonly Flag<unknown>[], variables: readonly Variable<unknown>[]) => void
  /** A line for each row that was set and whose capability comes later. */
  readonly notYet: (
    flags: readonly Flag<unknown>[],
    variables: readonly Variable<unknown>[],
  ) => readonly string[]
  /** A line for each flag whose value the incumbent takes for something else. */
  readonly remarks: (flags: readonly Flag<unknown>[]) => readonly string[]
}

/** A reader of what `parseArgv` found and of the environment. */
export function createOptionReader(
  given: ReadonlyMap<string, readonly string[]>,
  env: Readonly<Record<string, string | undefined>>,
): OptionReader {
  const flag = <T>(row: Flag<T>): T => {
    const texts = given.get(row.name)
    if (texts === undefined) return row.default
    return explain(shownFlag(row, texts), () => row.parse(texts))
  }
  const variable = <T>(row: Variable<T>): T => {
    const text = env[row.name]
    return explain(shown(row.name, row.secret === true, text ?? ''), () => row.parse(text))
  }
  return {
    flag,
    variable,
    checkAll: (flags, variables) => {
      for (const row of flags) flag(row)
      for (const row of variables) variable(row)
    },
    notYet: (flags, variables) => [
      ...flags
        .filter((row) => row.since !== '0.1' && differs(flag(row), row.default))
        .map((row) => `--${row.name} is set, but ${row.instead}`),
      ...variables
        .filter((row) => row.instead !== undefined && differs(variable(row), false))
        .map((row) => `${row.name} is set, but ${row.instead}`),
    ],
    remarks: (flags) =>
      flags.flatMap((row) => {
        const texts = given.get(row.name)
        const remark = texts && row.remark?.(texts)
        return texts === undefined || remark === undefined ? [] : `${shownFlag(row, texts)}: ${remark}`
      }),
  }
}

function differs(value: unknown, unset: unknown): boolean {
  return value !== unset && value !== undefined
}

function explain<T>(name: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof ValueError)
      throw new OptionError(`Cannot use ${name}: ${error.message}`, { cause: error })
    throw error
  }
}

function shownFlag(row: Flag<unknown>, texts: readonly string[]): string {
  return shown(`--${row.name}`, row.secret === true, texts.join(','))
}

const MAX_SHOWN = 80

/** `name=value` on one line; without the value where it may be a secret. */
function shown(name: string, secret: boolean, value: string): string {
  if (secret) return name
  const line = value.replace(/\s+/g, ' ')
  return `${name}=${line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}...` : line}`
}
