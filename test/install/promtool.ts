// promtool: from the PATH, else out of Debian's package of Prometheus, which is unpacked and not installed, so that no server
// is started by it.
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { runTool } from '../controlplane/run-tool.ts'
import { type Outcome, run } from './tools.ts'

const CACHE = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
const UNPACKED = join(CACHE, 'reloader-promtool', 'promtool')

/** Runs promtool to its end; a failure is an outcome, too. Throws, in one line, where there is none and none can be had. */
export async function promtool(args: readonly string[], input = ''): Promise<Outcome> {
  return await run(await find(), args, { input })
}

let found: Promise<string> | undefined

function find(): Promise<string> {
  const given = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, 'promtool'))
  const present = [...given, UNPACKED].find(isExecutable)
  found ??= present === undefined ? unpack() : Promise.resolve(present)
  return found
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function unpack(): Promise<string> {
  mkdirSync(dirname(UNPACKED), { recursive: true })
  const directory = mkdtempSync(join(dirname(UNPACKED), '.unpacking-'))
  try {
    await download(directory)
    const [archive = ''] = readdirSync(directory)
    await runTool('dpkg-deb', ['--extract', join(directory, archive), directory])
    renameSync(join(directory, 'usr', 'bin', 'promtool'), UNPACKED)
    return UNPACKED
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`Cannot find promtool: put one on the PATH, or run as root on Debian: ${why}`, { cause })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** A machine that never asked what packages there are has to ask first. */
async function download(directory: string): Promise<void> {
  const args = ['download', 'prometheus']
  try {
    await runTool('apt-get', args, { cwd: directory })
  } catch {
    await runTool('apt-get', ['update', '--quiet=2'])
    await runTool('apt-get', args, { cwd: directory })
  }
}
