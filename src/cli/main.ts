// The program: command line to exit code. Only this file ends the process.

import { formatJson } from '../telemetry/log-format.ts'
import { cleanupHelpText } from './cleanup/cleanup-help.ts'
import { COMMANDS, type CommandLine, parseCommandLine } from './options/command-line.ts'
import { FLAGS } from './options/flag-table.ts'
import { helpText } from './options/help.ts'
import { OptionError } from './options/option-error.ts'
import { VARIABLES } from './options/variable-table.ts'
import { stopSignal } from './stop-signal.ts'
import { BUILD, versionText } from './version.ts'

const EXIT_OK = 0
const EXIT_FAILED = 1
/** The command line cannot be used; nothing was contacted. */
const EXIT_USAGE = 2

function parse(): CommandLine {
  try {
    return parseCommandLine(process.argv.slice(2), process.env)
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    fail(error, EXIT_USAGE)
  }
}

async function execute(command: CommandLine): Promise<number> {
  switch (command.kind) {
    case 'help':
      return print(command.about === 'cleanup' ? cleanupHelpText() : controllerHelp())
    case 'version':
      return print(`${versionText(BUILD)}\n`)
    case 'run': {
      if (command.options.log.format === 'json') lastLine = jsonLine
      // Loaded only now, so that --help and a bad flag answer at once.
      const { run } = await import('./run.ts')
      return run(command.options, { signal: stopSignals(), build: BUILD, print })
    }
    case 'cleanup': {
      const { runCleanup } = await import('./cleanup/cleanup.ts')
      return runCleanup(command.options, { signal: stopSignals(), build: BUILD, print })
    }
  }
}

function controllerHelp(): string {
  return helpText({ flags: Object.values(FLAGS), variables: Object.values(VARIABLES), commands: COMMANDS })
}

function stopSignals(): AbortSignal {
  return stopSignal({
    on: (name, listener) => process.on(name, listener),
    exit: (code) => process.exit(code),
  })
}

/** Resolves when all of the text is handed over, or its reader went away. */
function print(text: string): Promise<number> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve(EXIT_OK))
  })
}

/** How what ended the process is written: for people, and once the log is for machines, for those. */
let lastLine = (msg: string) => `${msg}\n`

function jsonLine(msg: string): string {
  return formatJson({ level: 'fatal', timeMs: Date.now(), msg, fields: {} })
}

/** Says in one line what went wrong and ends the process. */
function fail(error: unknown, code: number): never {
  process.stderr.write(lastLine(oneLine(error)))
  process.exit(code)
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  return text.replace(/\s*\n\s*/g, ' ')
}

/** A fault of ours: nobody expected this error, so the line says where it came from, too. */
function failUnexpectedly(error: unknown): never {
  const frame =
    error instanceof Error ? error.stack?.split('\n').find((line) => /^\s+at /.test(line)) : undefined
  const where = frame === undefined ? '' : ` (${frame.trim()})`
  fail(`Stopped by an unexpected error: ${oneLine(error)}${where}`, EXIT_FAILED)
}

// A reader that goes away (`| head`) is no failure.
process.stdout.on('error', () => {})
process.on('uncaughtException', failUnexpectedly)
process.on('unhandledRejection', failUnexpectedly)
execute(parse()).then(
  (code) => process.exit(code),
  (error: unknown) => fail(error, EXIT_FAILED),
)
