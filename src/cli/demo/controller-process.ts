// The real controller as a process of its own, so that killing it is killing it. Its log is read as JSON.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** One line of its log. */
export interface LogLine {
  readonly level: string
  readonly msg: string
  readonly fields: Readonly<Record<string, string>>
}

export interface ControllerProcess {
  /** Of the process that runs, or ran last; 0 before the first. */
  readonly pid: number
  readonly running: boolean
  /** Resolves when `/readyz` answers 200. Rejects with its last words where it ends before. */
  start(): Promise<void>
  /** Ends it with SIGKILL: nothing of it runs on. Resolves when it is gone. */
  kill(): Promise<void>
  /** Ends it with SIGTERM, and with SIGKILL where that takes longer than two seconds. */
  stop(): Promise<void>
}

export interface ControllerProcessOptions {
  /** The program, `dist/reloader.mjs`. */
  readonly bundle: string
  readonly kubeconfig: string
  readonly home: { readonly namespace: string; readonly name: string }
  /** More arguments for it. */
  readonly args: readonly string[]
  readonly onLine: (line: LogLine) => void
  /** It ended without being asked to. */
  readonly onEnd: (how: string) => void
}

/** A bound for what hangs; it takes a fraction of a second. */
const PATIENCE_MS = 30_000
const STOP_MS = 2_000
const POLL_MS = 20

/** A controller that is not started yet. */
export function createControllerProcess(options: ControllerProcessOptions): ControllerProcess {
  let child: ChildProcess | undefined
  let address: string | undefined
  let asked = false
  let lastWords = ''
  let ended = Promise.resolve()

  function heard(text: string): void {
    const line = parseLine(text)
    lastWords = line.msg
    if (line.msg === 'listening') address = line.fields.address
    options.onLine(line)
  }

  function spawnIt(): void {
    const { bundle, kubeconfig, home, args } = options
    asked = false
    address = undefined
    const spawned = spawn(
      process.execPath,
      ['--max-semi-space-size=1', bundle, ...argsFor(kubeconfig), ...args],
      {
        env: {
          PATH: process.env.PATH,
          RELOADER_NAMESPACE: home.namespace,
          RELOADER_DEPLOYMENT_NAME: home.name,
        },
        stdio: ['ignore', 'ignore', 'pipe'],
        // Ctrl-C is for the demo, which ends the controller itself.
        detached: true,
      },
    )
    createInterface({ input: spawned.stderr }).on('line', heard)
    child = spawned
    ended = new Promise((resolve) => {
      spawned.once('error', (error) => heard(error.message))
      spawned.once('close', (code, signal) => {
        child = undefined
        if (!asked) options.onEnd(signal ?? `exit code ${code}`)
        resolve()
      })
    })
  }

  function end(signal: NodeJS.Signals): Promise<void> {
    asked = true
    child?.kill(signal)
    return ended
  }

  let pid = 0
  return {
    get pid() {
      return pid
    },
    get running() {
      return child !== undefined
    },
    async start() {
      spawnIt()
      pid = child?.pid ?? 0
      const deadline = Date.now() + PATIENCE_MS
      while (!(await isReady(address))) {
        if (child === undefined) throw new Error(`Cannot start the controller: ${lastWords}`)
        if (Date.now() > deadline) throw new Error(`Cannot start the controller: not ready; ${lastWords}`)
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      }
    },
    kill: () => end('SIGKILL'),
    async stop() {
      const timer = setTimeout(() => child?.kill('SIGKILL'), STOP_MS)
      await end('SIGTERM')
      clearTimeout(timer)
    },
  }
}

function argsFor(kubeconfig: string): readonly string[] {
  // Debug lines give the reason of every look, also where nothing is done.
  return [
    `--kubeconfig=${kubeconfig}`,
    '--listen-address=127.0.0.1:0',
    '--log-format=json',
    '--log-level=debug',
  ]
}

async function isReady(address: string | undefined): Promise<boolean> {
  if (address === undefined) return false
  try {
    const answer = await fetch(`http://${address}/readyz`)
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}

/** The edge where a line becomes a LogLine; one that is no JSON is its own message. */
function parseLine(text: string): LogLine {
  try {
    const { level, msg, ...fields } = JSON.parse(text) as Record<string, unknown>
    const words = Object.entries(fields).map(([key, value]) => [key, String(value)] as const)
    return { level: String(level), msg: String(msg), fields: Object.fromEntries(words) }
  } catch {
    return { level: 'error', msg: text, fields: {} }
  }
}
