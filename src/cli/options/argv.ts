// Takes the command line apart as Go's pflag does: `--flag=value`, `--flag value`, `--bool`.
import type { Flag } from './flag.ts'
import { nearest } from './nearest.ts'
import { OptionError } from './option-error.ts'

/** The command line before any value was looked at. */
export interface Argv {
  /** `--help` (or `-h`) and `--version` win over everything else. */
  readonly wants: 'run' | 'help' | 'version'
  /** What each flag was given, in order; flags that were not given are not in it. */
  readonly given: ReadonlyMap<string, readonly string[]>
}

export interface ParseArgvOptions {
  /** What `--help` is to be asked of. */
  readonly program?: string
}

type AnyFlag = Pick<Flag<unknown>, 'name' | 'spellings' | 'bare' | 'type'>

/**
 * Sorts the arguments by flag.
 *
 * @throws {OptionError} for an unknown flag, one that lacks its value, or an argument that belongs to no flag
 */
export function parseArgv(
  argv: readonly string[],
  flags: readonly AnyFlag[],
  { program = 'reloader' }: ParseArgvOptions = {},
): Argv {
  const byName = new Map(
    flags.flatMap((flag) => [flag.name, ...(flag.spellings ?? [])].map((name) => [name, flag] as const)),
  )
  const given = new Map<string, string[]>()
  if (argv.includes('--help') || argv.includes('-h')) return { wants: 'help', given }
  if (argv.includes('--version')) return { wants: 'version', given }
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? ''
    const { name, value } = splitFlag(argument, argv[at - 1])
    const flag = byName.get(name)
    if (flag === undefined)
      throw new OptionError(unknownFlag(name, { names: flags.map((each) => each.name), program }))
    const text = value ?? flag.bare ?? nextValue(flag, argv[++at])
    if (value === undefined && saysItAgain(flag, argv[at + 1])) at++
    given.set(flag.name, [...(given.get(flag.name) ?? []), text])
  }
  return { wants: 'run', given }
}

function splitFlag(
  argument: string,
  previous: string | undefined,
): { name: string; value: string | undefined } {
  if (!argument.startsWith('--') || argument === '--')
    throw new OptionError(strayArgument(argument, previous))
  const equals = argument.indexOf('=')
  if (equals === -1) return { name: argument.slice(2), value: undefined }
  return { name: argument.slice(2, equals), value: argument.slice(equals + 1) }
}

/** In `--enable-ha true` Go passes over the word, and means the same; `--enable-ha false` it would turn on, so that is refused. */
function saysItAgain({ bare }: AnyFlag, next: string | undefined): boolean {
  return bare !== undefined && next?.toLowerCase() === bare
}

function nextValue({ name, type }: AnyFlag, next: string | undefined): string {
  if (next === undefined || next.startsWith('--')) {
    throw new OptionError(`Cannot use --${name}: its value is missing; write --${name}=${exampleValue(type)}`)
  }
  return next
}

function exampleValue(type: string): string {
  return type === 'true|false' ? 'true' : `<${type}>`
}

function unknownFlag(
  name: string,
  { names, program }: Required<ParseArgvOptions> & { readonly names: readonly string[] },
): string {
  const meant = nearest(name, names)
  const mend = meant === undefined ? `${program} --help lists all flags` : `did you mean --${meant}?`
  return `Unknown flag --${name}: ${mend}`
}

function strayArgument(argument: string, previous: string | undefined): string {
  if (/^-[A-Za-z-]/.test(argument)) return `Unknown argument ${argument}: flags begin with two dashes`
  const mend = previous?.startsWith('--') ? `; write ${previous}=${argument} if it belongs to that flag` : ''
  return `Unknown argument '${argument}': there are only flags${mend}`
}
