// One pod in the memory of the kubelet: what its containers started with, and what they see now.
import type { ApiObject } from '../../object/api-object.ts'
import { canonicalJson, listAt, textAt } from '../../object/json.ts'
import { type FindConfig, MissingConfig } from './config-lookup.ts'
import { containerEnv } from './container-env.ts'
import type { Files } from './pod-facts.ts'
import { mountedFiles, VolumeProblem, volumeFiles } from './volume-files.ts'

type Volumes = ReadonlyMap<string, Files>
type Env = Readonly<Record<string, string>>

export interface PodRun {
  readonly uid: string
  readonly podIp: string
  /** When its containers may start, in milliseconds of the monotonic clock, as every time here. */
  startAtMs: number
  /** Undefined until its containers start. */
  started: Started | undefined
  restarts: number
  /** When the kubelet was first told to stop it. */
  stoppingMs: number | undefined
}

interface Started {
  readonly atMs: number
  /** For the status. */
  readonly time: string
  readonly env: ReadonlyMap<string, Env>
  readonly atStart: Volumes
  live: Volumes
  /** When mounts that are behind are brought up to date; undefined: they are. */
  refreshMs: number | undefined
}

/** Why containers wait; `volume` where one of its volumes cannot be set up. */
export interface StartProblem {
  readonly reason: 'ContainerCreating' | 'CreateContainerConfigError'
  readonly message: string
  readonly volume: boolean
}

export interface StartMoment {
  readonly atMs: number
  readonly time: string
}

/** Starts every container with what there is now, or says why not. */
export function startContainers(
  pod: ApiObject,
  find: FindConfig,
  { atMs, time }: StartMoment,
): Started | StartProblem {
  try {
    const volumes = volumeFiles(pod, find)
    const containers = ['initContainers', 'containers'].flatMap((key) => listAt(pod, 'spec', key))
    const env = new Map(containers.map((each) => [textAt(each, 'name'), containerEnv(pod, each, find)]))
    return { atMs, time, env, atStart: volumes, live: volumes, refreshMs: undefined }
  } catch (error) {
    if (error instanceof VolumeProblem)
      return { reason: 'ContainerCreating', message: error.message, volume: true }
    if (error instanceof MissingConfig)
      return { reason: 'CreateContainerConfigError', message: error.message, volume: false }
    throw error
  }
}

export interface RefreshMoment {
  readonly nowMs: number
  /** How long mounts stay behind. */
  readonly delayMs: number
}

/** Brings mounts up to date once their delay is over; returns how long that is, in milliseconds, where they are behind. */
export function refreshMounts(
  pod: ApiObject,
  run: { readonly started: Started; readonly find: FindConfig },
  { nowMs, delayMs }: RefreshMoment,
): number | undefined {
  const { started, find } = run
  const current = currentVolumes(pod, find)
  if (current === undefined || sameVolumes(current, started.live)) {
    started.refreshMs = undefined
    return undefined
  }
  started.refreshMs ??= nowMs + delayMs
  if (nowMs < started.refreshMs) return started.refreshMs - nowMs
  started.live = current
  started.refreshMs = undefined
  return undefined
}

/** Undefined where one cannot be read any more: the files stay as they are then. */
function currentVolumes(pod: ApiObject, find: FindConfig): Volumes | undefined {
  try {
    return volumeFiles(pod, find)
  } catch (error) {
    if (error instanceof VolumeProblem) return undefined
    throw error
  }
}

function sameVolumes(a: Volumes, b: Volumes): boolean {
  return canonicalJson(Object.fromEntries(a)) === canonicalJson(Object.fromEntries(b))
}

/** The files of a container now. */
export function filesOf(pod: ApiObject, container: string, { live, atStart }: Started): Files | undefined {
  const found = ['containers', 'initContainers']
    .flatMap((key) => listAt(pod, 'spec', key))
    .find((each) => textAt(each, 'name') === container)
  return found === undefined ? undefined : mountedFiles(found, live, atStart)
}
