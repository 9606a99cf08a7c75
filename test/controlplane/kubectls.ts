// kubectl in at least two minor versions: people have an older or a newer one than their cluster.
import { delimiter, join } from 'node:path'
import { buildBinaries } from './build.ts'
import { runTool } from './run-tool.ts'

export interface Kubectl {
  /** `1.36`. */
  readonly minor: string
  readonly file: string
}

/** Below this it is not tried. */
const OLDEST_MINOR = 31

/**
 * One of each minor version: that of the PATH, that of the control plane, and where these are the same an earlier one.
 * Throws, in one line, where one has to be built and cannot be.
 */
export async function findKubectls(): Promise<readonly Kubectl[]> {
  const found = new Map<string, Kubectl>()
  const add = async (file: string) => {
    const minor = await minorOf(file)
    if (minor !== undefined && !found.has(minor)) found.set(minor, { minor, file })
  }
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    if (found.size === 0 && directory !== '') await add(join(directory, 'kubectl'))
  }
  await add(join(await buildBinaries('kubernetes'), 'kubectl'))
  if (found.size < 2) await add(join(await buildBinaries('kubectl'), 'kubectl'))
  return [...found.values()]
}

async function minorOf(file: string): Promise<string | undefined> {
  const output = await runTool(file, ['version', '--client']).catch(() => '')
  const [, major, minor] = /\bv(\d+)\.(\d+)\./.exec(output) ?? []
  return Number(minor) >= OLDEST_MINOR ? `${major}.${minor}` : undefined
}
