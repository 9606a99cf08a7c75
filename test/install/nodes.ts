// Node in every version that the program is promised to run on: the one that runs the tests, and the others as packages.
import { join } from 'node:path'
import { cached } from '../controlplane/cache.ts'
import { runTool } from '../controlplane/run-tool.ts'

/** The oldest that package.json accepts, and that of the image, each in a version that is there for every platform. */
const VERSIONS = ['20.20.2', '24.21.0'] as const

export interface Node {
  readonly major: number
  readonly file: string
}

/** The majors that `findNode` knows. */
export const MAJORS = VERSIONS.map(majorOf)

/** This Node if it is of the major version, else one that is installed once per machine. Throws when npm cannot. */
export async function findNode(major: number): Promise<Node> {
  if (majorOf(process.versions.node) === major) return { major, file: process.execPath }
  const version = VERSIONS.find((each) => majorOf(each) === major)
  if (version === undefined) throw new Error(`Cannot find Node ${major}: no version of it is named`)
  const name = `node-${process.platform}-${process.arch}`
  const directory = await cached(`${name}-${version}`, (target) => {
    const args = ['install', `--prefix=${target}`, '--no-save', '--ignore-scripts', '--loglevel=error']
    return runTool('npm', [...args, `${name}@${version}`])
  })
  return { major, file: join(directory, 'node_modules', name, 'bin', 'node') }
}

function majorOf(version: string): number {
  return Number(version.split('.')[0])
}
