// The status of a pod as the kubelet writes it.
import type { ApiObject } from '../../object/api-object.ts'
import { type Json, type JsonObject, listAt, objectAt, textAt } from '../../object/json.ts'
import { conditionOf, conditionsOf } from '../deployment/deployment-conditions.ts'
import { nodeOf } from './pod.ts'

export type ContainerState =
  | { readonly waiting: { readonly reason: string; readonly message?: string } }
  | { readonly running: { readonly startedAt: string } }
  | { readonly terminated: Terminated }

interface Terminated extends JsonObject {
  readonly exitCode: number
  readonly reason: string
  readonly startedAt: string
  readonly finishedAt: string
}

export interface ObservedPod {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed'
  readonly ready: boolean
  readonly restarts: number
  /** The same for every container of the pod. */
  readonly state: (container: Json) => ContainerState
  readonly podIp: string
  readonly time: string
}

/** The whole status. Times of conditions that did not change are kept. */
export function podStatus(pod: ApiObject, observed: ObservedPod): JsonObject {
  const { phase, podIp, time } = observed
  const started = phase !== 'Pending'
  const hostIP = `10.0.0.${nodeOf(pod).replace(/^\D+/, '') || '1'}`
  return {
    ...objectAt(pod, 'status'),
    observedGeneration: pod.metadata.generation,
    phase,
    conditions: podConditions(pod, observed),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(started ? { podIP: podIp, podIPs: [{ ip: podIp }] } : {}),
    startTime: textAt(pod, 'status', 'startTime') || time,
    ...initStatuses(pod, observed),
    containerStatuses: listAt(pod, 'spec', 'containers').map((each) => containerStatus(each, observed)),
    qosClass: qosClassOf(pod),
  }
}

/** A container ran to its end where the pod has started: there is nothing in it that could fail. */
function initStatuses(pod: ApiObject, observed: ObservedPod): JsonObject {
  const containers = listAt(pod, 'spec', 'initContainers')
  if (containers.length === 0) return {}
  const { time, phase } = observed
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: time, finishedAt: time }
  const known = listAt(pod, 'status', 'initContainerStatuses')
  const statuses = containers.map((each, index) =>
    phase !== 'Pending' && objectAt(known[index], 'state').terminated !== undefined
      ? objectAt(known[index])
      : containerStatus(each, {
          ...observed,
          ready: phase !== 'Pending',
          state: phase === 'Pending' ? observed.state : () => ({ terminated }),
        }),
  )
  return { initContainerStatuses: statuses }
}

function containerStatus(container: Json, { ready, restarts, state, phase }: ObservedPod): JsonObject {
  const image = textAt(container, 'image')
  const now: JsonObject = state(container)
  const started = phase !== 'Pending'
  return {
    name: textAt(container, 'name'),
    state: now,
    lastState: {},
    ready,
    restartCount: restarts,
    image,
    imageID: started ? image : '',
    ...(started ? { containerID: `embedded://${textAt(container, 'name')}` } : {}),
    started: phase === 'Running',
  }
}

function podConditions(pod: ApiObject, { phase, ready, time }: ObservedPod): readonly JsonObject[] {
  const started = phase !== 'Pending'
  const ended = phase === 'Succeeded' ? { reason: 'PodCompleted' } : unready(pod)
  const wanted: readonly JsonObject[] = [
    { type: 'PodReadyToStartContainers', status: started ? 'True' : 'False' },
    { type: 'Initialized', status: 'True', ...(phase === 'Succeeded' ? { reason: 'PodCompleted' } : {}) },
    { type: 'Ready', status: ready ? 'True' : 'False', ...(ready ? {} : ended) },
    { type: 'ContainersReady', status: ready ? 'True' : 'False', ...(ready ? {} : ended) },
    { type: 'PodScheduled', status: 'True' },
  ]
  return wanted.map((condition) => {
    const known = conditionOf(conditionsOf(pod), String(condition.type))
    const same = known.status === condition.status
    return {
      ...condition,
      observedGeneration: pod.metadata.generation,
      lastProbeTime: null,
      lastTransitionTime: same ? textAt(known, 'lastTransitionTime') : time,
    }
  })
}

function unready(pod: ApiObject): JsonObject {
  const names = listAt(pod, 'spec', 'containers').map((each) => textAt(each, 'name'))
  return { reason: 'ContainersNotReady', message: `containers with unready status: [${names.join(' ')}]` }
}

function qosClassOf(pod: ApiObject): string {
  const resources = listAt(pod, 'spec', 'containers').map((each) => objectAt(each, 'resources'))
  const named = (key: string) => resources.map((each) => Object.keys(objectAt(each, key)).length)
  if ([...named('limits'), ...named('requests')].every((count) => count === 0)) return 'BestEffort'
  const exact = resources.every(
    (each) => JSON.stringify(each.limits) === JSON.stringify(each.requests ?? each.limits),
  )
  return exact && named('limits').every((count) => count >= 2) ? 'Guaranteed' : 'Burstable'
}
