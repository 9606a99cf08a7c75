// The fake kubelet of every node. A pod goes from Pending over its containers' start to Running and Ready; its containers
// read the environment once, when they start, and see mounts live. A missing config keeps it waiting until it appears.
import type { ApiObject } from '../../object/api-object.ts'
import { listAt, numberAt, textAt } from '../../object/json.ts'
import { toTime } from '../../schema/scalar.ts'
import { type Controller, placeOf, type SyncAgain } from '../control-loop.ts'
import type { RecordEvent } from '../event-recorder.ts'
import type { LocalClient, ObjectPlace } from '../local-client.ts'
import { type ConfigKind, configsOf } from './config-lookup.ts'
import { isFinished, nodeOf } from './pod.ts'
import { mentions } from './pod-configs.ts'
import type { ContainerPlace, PodFacts } from './pod-facts.ts'
import type { PodSettings } from './pod-options.ts'
import { filesOf, type PodRun, refreshMounts, type StartProblem, startContainers } from './pod-run.ts'
import { type ContainerState, type ObservedPod, podStatus } from './pod-status.ts'

export interface KubeletOptions {
  readonly client: LocalClient
  readonly now: () => Date
  readonly record: RecordEvent
  readonly settings: PodSettings
}

export interface Kubelet {
  readonly controller: Controller
  readonly facts: PodFacts
}

interface PodTurn {
  readonly pod: ApiObject
  readonly run: PodRun
  readonly again: SyncAgain
}

/** The kubelet of all nodes. */
export function createKubelet(options: KubeletOptions): Kubelet {
  const { client } = options
  const runs = new Map<string, PodRun>()
  let addresses = 0

  function runOf(pod: ApiObject): PodRun {
    const uid = pod.metadata.uid ?? ''
    const known = runs.get(uid)
    if (known !== undefined) return known
    addresses += 1
    const podIp = `10.244.${addresses >> 8}.${addresses & 255}`
    const run: PodRun = {
      uid,
      podIp,
      startAtMs: performance.now() + options.settings.startMs,
      started: undefined,
      restarts: 0,
      stoppingMs: undefined,
    }
    runs.set(uid, run)
    return run
  }

  function found({ namespace, pod, container }: ContainerPlace) {
    const object = client.get({ kind: 'Pod', namespace, name: pod })
    const started = runs.get(object?.metadata.uid ?? '')?.started
    if (object === undefined || started === undefined) return undefined
    const [first] = listAt(object, 'spec', 'containers')
    return { object, started, container: container ?? textAt(first, 'name') }
  }

  return {
    controller: {
      kinds: ['Pod', 'ConfigMap', 'Secret'],
      placeOf: (changed) => (changed.kind === 'Pod' ? placeOf(changed) : podsWith(client, changed)),
      sync(place, again) {
        const pod = client.get(place)
        if (pod === undefined) forgetGone(client, runs)
        else if (nodeOf(pod) !== '') syncPod(options, { pod, run: runOf(pod), again })
      },
    },
    facts: {
      env(place) {
        const here = found(place)
        return here?.started.env.get(here.container)
      },
      files(place) {
        const here = found(place)
        return here === undefined ? undefined : filesOf(here.object, here.container, here.started)
      },
    },
  }
}

/** The pods that a change of a ConfigMap or Secret is news for. */
function podsWith(client: LocalClient, { kind, metadata }: ApiObject): readonly ObjectPlace[] {
  const config = { kind: kind === 'Secret' ? 'Secret' : 'ConfigMap', name: metadata.name ?? '' } as const
  return client
    .list('Pod', metadata.namespace)
    .filter((pod) => mentions(pod, config satisfies { kind: ConfigKind; name: string }))
    .map(placeOf)
}

function forgetGone(client: LocalClient, runs: Map<string, PodRun>): void {
  const present = new Set(client.list('Pod').map((pod) => pod.metadata.uid))
  for (const uid of runs.keys()) if (!present.has(uid)) runs.delete(uid)
}

function syncPod(options: KubeletOptions, turn: PodTurn): void {
  const { pod, run } = turn
  if (pod.metadata.deletionTimestamp !== undefined) stop(options, turn)
  else if (isFinished(pod)) return
  else if (run.started === undefined) start(options, turn)
  else live(options, turn)
}

function start(options: KubeletOptions, { pod, run, again }: PodTurn): void {
  const { client, now } = options
  const left = run.startAtMs - performance.now()
  if (left > 0) {
    if (run.restarts === 0)
      writeStatus(options, pod, { run, phase: 'Pending', state: () => waiting('ContainerCreating') })
    again(left)
    return
  }
  const find = configsOf(client, pod.metadata.namespace ?? '')
  const started = startContainers(pod, find, { atMs: performance.now(), time: toTime(now()) })
  if ('reason' in started) {
    reportProblem(options, { pod, run, again }, started)
    return
  }
  run.started = started
  for (const container of listAt(pod, 'spec', 'containers')) recordStart(options, pod, container)
  live(options, { pod, run, again })
}

function reportProblem(options: KubeletOptions, { pod, run }: PodTurn, problem: StartProblem): void {
  const { reason, message, volume } = problem
  options.record(pod, {
    type: 'Warning',
    reason: volume ? 'FailedMount' : 'Failed',
    message: volume ? message : `Error: ${message}`,
  })
  const state = volume ? waiting(reason) : waiting(reason, message)
  writeStatus(options, pod, { run, phase: run.restarts > 0 ? 'Running' : 'Pending', state: () => state })
}

