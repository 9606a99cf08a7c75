// `npm run demo`: the demo as a program. Only this file ends the process.
import { join } from 'node:path'
import { problemText } from '../../types/problem-text.ts'
import { stopSignal } from '../stop-signal.ts'
import { runDemo } from './demo.ts'
import { createPage, wantsColour } from './page.ts'

const USAGE = `npm run demo              plays the acts, and stays for you to try things
npm run demo -- --once    plays the acts and ends: 0 if every one had its outcome
`
/** The command line cannot be used. */
const EXIT_USAGE = 2
const KNOWN = ['--once', '--help', '-h']

function main(): void {
  const args = process.argv.slice(2)
  const unknown = args.find((each) => !KNOWN.includes(each))
  if (unknown !== undefined)
    end(
      `Unknown argument ${unknown}

${USAGE}`,
      EXIT_USAGE,
    )
  else if (args.includes('--help') || args.includes('-h')) end(USAGE, 0)
  else play(args.includes('--once'))
}

function end(text: string, code: number): void {
  const stream = code === 0 ? process.stdout : process.stderr
  stream.write(text)
  process.exitCode = code
}

function play(once: boolean): void {
  const { stdout, stdin, env } = process
  const interrupt = new AbortController()
  const stopped = stopSignal({
    on: (name, listener) => process.on(name, listener),
    exit: (code) => process.exit(code),
  })
  // The window was closed.
  process.on('SIGHUP', () => interrupt.abort())
  // A reader that went away (`| head`) has seen enough.
  stdout.on('error', () => interrupt.abort())
  runDemo({
    once,
    // The bundle is in dist/, which is beside examples/.
    root: join(import.meta.dirname, '..'),
    page: createPage({
      coloured: wantsColour(stdout.isTTY === true, env),
      write: (line) => stdout.write(`${line}\n`),
      now: () => performance.now(),
    }),
    input: stdin,
    signal: AbortSignal.any([stopped, interrupt.signal]),
    onInterrupt: () => interrupt.abort(),
    atExit: (clean) => process.on('exit', clean),
  }).then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${problemText(error)}\n`)
      process.exit(1)
    },
  )
}

main()
