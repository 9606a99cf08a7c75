// helm and kubectl as people run them, with what they print on either stream.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { CHART } from '../../scripts/render/chart.ts'
import { findHelm } from '../controlplane/binaries.ts'
import { buildBinaries } from '../controlplane/build.ts'
import { CLUSTER_FILE_VARIABLE, connectControlPlane } from '../controlplane/share.ts'

/** What a program did. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The control plane that the run was given; throws where there is none. */
export function controlPlane() {
  const file = process.env[CLUSTER_FILE_VARIABLE]
  if (file === undefined) throw new Error(`Cannot run: ${CLUSTER_FILE_VARIABLE} names no control plane`)
  return connectControlPlane(file)
}

/** Runs a program to its end; a failure is an outcome, too. Its HOME is of this test file: without one kubectl keeps a cache where it stands. */
export function run(
  file: string,
  args: readonly string[],
  { env = {}, input = '', cwd }: RunOptions = {},
): Promise<Outcome> {
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH ?? '', HOME: home, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  })
  const text = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk
    })
  }
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`Cannot run ${file}: ${cause.message}`, { cause })))
    child.once('close', (code) => resolve({ code, ...text }))
  })
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  readonly cwd?: string
}

const home = mkdtempSync(join(tmpdir(), 'reloader-install-'))

// Of each test file that has this module, after everything else of it.
afterAll(() => rm(home, { recursive: true, force: true }))

const ENV = { HOME: home, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home }

/** Runs helm where it needs no cluster. */
export async function helmLocally(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return await run(await findHelm(), args, { ...options, env: { ...ENV, ...options.env } })
}

/** Runs Helm 3, built as `buildBinaries` says, where it needs no cluster. */
export async function helmThreeLocally(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const file = join(await buildBinaries('helm3'), 'helm')
  return await run(file, args, { ...options, env: { ...ENV, ...options.env } })
}

/** `helm template` of the chart, with `--set-json` for each value. */
export async function template(
  values: Readonly<Record<string, unknown>> = {},
  args: readonly string[] = [],
): Promise<Outcome> {
  const all = ['template', 'reloader', CHART, '--namespace=default', '--values=-', ...args]
  return await helmLocally(all, { input: JSON.stringify(values) })
}

/** Runs helm as the administrator of the control plane. */
export async function helm(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { binaries, adminKubeconfig } = controlPlane()
  return await run(binaries.helm, [...args, `--kubeconfig=${adminKubeconfig}`], {
    ...options,
    env: { ...ENV, ...options.env },
  })
}

/** Runs kubectl as the administrator of the control plane. */
export async function kubectl(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { binaries, adminKubeconfig } = controlPlane()
  return await run(binaries.kubectl, [`--kubeconfig=${adminKubeconfig}`, ...args], {
    ...options,
    env: { ...ENV, ...options.env },
  })
}

/** The outcome of what has to work; throws with what the program said where it does not. */
export async function done(outcome: Promise<Outcome>): Promise<Outcome> {
  const { code, stdout, stderr } = await outcome
  if (code !== 0) throw new Error(`Cannot go on: exit code ${code}: ${stderr}${stdout}`)
  return { code, stdout, stderr }
}
