// Credentials from a program: client.authentication.k8s.io, v1 and v1beta1, as a kubeconfig user asks for under `exec`.
import { spawn } from 'node:child_process'
import { problemText } from '../types/problem-text.ts'
import { ConnectionProblem } from './api-error.ts'
import { type Fields, fieldsOf, textOf } from './kubeconfig.ts'
import { isRecord, parseJson } from './raw-object.ts'

/** What the program answered. */
export interface ExecCredential {
  readonly token?: string
  /** PEM. */
  readonly cert?: string
  readonly key?: string
  /** In ms since 1970; undefined: until the server refuses it. */
  readonly expiresAt?: number
}

/** What the program is started with besides what `exec` says. */
export interface ExecOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The cluster as `spec.cluster` of the ExecCredential, for programs that ask for it. */
  readonly cluster: Fields
}

/** How long the program may take: some open a browser and wait for a person. */
const TIMEOUT_MS = 120_000

interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program once. Throws `ConnectionProblem` naming it and what it said. */
export async function runExecPlugin(exec: Fields, options: ExecOptions): Promise<ExecCredential> {
  const command = textOf(exec, 'command')
  if (command === undefined)
    throw new ConnectionProblem('Cannot get credentials: the kubeconfig user names no exec.command')
  try {
    const { code, stdout, stderr } = await run(command, exec, options)
    if (code !== 0)
      throw new Error(
        lastLines(stderr) || `it ended with ${code === null ? 'a signal' : `exit code ${code}`}`,
      )
    return parseCredential(stdout)
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const hint = missing ? textOf(exec, 'installHint') : undefined
    const reason = missing
      ? `the program is not there${hint === undefined ? '' : ` (${hint.trim().split('\n')[0]})`}`
      : problemText(error)
    throw new ConnectionProblem(`Cannot get credentials from ${command}: ${reason}`, { cause: error })
  }
}

/** The environment of the program, with the request that the protocol puts in it. */
function environment(exec: Fields, { env, cluster }: ExecOptions): Record<string, string> {
  const info = {
    apiVersion: textOf(exec, 'apiVersion') ?? 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { interactive: false, ...(exec.provideClusterInfo === true && { cluster }) },
  }
  const all: Record<string, string> = { KUBERNETES_EXEC_INFO: JSON.stringify(info) }
  for (const [name, value] of Object.entries(env)) if (value !== undefined) all[name] ??= value
  for (const entry of Array.isArray(exec.env) ? exec.env.filter(isRecord) : []) {
    all[String(entry.name)] = String(entry.value ?? '')
  }
  return all
}

function run(command: string, exec: Fields, options: ExecOptions): Promise<Finished> {
  const args = Array.isArray(exec.args) ? exec.args.map(String) : []
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: environment(exec, options),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-4096)
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

function lastLines(stderr: string): string {
  return stderr.trim().split('\n').slice(-3).join('; ')
}

function parseCredential(stdout: string): ExecCredential {
  const answer = parseJson(stdout)
  if (!isRecord(answer) || answer.kind !== 'ExecCredential') {
    throw new TypeError('it printed no ExecCredential')
  }
  const status = fieldsOf(answer, 'status')
  const token = textOf(status, 'token')
  const cert = textOf(status, 'clientCertificateData')
  const key = textOf(status, 'clientKeyData')
  if (token === undefined && (cert === undefined || key === undefined)) {
    throw new TypeError('its ExecCredential has neither a token nor a client certificate')
  }
  const expiresAt = Date.parse(textOf(status, 'expirationTimestamp') ?? '')
  return {
    ...(token !== undefined && { token }),
    ...(cert !== undefined && key !== undefined && { cert, key }),
    ...(Number.isFinite(expiresAt) && { expiresAt }),
  }
}
