// Which command was asked for. Without the name of one it is the controller: its arguments are the incumbent's.
import { type CleanupOptions, parseCleanup } from '../cleanup/cleanup-options.ts'
import { nearest } from './nearest.ts'
import { OptionError } from './option-error.ts'
import { type Environment, type Options, parseCommand } from './options.ts'

/** The commands beside the controller, with one line each for `--help`. */
export const COMMANDS = {
  cleanup: 'Remove what Reloader left in a cluster; says first what that is',
} as const

/** The name of one of those commands. */
export type CommandName = keyof typeof COMMANDS

/** What the process was asked to do. */
export type CommandLine =
  | { readonly kind: 'version' }
  /** `about` undefined: the controller. */
  | { readonly kind: 'help'; readonly about?: CommandName }
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'cleanup'; readonly options: CleanupOptions }

/**
 * Reads command line and environment; contacts nothing and opens no file.
 *
 * @throws {OptionError} one line that names the command, flag or variable, the reason and the mend
 */
export function parseCommandLine(argv: readonly string[], env: Environment): CommandLine {
  const [word = '', ...rest] = argv
  if (word === '' || word.startsWith('-')) return parseCommand(argv, env)
  if (!isCommand(word)) throw new OptionError(unknownCommand(word))
  const options = parseCleanup(rest, env)
  if (options === 'version') return { kind: 'version' }
  return options === 'help' ? { kind: 'help', about: word } : { kind: word, options }
}

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word)
}

function unknownCommand(word: string): string {
  const meant = nearest(word, Object.keys(COMMANDS))
  const mend = meant === undefined ? 'reloader --help lists all' : `did you mean ${meant}?`
  return `Unknown command '${word}': ${mend}`
}
