// The built program, as somebody runs it: `npm test` builds it first.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const program = join(import.meta.dirname, '..', '..', 'dist', 'reloader.mjs')
let emptyDirectory = ''

beforeAll(() => {
  emptyDirectory = mkdtempSync(join(tmpdir(), 'reloader-main-'))
})
afterAll(() => rmSync(emptyDirectory, { recursive: true }))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program in an empty directory, without a home and without any variable of a cluster. */
function reloader(...argv: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...argv], { cwd: emptyDirectory, env: {} })
    const chunks = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      chunks.stderr += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...chunks }))
  })
}

test('--help answers without a cluster', async () => {
  const { code, stdout, stderr } = await reloader('--help')
  expect(code).toBe(0)
  expect(stderr).toBe('')
  expect(stdout).toContain('Usage: reloader [flags]')
})

test('--version is one line', async () => {
  const { code, stdout, stderr } = await reloader('--version')
  expect(code).toBe(0)
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^reloader \d+\.\d+\.\d+ \(commit [0-9a-z]+, Node\.js v[\d.]+\)\n$/)
})

test('a bad flag is one line and exit code 2', async () => {
  const { code, stdout, stderr } = await reloader('--setle=1s')
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toBe('Unknown flag --setle: did you mean --settle?\n')
})

test('a command has its own help', async () => {
  const { code, stdout, stderr } = await reloader('cleanup', '--help')
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('Usage: reloader cleanup [flags]')
})

test('a command that does not exist is one line and exit code 2', async () => {
  expect(await reloader('clenup')).toEqual({
    code: 2,
    stdout: '',
    stderr: "Unknown command 'clenup': did you mean cleanup?\n",
  })
})

test.each([[['cleanup', '--yes']], [['--dry-run', '--once']]])(
  '%j without a cluster is one line and exit code 1',
  async (argv) => {
    const { code, stdout, stderr } = await reloader(...argv)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^Cannot find a Kubernetes cluster: [^\n]+\n$/)
  },
)

test('no cluster is one line and exit code 1', async () => {
  const { code, stdout, stderr } = await reloader('--listen-address=127.0.0.1:0')
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^Cannot find a Kubernetes cluster: .+\n$/)
  expect(stderr.trimEnd()).not.toContain('\n')
})

test('a reader that goes away early is no failure', async () => {
  const child = spawn(process.execPath, [program, '--help'], { cwd: emptyDirectory, env: {} })
  child.stdout.destroy()
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(0)
})

test('what ends it is a line of JSON where the log is', async () => {
  const { code, stderr } = await reloader('--log-format=json')
  expect(code).toBe(1)
  const { time, ...line } = JSON.parse(stderr)
  expect(line).toEqual({ level: 'fatal', msg: expect.stringMatching(/^Cannot find a Kubernetes cluster: /) })
  expect(Date.parse(time)).not.toBeNaN()
})
