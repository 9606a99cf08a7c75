// The processes of a control plane: started with their output in a log file, ended by id, never outliving the test.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './until.ts'

/** A process that runs until it is killed. */
export interface Running {
  readonly name: string
  readonly pid: number
  /** Settles when the process has ended, with the words that say how. */
  readonly ended: Promise<string>
  /** Undefined while it runs. */
  end(): string | undefined
  /** The last lines of its output. */
  output(): string
  /** Kills it without giving it time for anything; resolves when it is gone. */
  kill(): Promise<void>
}

/** What to run: `name` names the log file. */
export interface Command {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
}

export interface Processes {
  /** Throws when the file cannot be run at all. */
  start(command: Command): Running
  /** Kills all that still run and removes the directory; resolves when both are done. */
  close(): Promise<void>
}

const LINES_SHOWN = 15

/**
 * Keeps log files in `directory`, which belongs to it. A guard in a session of its own ends the processes and removes
 * the directory when this process dies without closing, also by SIGKILL.
 */
export function guardProcesses(directory: string): Processes {
  const guard = spawn('/bin/sh', [join(import.meta.dirname, 'guard.sh'), directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  guard.stdin.on('error', () => {})
  guard.unref()
  const running = new Set<Running>()

  const start = (command: Command): Running => {
    const process = run(command, join(directory, `${command.name}.log`))
    guard.stdin.write(`started ${process.pid}\n`)
    running.add(process)
    void process.ended.then(() => {
      running.delete(process)
      guard.stdin.write(`ended ${process.pid}\n`)
    })
    return process
  }
  const close = async (): Promise<void> => {
    await Promise.all([...running].map((each) => each.kill()))
    const gone = new Promise((resolve) => guard.once('exit', resolve))
    guard.ref()
    guard.stdin.end()
    await gone
  }
  return { start, close }
}

/** Asks until the process is ready. Throws the last lines of its output when it has ended or takes over a minute. */
export async function becomesReady(process: Running, isReady: () => Promise<boolean>): Promise<void> {
  const condition = async () => {
    const end = process.end()
    if (end !== undefined) throw new Error(`it ended with ${end}`)
    return isReady()
  }
  await until(condition, { what: 'Its being ready', timeoutMs: 60_000 }).catch((cause: Error) => {
    throw new Error(`Cannot start ${process.name}: ${cause.message}:\n${process.output()}`, { cause })
  })
}

function run({ name, file, args }: Command, log: string): Running {
  const descriptor = openSync(log, 'a')
  const child = spawn(file, args, { stdio: ['ignore', descriptor, descriptor] })
  closeSync(descriptor)
  let ending: string | undefined
  const ended = endOf(child).then((text) => {
    ending = text
    return text
  })
  if (child.pid === undefined) throw new Error(`Cannot start ${name}: ${file} cannot be run`)
  return {
    name,
    pid: child.pid,
    ended,
    end: () => ending,
    output: () => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LINES_SHOWN).join('\n'),
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`))
  })
}
