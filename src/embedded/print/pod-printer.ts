// How pods are shown: one word that sums up phase, conditions and containers (`printPod` of 1.36).
import type { ApiObject } from '../object/api-object.ts'
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  valueAt,
} from '../object/json.ts'
import { ageOf, NONE, since } from './cells.ts'
import { type Printer, printer } from './columns.ts'

const COLUMNS = 'Name, Ready, Status, Restarts, Age, IP@, Node@, Nominated Node@, Readiness Gates@'

/** Tells of pods that are done, too, that they are. */
export const POD_PRINTER: Printer = { ...printer(COLUMNS, podCells), conditions: podConditions }

function podCells(pod: ApiObject, now: Date): readonly Json[] {
  return [
    pod.metadata.name ?? '',
    ...statusCells(pod, now),
    ageOf(pod, now),
    textAt(listAt(pod, 'status', 'podIPs')[0], 'ip') || NONE,
    textAt(pod, 'spec', 'nodeName') || NONE,
    textAt(pod, 'status', 'nominatedNodeName') || NONE,
    readinessGates(pod),
  ]
}

const ENDS: Readonly<Record<string, string>> = {
  Succeeded: 'The pod has completed successfully.',
  Failed: 'The pod failed.',
}

function podConditions(pod: ApiObject): readonly JsonObject[] {
  const reason = textAt(pod, 'status', 'phase')
  const message = ENDS[reason]
  return message === undefined ? [] : [{ type: 'Completed', status: 'True', reason, message }]
}

/** What the containers of a pod add up to. */
interface Summary {
  readonly reason: string
  readonly ready: number
  readonly restarts: number
  readonly lastRestart: string
  readonly initializing: boolean
}

function statusCells(pod: ApiObject, now: Date): readonly Json[] {
  const sidecars = listAt(pod, 'spec', 'initContainers').filter(isSidecar)
  const total = listAt(pod, 'spec', 'containers').length + sidecars.length
  const init = afterInit(
    pod,
    sidecars.map((each) => textAt(each, 'name')),
  )
  const summary = init.initializing && !hasCondition(pod, 'Initialized') ? init : afterContainers(pod, init)
  const { ready, restarts, lastRestart } = summary
  const ago = restarts > 0 && lastRestart !== '' ? ` (${since(lastRestart, now)} ago)` : ''
  return [`${ready}/${total}`, finalReason(pod, summary.reason), `${restarts}${ago}`]
}

/** An init container that goes on running beside the others. */
function isSidecar(container: Json): boolean {
  return textAt(container, 'restartPolicy') === 'Always'
}

function hasCondition(pod: ApiObject, type: string): boolean {
  return listAt(pod, 'status', 'conditions').some(
    (each) => textAt(each, 'type') === type && textAt(each, 'status') === 'True',
  )
}

function firstReason(pod: ApiObject): string {
  const gated = listAt(pod, 'status', 'conditions').some(
    (each) => textAt(each, 'type') === 'PodScheduled' && textAt(each, 'reason') === 'SchedulingGated',
  )
  return gated ? 'SchedulingGated' : textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase')
}

/** Goes through the init containers up to the first that is not done. */
function afterInit(pod: ApiObject, sidecars: readonly string[]): Summary {
  let summary: Summary = {
    reason: firstReason(pod),
    ready: 0,
    restarts: 0,
    lastRestart: '',
    initializing: false,
  }
  for (const [i, status] of listAt(pod, 'status', 'initContainerStatuses').entries()) {
    summary = withRestarts(summary, status)
    const sidecar = sidecars.includes(textAt(status, 'name'))
    if (numberAt(status, 'state', 'terminated', 'exitCode') === 0) continue
    if (sidecar && valueAt(status, 'started') === true) {
      summary = { ...summary, ready: summary.ready + (valueAt(status, 'ready') === true ? 1 : 0) }
      continue
    }
    return { ...summary, initializing: true, reason: initReason(pod, status, i) }
  }
  return summary
}

function withRestarts(summary: Summary, status: Json): Summary {
  const finished = textAt(status, 'lastState', 'terminated', 'finishedAt')
  return {
    ...summary,
    restarts: summary.restarts + (numberAt(status, 'restartCount') ?? 0),
    lastRestart: [finished, summary.lastRestart].toSorted().at(-1) ?? '',
  }
}

function initReason(pod: ApiObject, status: Json, i: number): string {
  const terminated = valueAt(status, 'state', 'terminated')
  if (isObject(terminated)) return `Init:${endReason(terminated)}`
  const waiting = textAt(status, 'state', 'waiting', 'reason')
  if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`
  return `Init:${i}/${listAt(pod, 'spec', 'initContainers').length}`
}

function endReason(terminated: Json): string {
  const signal = numberAt(terminated, 'signal') ?? 0
  const code = numberAt(terminated, 'exitCode') ?? 0
  return textAt(terminated, 'reason') || (signal === 0 ? `ExitCode:${code}` : `Signal:${signal}`)
}

/** Goes through the containers from the last to the first, so that the first has the last word. */
function afterContainers(pod: ApiObject, init: Summary): Summary {
  let { reason, ready } = init
  let summary: Summary = { ...init, restarts: 0, lastRestart: '' }
  let errorReason = ''
  let running = false
  for (const status of listAt(pod, 'status', 'containerStatuses').toReversed()) {
    summary = withRestarts(summary, status)
    const waiting = textAt(status, 'state', 'waiting', 'reason')
    const { terminated, running: runs } = objectAt(status, 'state')
    if (waiting !== '') reason = waiting
    else if (isObject(terminated)) {
      reason = endReason(terminated)
      if ((numberAt(terminated, 'exitCode') ?? 0) !== 0) errorReason = reason
    } else if (valueAt(status, 'ready') === true && isObject(runs)) {
      running = true
      ready += 1
    }
  }
  if (reason === 'Completed') reason = completedReason({ pod, running, errorReason })
  return { ...summary, reason, ready }
}

interface CompletedPod {
  readonly pod: ApiObject
  readonly running: boolean
  readonly errorReason: string
}

/** A container that is done says nothing of those that are not. */
function completedReason({ pod, running, errorReason }: CompletedPod): string {
  if (running && hasCondition(pod, 'Ready')) return 'Running'
  if (errorReason !== '') return errorReason
  return running ? 'NotReady' : 'Completed'
}

function finalReason(pod: ApiObject, reason: string): string {
  if (pod.metadata.deletionTimestamp === undefined) return reason
  if (textAt(pod, 'status', 'reason') === 'NodeLost') return 'Unknown'
  return ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase')) ? reason : 'Terminating'
}

function readinessGates(pod: ApiObject): string {
  const gates = listAt(pod, 'spec', 'readinessGates')
  if (gates.length === 0) return NONE
  const open = gates.filter((each) => hasCondition(pod, textAt(each, 'conditionType')))
  return `${open.length}/${gates.length}`
}
