import { spawn } from 'node:child_process'

export interface RunToolOptions {
  readonly cwd?: string
  /** Laid over this process's own environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Given as standard input; otherwise there is none. */
  readonly input?: string
}

/** Runs a program to its end and returns its standard output. Throws with the last lines of its errors when it fails. */
export function runTool(
  file: string,
  args: readonly string[],
  options: RunToolOptions = {},
): Promise<string> {
  const child = spawn(file, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`Cannot run ${file}: ${cause.message}`, { cause })))
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output)
      else
        reject(
          new Error(
            `Cannot run ${file} ${args.join(' ')}: ${signal ?? `exit code ${code}`}: ${lastLines(errors)}`,
          ),
        )
    })
  })
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-10).join('\n')
}
