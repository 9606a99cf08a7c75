// What a flag is, and the kinds of value that one can have. The kinds parse text as Go's pflag does; where that would
// silently do nothing, they do what the text means or say what is wrong with it.
import { parseCsvRecord } from './csv-record.ts'
import { ValueError } from './option-error.ts'

/** The headings of `--help` and of docs/flags.md, in their order. */
export const FLAG_GROUPS = [
  'What is followed',
  'Which objects are looked at',
  'How a workload is rolled',
  'When a workload is rolled',
  'Annotation keys',
  'Cluster',
  'Running',
  'Logs',
] as const
/** One of those headings, or that of another command. */
export type FlagGroup = (typeof FLAG_GROUPS)[number] | 'Cleanup'

/** One row of the table of flags. */
export interface Flag<T> {
  readonly name: string
  /** Other spellings of the name that mean it too. */
  readonly spellings?: readonly string[]
  readonly group: FlagGroup
  /** The word for its value in `--help`. */
  readonly type: string
  /** One sentence without a full stop. */
  readonly help: string
  /** Who had it first. */
  readonly source: 'incumbent' | 'ours'
  /** The version whose build does what the flag says; `later` and `never`: accepted, and the log says what comes of it. */
  readonly since: '0.1' | 'later' | 'never'
  /** Unless `since` is a version: what this build does instead, after "--flag is set, but". */
  readonly instead?: string
  readonly default: T
  /** The default as one would type it; '' for none. */
  readonly defaultText: string
  /** Stands for a missing value, as in `--dry-run`; undefined: the flag needs one. */
  readonly bare?: string
  /** True: the value may be a secret and is shown nowhere. */
  readonly secret?: boolean
  /**
   * The value of all occurrences together, in their order.
   *
   * @throws {ValueError} why the text cannot be used and how to mend it
   */
  readonly parse: (texts: readonly string[]) => T
  /** What is to be said of a value that the incumbent takes for something else, after "--flag=value: "; undefined: nothing. */
  readonly remark?: (texts: readonly string[]) => string | undefined
}

/** What every row says, whatever its type. */
export type FlagRow = Pick<
  Flag<unknown>,
  'name' | 'spellings' | 'group' | 'help' | 'source' | 'since' | 'instead' | 'secret'
>

/** `--flag` or `--flag=true`; the spellings of Go's ParseBool in any case. The last occurrence counts. */
export function boolFlag(row: FlagRow & { readonly default: boolean }): Flag<boolean> {
  const parse = lastOf((text) => (text === '' ? row.default : parseBool(text)))
  return { ...row, type: 'bool', bare: 'true', defaultText: String(row.default), parse }
}

/** A bool that the incumbent reads as a string: `--flag true` works, `--flag` alone does not. */
export function wordBoolFlag(row: FlagRow): Flag<boolean> {
  const parse = lastOf(parseBool)
  const remark = (texts: readonly string[]) =>
    parse(texts) && texts.at(-1) !== 'true' ? TAKEN_FOR_TRUE : undefined
  return { ...row, type: 'true|false', default: false, defaultText: '', parse, remark }
}

const TAKEN_FOR_TRUE = "it is taken for true; Stakater's Reloader would take only exactly true"

/** Text that `check` may refuse by throwing. An empty value means the default. */
export function textFlag(
  row: FlagRow & {
    readonly default: string
    readonly type?: string
    readonly check?: (text: string) => void
  },
): Flag<string> {
  const parse = lastOf((text) => {
    if (text === '') return row.default
    row.check?.(text)
    return text
  })
  return { ...row, type: row.type ?? 'string', defaultText: row.default, parse }
}

/** One of some words, in any case. An empty value means the default. */
export function wordFlag<W extends string>(
  row: FlagRow & {
    readonly default: W
    readonly words: readonly W[]
    readonly aliases?: Readonly<Record<string, W>>
  },
): Flag<W> {
  const parse = lastOf((text) => (text === '' ? row.default : parseWord(text, row.words, row.aliases)))
  return { ...row, type: row.words.join('|'), defaultText: row.default, parse }
}

/** Comma-separated values: one CSV record for each occurrence; elements are trimmed, empty ones dropped. */
export function listFlag<T>(
  row: FlagRow & {
    readonly type: string
    readonly default: T
    readonly of: (elements: readonly string[]) => T
  },
): Flag<T> {
  const parse = (texts: readonly string[]) => {
    const elements = texts.flatMap(parseCsvRecord).map((element) => element.trim())
    return row.of(elements.filter((element) => element !== ''))
  }
  return { ...row, defaultText: '', parse }
}

/** A value of any other form. An empty value means the default. */
export function valueFlag<T>(
  row: FlagRow & {
    readonly type: string
    readonly default: T
    readonly defaultText: string
    readonly of: (text: string) => T
  },
): Flag<T> {
  return { ...row, parse: lastOf((text) => (text === '' ? row.default : row.of(text))) }
}

/** Go's strconv.ParseBool, in any case: `1 t true` and `0 f false`. An empty value is false. */
export function parseBool(text: string): boolean {
  const word = text.toLowerCase()
  if (word === '1' || word === 't' || word === 'true') return true
  if (word === '' || word === '0' || word === 'f' || word === 'false') return false
  throw new ValueError('it is neither true nor false; write true or false')
}

/** The word that `text` is in any case, by its own name or by an alias. */
export function parseWord<W extends string>(
  text: string,
  words: readonly W[],
  aliases: Readonly<Record<string, W>> = {},
): W {
  const lower = text.toLowerCase()
  const word = words.find((each) => each === lower) ?? aliases[lower]
  if (word === undefined) throw new ValueError(`it is not one of ${words.join(', ')}`)
  return word
}

function lastOf<T>(parse: (text: string) => T): (texts: readonly string[]) => T {
  return (texts) => parse(texts.at(-1) ?? '')
}
