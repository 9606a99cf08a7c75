// Where the binaries of a control plane come from: given ones first, else built from their Go modules, once per machine.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { buildBinaries, type GoModule } from './build.ts'
import { runTool } from './run-tool.ts'

/** The absolute path of each program that a control plane, or a scenario on it, needs. */
export interface Binaries {
  readonly etcd: string
  readonly 'kube-apiserver': string
  readonly 'kube-controller-manager': string
  readonly 'kube-scheduler': string
  readonly kwok: string
  readonly kubectl: string
  readonly helm: string
}

/** Programs that must come from one place, because they must be of one version. */
interface Unit {
  readonly module: GoModule
  readonly names: readonly (keyof Binaries)[]
  /** Below this the scenarios cannot work. */
  readonly atLeast: readonly [major: number, minor: number]
  readonly versionArgs: readonly string[]
}

/** 3.4 has no progress notification that a streamed list could wait for. */
const ETCD: Unit = { module: 'etcd', names: ['etcd'], atLeast: [3, 5], versionArgs: ['--version'] }

/** From 1.34 on the API server streams lists (sendInitialEvents) by default. */
const SERVER: Unit = {
  module: 'kubernetes',
  names: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
  atLeast: [1, 34],
  versionArgs: ['--version'],
}

const KUBECTL: Unit = {
  module: 'kubernetes',
  names: ['kubectl'],
  atLeast: [1, 31],
  versionArgs: ['version', '--client'],
}

/** Not tried with earlier ones. */
const KWOK: Unit = { module: 'kwok', names: ['kwok'], atLeast: [0, 7], versionArgs: ['--version'] }

const HELM: Unit = { module: 'helm', names: ['helm'], atLeast: [4, 0], versionArgs: ['version', '--short'] }

/**
 * The programs: from the directory `KUBEBUILDER_ASSETS`, else from the PATH where the version fits, else built.
 * Throws, in one line, when they have to be built and cannot be.
 */
export async function findBinaries(): Promise<Binaries> {
  const server = await directoryOf(SERVER)
  return {
    etcd: join(await directoryOf(ETCD), 'etcd'),
    'kube-apiserver': join(server, 'kube-apiserver'),
    'kube-controller-manager': join(server, 'kube-controller-manager'),
    'kube-scheduler': join(server, 'kube-scheduler'),
    kwok: join(await directoryOf(KWOK), 'kwok'),
    kubectl: join(await directoryOf(KUBECTL), 'kubectl'),
    helm: join(await directoryOf(HELM), 'helm'),
  }
}

/** Only helm, which needs no control plane; throws as `findBinaries` does. */
export async function findHelm(): Promise<string> {
  return join(await directoryOf(HELM), 'helm')
}

/** One after the other, because a build uses every processor by itself. */
async function directoryOf(unit: Unit): Promise<string> {
  return (await givenDirectory(unit)) ?? (await buildBinaries(unit.module))
}

/** The first directory that holds every program of the unit in a version that fits. */
async function givenDirectory(unit: Unit): Promise<string | undefined> {
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
