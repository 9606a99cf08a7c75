// The demo as `npm run demo` plays it, with pods that are quicker than one can see.
import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { linesOnPage } from '../../../scripts/demo/acts-page.ts'
import { stable } from '../../../scripts/demo/recording.ts'
import { wordsOf } from '../../../scripts/demo/svg.ts'
import { ACTS } from './acts.ts'
import { type DemoOptions, runDemo } from './demo.ts'
import type { KeyInput } from './keys.ts'
import { createPage, WIDTH, widthOf } from './page.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const podTimes = { startMs: 20, readyMs: 20, stopMs: 20, mountMs: 100 }

interface Run {
  readonly code: number
  readonly lines: readonly string[]
}

async function play(options: Partial<DemoOptions> = {}): Promise<Run> {
  const lines: string[] = []
  const { controllerArgs = [] } = options
  const code = await runDemo({
    once: true,
    root,
    page: createPage({ coloured: false, write: (line) => lines.push(line), now: () => performance.now() }),
    input: typed('q\n'),
    signal: new AbortController().signal,
    onInterrupt: () => {},
    atExit: () => {},
    podTimes,
    ...options,
    controllerArgs: ['--settle=100ms', ...controllerArgs],
  })
  return { code, lines }
}

/** Lines that are typed as soon as somebody reads. */
function typed(text: string): KeyInput {
  const input = new EventEmitter()
  input.on('newListener', (name) => {
    if (name === 'data') setImmediate(() => input.emit('data', text))
  })
  const members = { isTTY: false, setEncoding: () => {}, resume: () => {}, pause: () => {} }
  return Object.assign(input, members) as unknown as KeyInput
}

interface Interrupted {
  readonly code: number | null
  readonly pid: number
}

/** The program itself, stopped as soon as the first act begins. */
async function interrupt(): Promise<Interrupted> {
  const demo = spawn(process.execPath, [join(root, 'dist', 'demo.mjs'), '--once'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  demo.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
    if (text.includes('── 1 ')) demo.kill('SIGINT')
  })
  const code = await new Promise<number | null>((resolve) => demo.once('close', resolve))
  return { code, pid: pidIn(text) }
}

function pidIn(text: string): number {
  return Number(/Process (\d+)/.exec(text)?.[1])
}

const leftBehind = () => readdirSync(tmpdir()).filter((name) => name.startsWith('reloader-demo-'))

const NOT_PLAYED: Run = { code: -1, lines: [] }
const before = leftBehind()
let [honest, idle] = [NOT_PLAYED, NOT_PLAYED]
let interrupted: Interrupted
let acts: readonly string[] = []
const YOUR_TURN = '── Your turn'
beforeAll(async () => {
  // They mostly wait.
  const plays = [
    play({ once: false, input: typed('c\nb\nq\n') }),
    play({ controllerArgs: ['--dry-run'], patienceMs: 500 }),
    interrupt(),
  ] as const
  ;[honest, idle, interrupted] = await Promise.all(plays)
  acts = honest.lines.slice(
    0,
    honest.lines.findIndex((line) => line.startsWith(YOUR_TURN)),
  )
})

describe('every act has its outcome', () => {
  test('the exit code says so', () => {
    expect(honest.lines.filter((line) => line.includes('✗'))).toEqual([])
    expect(honest.code).toBe(0)
  })

  test('the acts come in their order', () => {
    const headings = acts.filter((line) => line.startsWith('── ')).map((line) => line.replace(/[─ ]*─$/, ''))
    expect(headings).toEqual([
      ...ACTS.map(({ title }, index) => `── ${index + 1}  ${title}`),
      '── All acts had their outcome',
    ])
  })

  test('no line is longer than 80 columns', () => {
    expect(honest.lines.filter((line) => widthOf(line) > WIDTH)).toEqual([])
  })

  test('each pod is told with what it ran and what it runs', () => {
    const flips = acts.filter((line) =>
      /payment-gateway-svc {2}pod \w+ → \w+ {2}NEW_CHECKOUT false → true/.test(line),
    )
    expect(flips).toHaveLength(3)
  })

  test('neither a file nor a process stays, interrupted or not', () => {
    expect(leftBehind()).toEqual(before)
    for (const pid of [pidIn(honest.lines.join('\n')), interrupted.pid]) {
      expect(pid).toBeGreaterThan(0)
      expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    }
  })
})

describe('what the pages show is what one sees, up to times and names', () => {
  const read = (file: string) => readFileSync(join(root, 'docs', file), 'utf8')
  const hint = 'run scripts/record-demo.ts'

  test('docs/demo.svg has the same lines', () => {
    expect(stable(wordsOf(read('demo.svg'))), hint).toEqual(stable(acts))
  })

  test('docs/demo.md has the acts', () => {
    const page = read('demo.md')
    for (const { title, text } of ACTS) expect(page, hint).toContain(`. ${title}\n\n${text}\n`)
    const shown = stable(linesOnPage(page))
    const seen = new Set(stable(acts))
    expect(
      shown.filter((line) => !seen.has(line)),
      hint,
    ).toEqual([])
    expect(shown.length).toBeGreaterThan(60)
  })
})

test('afterwards the cluster stays, and a key plays an act again', () => {
  const rest = honest.lines.slice(acts.length)
  const headings = rest.filter((line) => line.startsWith('── ')).map((line) => line.replace(/ ─+$/, ''))
  expect(headings).toEqual([
    YOUR_TURN,
    '── A feature flag flips',
    YOUR_TURN,
    '── An annotation makes no sense',
    YOUR_TURN,
  ])
  expect(rest).toContain('      ✓  payment-gateway-svc rolled once, 3 pods replaced')
  expect(rest.filter((line) => /^KUBECONFIG=\S+ \\$/.test(line))).toHaveLength(1)
})

test('an act that is played again waits for an Event of its own', () => {
  const again = honest.lines.slice(honest.lines.findLastIndex((line) => line.startsWith('── An annotation')))
  const at = (text: string) => again.findIndex((line) => line.includes(text))
  expect(at('Event InvalidAnnotation on ledger')).toBeGreaterThan(0)
  expect(at('Event InvalidAnnotation on ledger')).toBeLessThan(at('ConfigMap feature-flags'))
})

test('interrupted, it did not play every act, and says so', () => {
  expect(interrupted.code).toBe(130)
})

test('a controller that writes nothing is found out, act by act', () => {
  expect(idle.code).toBe(1)
  const summary = idle.lines.slice(idle.lines.findIndex((line) => line.includes('acts failed')))
  for (const title of ['A feature flag flips', 'The controller is killed while a config changes'])
    expect(summary).toContain(`      ✗  ${title}`)
})
