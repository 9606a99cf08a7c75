// The controller as a child process, with what it says of itself: log lines, probes and metrics.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { eventually } from './eventually.ts'

const BUNDLE = join(import.meta.dirname, '..', '..', '..', 'dist', 'reloader.mjs')

export interface LogLine {
  readonly level?: string
  readonly msg?: string
  readonly [field: string]: unknown
}

export interface ExitStatus {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ControllerProcess {
  readonly pid: number
  /** Everything it printed, parsed; a line that is no JSON is `{ msg: line }`. */
  readonly logs: readonly LogLine[]
  /** Everything it printed, as it came. */
  readonly output: readonly string[]
  /** Resolves when the process has ended. */
  readonly exited: Promise<ExitStatus>
  /** How it ended, or undefined while it runs. */
  readonly exitStatus: ExitStatus | undefined
  /** Resolves when `/readyz` answers 200; throws where the process ends before. */
  ready(): Promise<void>
  /** True if `/readyz` answers 200 now. */
  isReady(): Promise<boolean>
  /** Sends the signal and resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<ExitStatus>
  /** The text of a scrape. */
  scrape(): Promise<string>
  /** Sum of the samples of a metric that carry these labels; 0 where there are none. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>
}

export interface ControllerProcessOptions {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** Starts the bundle; it is running, not ready, when this returns. */
export function startControllerProcess({ args, env }: ControllerProcessOptions): ControllerProcess {
  const child = spawn(process.execPath, ['--max-semi-space-size=1', BUNDLE, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const logs: LogLine[] = []
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line)
      logs.push(parseLine(line))
    })
  }
  let exitStatus: ExitStatus | undefined
  const exited = new Promise<ExitStatus>((resolve) => {
    child.on('close', (code, signal) => {
      exitStatus = { code, signal }
      resolve(exitStatus)
    })
  })

  const address = () => logs.find(({ msg }) => msg === 'listening')?.address as string | undefined
  const probe = async (path: string) => {
    const base = address()
    if (base === undefined) throw new Error(`Cannot ask for ${path}: the controller is not listening`)
    return await fetch(new URL(path, base.includes('://') ? base : `http://${base}`))
  }
  const isReady = async () => address() !== undefined && (await statusOf(probe('/readyz'))) === 200
  const scrape = async () => await (await probe('/metrics')).text()

  return {
    pid: child.pid ?? 0,
    logs,
    output,
    exited,
    get exitStatus() {
      return exitStatus
    },
    isReady,
    async ready() {
      const ended = await eventually(
        async () => (exitStatus !== undefined ? 'ended' : (await isReady()) && 'ready'),
        {
          what: `/readyz of the controller; it printed:\n${output.slice(-20).join('\n')}`,
        },
      )
      if (ended === 'ended') throw new Error(`Controller ended before it was ready:\n${output.join('\n')}`)
    },
    kill(signal) {
      signalTo(child, signal)
      return exited
    },
    scrape,
    metric: async (name, labels = {}) => sumOf(await scrape(), name, labels),
  }
}

function signalTo(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal)
}

async function statusOf(response: Promise<Response>): Promise<number> {
  try {
    const answer = await response
    await answer.arrayBuffer()
    return answer.status
  } catch {
    return 0
  }
}

function parseLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return { msg: line }
  }
}

/** Sum of the samples of a metric in the text of a scrape that carry these labels. */
export function sumOf(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`)
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
