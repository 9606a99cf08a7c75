import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { becomesReady, guardProcesses } from './processes.ts'
import { until } from './until.ts'

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function directory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'reloader-processes-'))
}

it('closing ends every process and removes the directory', async () => {
  const own = await directory()
  const processes = guardProcesses(own)
  const { pid, ended } = processes.start({ name: 'sleeper', file: 'sleep', args: ['1000'] })
  await processes.close()
  expect(await ended).toBe('signal SIGKILL')
  expect(isRunning(pid)).toBe(false)
  expect(existsSync(own)).toBe(false)
})

it('when the starter is gone the guard ends what still runs, and leaves alone what had ended', async () => {
  const own = await directory()
  const [left, unguarded] = [spawn('sleep', ['1000']), spawn('sleep', ['1000'])]
  const guard = spawn('/bin/sh', [join(import.meta.dirname, 'guard.sh'), own])
  const ends = new Promise((resolve) => left.once('exit', (_, signal) => resolve(signal)))
  guard.stdin.end(`started ${unguarded.pid}\nstarted ${left.pid}\nended ${unguarded.pid}\n`)
  expect(await ends).toBe('SIGKILL')
  await until(() => !existsSync(own), { what: 'The end of the directory' })
  expect(unguarded.exitCode ?? unguarded.signalCode).toBeNull()
  unguarded.kill('SIGKILL')
})

it('a process that does not start says why with its own words', async () => {
  const processes = guardProcesses(await directory())
  const failing = processes.start({ name: 'failing', file: 'sh', args: ['-c', 'echo no such flag; exit 3'] })
  const starting = becomesReady(failing, () => Promise.resolve(false))
  await expect(starting).rejects.toThrow('Cannot start failing: it ended with exit code 3:\nno such flag')
  await processes.close()
})

it('a program that is not there is refused at once', async () => {
  const processes = guardProcesses(await directory())
  expect(() => processes.start({ name: 'missing', file: '/no/such/program', args: [] })).toThrow(
    'Cannot start missing: /no/such/program cannot be run',
  )
  await processes.close()
})