function waiting(reason: string, message?: string): ContainerState {
  return { waiting: { reason, ...(message === undefined ? {} : { message }) } }
}

function recordStart(
  { record }: KubeletOptions,
  pod: ApiObject,
  container: Parameters<typeof textAt>[0],
): void {
  const fieldPath = `spec.containers{${textAt(container, 'name')}}`
  const image = textAt(container, 'image')
  const pulled = `Container image "${image}" already present on machine and can be accessed by the pod`
  record(pod, { reason: 'Pulled', message: pulled, fieldPath })
  record(pod, { reason: 'Created', message: 'Container created', fieldPath })
  record(pod, { reason: 'Started', message: 'Container started', fieldPath })
}

/** A running pod: its end if that has come, else its readiness and its mounts. */
function live(options: KubeletOptions, { pod, run, again }: PodTurn): void {
  const { started } = run
  if (started === undefined) return
  const { client, settings } = options
  const nowMs = performance.now()
  const exit = exitOf(pod, settings)
  if (exit !== undefined && nowMs >= started.atMs + exit.afterMs) {
    end(options, { pod, run, again }, exit.code)
    return
  }
  if (exit !== undefined) again(started.atMs + exit.afterMs - nowMs)
  const readyIn = started.atMs + (settings.fateOf(pod)?.readyMs ?? settings.readyMs) - nowMs
  if (readyIn > 0 && Number.isFinite(readyIn)) again(readyIn)
  const find = configsOf(client, pod.metadata.namespace ?? '')
  const behindMs = refreshMounts(pod, { started, find }, { nowMs, delayMs: settings.mountMs })
  if (behindMs !== undefined) again(behindMs)
  const state = () => ({ running: { startedAt: started.time } })
  writeStatus(options, pod, { run, phase: 'Running', state, ready: readyIn <= 0 })
}

/** A pod that is not to run always ends by itself. */
function exitOf(pod: ApiObject, { fateOf, workMs }: PodSettings) {
  const always = textAt(pod, 'spec', 'restartPolicy') === 'Always'
  return fateOf(pod)?.exit ?? (always ? undefined : { afterMs: workMs, code: 0 })
}

/** The containers have ended: for good, or to start again where the pod says so. */
function end(options: KubeletOptions, { pod, run, again }: PodTurn, exitCode: number): void {
  const policy = textAt(pod, 'spec', 'restartPolicy')
  if (policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)) {
    restart(options, { pod, run, again })
    return
  }
  const finishedAt = toTime(options.now())
  const startedAt = run.started?.time ?? finishedAt
  const reason = exitCode === 0 ? 'Completed' : 'Error'
  const state = () => ({ terminated: { exitCode, reason, startedAt, finishedAt } })
  writeStatus(options, pod, { run, phase: exitCode === 0 ? 'Succeeded' : 'Failed', state })
}

/** A container that is started over and over would leave time for nothing else. */
const MIN_RESTART_MS = 10

function restart(options: KubeletOptions, { pod, run, again }: PodTurn): void {
  const { record, settings } = options
  const { name, namespace, uid } = pod.metadata
  run.started = undefined
  run.restarts += 1
  for (const container of listAt(pod, 'spec', 'containers')) {
    const failed = textAt(container, 'name')
    const message = `Back-off restarting failed container ${failed} in pod ${name}_${namespace}(${uid})`
    record(pod, { type: 'Warning', reason: 'BackOff', message, fieldPath: `spec.containers{${failed}}` })
  }
  const waitMs = Math.max(settings.retryMs, MIN_RESTART_MS)
  run.startAtMs = performance.now() + waitMs
  writeStatus(options, pod, { run, phase: 'Running', state: () => waiting('CrashLoopBackOff') })
  again(waitMs)
}

/** Containers get their time to stop, but no longer than the settings say. */
function stop({ client, record, settings }: KubeletOptions, { pod, run, again }: PodTurn): void {
  const nowMs = performance.now()
  if (run.stoppingMs === undefined) {
    run.stoppingMs = nowMs
    for (const container of run.started === undefined ? [] : listAt(pod, 'spec', 'containers')) {
      const name = textAt(container, 'name')
      record(pod, {
        reason: 'Killing',
        message: `Stopping container ${name}`,
        fieldPath: `spec.containers{${name}}`,
      })
    }
  }
  const graceMs = (numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') ?? 0) * 1000
  const left = run.stoppingMs + Math.min(graceMs, settings.stopMs) - nowMs
  if (left > 0) again(left)
  else client.remove(placeOf(pod), { gracePeriodSeconds: 0, preconditions: { uid: run.uid } })
}

interface Seen extends Pick<ObservedPod, 'phase' | 'state'> {
  readonly run: PodRun
  readonly ready?: boolean
}

function writeStatus(
  { client, now }: KubeletOptions,
  pod: ApiObject,
  { run, ready = false, phase, state }: Seen,
): void {
  const { podIp, restarts } = run
  const observed = { phase, state, ready, podIp, restarts, time: toTime(now()) }
  client.update({ ...pod, status: podStatus(pod, observed) }, 'status')
}
