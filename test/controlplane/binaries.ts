// Where the binaries of a control plane come from: given ones first, else built from their Go modules, once per machine.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { buildBinaries, type GoModule } from './build.ts'
import { runTool } from './run-tool.ts'

const SERVER = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const
const NAMES = ['etcd', ...SERVER, 'kwok', 'kubectl', 'helm'] as const

/** A program that a control plane, or a scenario on it, needs. */
export type BinaryName = (typeof NAMES)[number]

/** The absolute path of each program. */
export type Binaries = Readonly<Record<BinaryName, string>>

/** Programs that must come from one place, because they must be of one version. */
interface Unit {
  readonly module: GoModule
  readonly names: readonly BinaryName[]
  /** Below this the scenarios cannot work. */
  readonly atLeast: readonly [major: number, minor: number]
  readonly versionArgs: readonly string[]
}

const UNITS: readonly Unit[] = [
  // 3.4 has no progress notification that a streamed list could wait for.
  { module: 'etcd', names: ['etcd'], atLeast: [3, 5], versionArgs: ['--version'] },
  // From 1.34 on the API server streams lists (sendInitialEvents) by default.
  { module: 'kubernetes', names: SERVER, atLeast: [1, 34], versionArgs: ['--version'] },
  { module: 'kubernetes', names: ['kubectl'], atLeast: [1, 31], versionArgs: ['version', '--client'] },
  { module: 'kwok', names: ['kwok'], atLeast: [0, 7], versionArgs: ['--version'] },
  { module: 'helm', names: ['helm'], atLeast: [4, 0], versionArgs: ['version', '--short'] },
]

/**
 * The programs: from the directory `KUBEBUILDER_ASSETS`, else from the PATH where the version fits, else built.
 * Throws, in one line, when they have to be built and cannot be.
 */
export async function findBinaries(): Promise<Binaries> {
  const found: [BinaryName, string][] = []
  for (const unit of UNITS) {
    const directory = (await directoryWith(unit)) ?? (await buildBinaries(unit.module))
    for (const name of unit.names) found.push([name, join(directory, name)])
  }
  return complete(Object.fromEntries(found))
}

/** The first directory that holds every program of the unit in a version that fits. */
async function directoryWith(unit: Unit): Promise<string | undefined> {
  const { KUBEBUILDER_ASSETS = '', PATH = '' } = process.env
  for (const directory of [KUBEBUILDER_ASSETS, ...PATH.split(delimiter)]) {
    if (
      directory !== '' &&
      unit.names.every((name) => isProgram(join(directory, name))) &&
      (await fits(directory, unit))
    ) {
      return directory
    }
  }
  return undefined
}

async function fits(directory: string, { names, atLeast, versionArgs }: Unit): Promise<boolean> {
  const versions = await Promise.all(names.map((name) => versionOf(join(directory, name), versionArgs)))
  const [first] = versions
  if (first === undefined || versions.some((each) => each?.text !== first.text)) return false
  return first.major > atLeast[0] || (first.major === atLeast[0] && first.minor >= atLeast[1])
}

interface Version {
  readonly text: string
  readonly major: number
  readonly minor: number
}

async function versionOf(file: string, args: readonly string[]): Promise<Version | undefined> {
  const output = await runTool(file, args).catch(() => '')
  const [text, major, minor] = output.match(/\bv?(\d+)\.(\d+)(?:\.\d+)?/) ?? []
  return text === undefined ? undefined : { text, major: Number(major), minor: Number(minor) }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function complete(found: Partial<Record<BinaryName, string>>): Binaries {
  const { etcd, kwok, kubectl, helm } = found
  const {
    'kube-apiserver': apiserver,
    'kube-controller-manager': manager,
    'kube-scheduler': scheduler,
  } = found
  if (!etcd || !kwok || !kubectl || !helm || !apiserver || !manager || !scheduler) {
    throw new Error('Cannot find the control plane: a program is in no unit')
  }
  return {
    etcd,
    kwok,
    kubectl,
    helm,
    'kube-apiserver': apiserver,
    'kube-controller-manager': manager,
    'kube-scheduler': scheduler,
  }
}
