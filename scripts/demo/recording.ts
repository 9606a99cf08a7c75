// A run of the demo as it was seen, and what of it is the same in every run.
import { performance } from 'node:perf_hooks'
import { Readable } from 'node:stream'
import { runDemo } from '../../src/cli/demo/demo.ts'
import type { KeyInput } from '../../src/cli/demo/keys.ts'
import { createPage, withoutColours } from '../../src/cli/demo/page.ts'

/** One line with its colours, as escape sequences. */
export interface RecordedLine {
  readonly atMs: number
  readonly text: string
}

/** Plays the acts as `npm run demo -- --once` does. Rejects where one of them failed. */
export async function recordDemo(root: string): Promise<readonly RecordedLine[]> {
  const lines: RecordedLine[] = []
  const start = performance.now()
  const now = () => performance.now() - start
  const code = await runDemo({
    once: true,
    root,
    page: createPage({ coloured: true, write: (text) => lines.push({ atMs: now(), text }), now }),
    input: noInput(),
    signal: new AbortController().signal,
    onInterrupt: () => {},
    atExit: () => {},
  })
  if (code !== 0) throw new Error('Cannot record the demo: an act failed')
  return lines
}

function noInput(): KeyInput {
  const input = Readable.from([])
  return Object.assign(input, { isTTY: false as const, setRawMode: () => undefined }) as unknown as KeyInput
}

const VARYING: readonly (readonly [RegExp, string])[] = [
  [/^ +\d+\.\ds /, '        '],
  [/127\.0\.0\.1:\d+/, '127.0.0.1:PORT'],
  [/Process \d+ +/, 'Process PID '],
  [/kill -9 \d+/, 'kill -9 PID'],
  [/pod \w{5} → \w{5}/, 'pod OLD → NEW'],
  [/#[0-9a-f]{8}/g, '#DIGEST'],
  // Known only where the controller has read the config since it was started.
  [/; changed keys: [^;]*/, ''],
]
/** How far the rest of a line is indented that was too long. */
const CONTINUED = ' '.repeat(11)

/** What every run has, sorted: times, names and the order of what happens at once are left out. */
export function stable(lines: readonly string[]): readonly string[] {
  return unwrapped(lines.map(withoutColours))
    .map((line) => VARYING.reduce((text, [pattern, word]) => text.replace(pattern, word), line).trimEnd())
    .filter((line) => line !== '')
    .sort()
}

function unwrapped(lines: readonly string[]): readonly string[] {
  const whole: string[] = []
  for (const line of lines) {
    if (line.startsWith(CONTINUED)) whole.push(`${whole.pop() ?? ''} ${line.trimStart()}`)
    else whole.push(line)
  }
  return whole
}
