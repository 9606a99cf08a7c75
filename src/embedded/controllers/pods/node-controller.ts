// The nodes of the embedded cluster, and the scheduler that binds pods to them.
import type { ApiObject } from '../../object/api-object.ts'
import { toApiObject } from '../../object/api-object.ts'
import { type JsonObject, listAt, objectAt, textAt } from '../../object/json.ts'
import { resourceOf } from '../../object/resources.ts'
import { toTime } from '../../schema/scalar.ts'
import type { ObjectStore } from '../../storage/object-store.ts'
import { type Controller, placeOf } from '../control-loop.ts'
import type { RecordEvent } from '../event-recorder.ts'
import type { LocalClient } from '../local-client.ts'
import { nodeOf } from './pod.ts'

const VERSION = 'v1.36.4'

/** Makes the nodes `node-1`, `node-2`, ... that do not exist yet. */
export function createNodes(client: LocalClient, count: number, now: () => Date): void {
  for (let number = 1; number <= count; number += 1) {
    const name = `node-${number}`
    if (client.get({ kind: 'Node', name }) !== undefined) continue
    const labels = {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
    }
    const metadata = { name, labels }
    const node = client.create({ kind: 'Node', apiVersion: 'v1', metadata })
    client.update({ ...node, status: nodeStatus(number, toTime(now())) }, 'status')
  }
}

function nodeStatus(number: number, time: string): JsonObject {
  const resources = { cpu: '4', memory: '8Gi', pods: '110' }
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  }
  return {
    capacity: resources,
    allocatable: resources,
    conditions: [ready],
    addresses: [
      { type: 'InternalIP', address: hostIp(number) },
      { type: 'Hostname', address: `node-${number}` },
    ],
    nodeInfo: {
      machineID: '',
      systemUUID: '',
      bootID: '',
      kernelVersion: '',
      osImage: 'none: an embedded cluster',
      containerRuntimeVersion: 'embedded://1',
      kubeletVersion: VERSION,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  }
}

function hostIp(number: number): string {
  return `10.0.0.${number}`
}

export interface SchedulerOptions {
  readonly client: LocalClient
  readonly store: ObjectStore
  readonly now: () => Date
  readonly record: RecordEvent
}

/** Binds every new pod to the node with the fewest pods among those that it may run on. */
export function createScheduler({ client, store, now, record }: SchedulerOptions): Controller {
  return {
    kinds: ['Pod'],
    placeOf: (pod) => (nodeOf(pod) === '' ? placeOf(pod) : undefined),
    sync(place) {
      const pod = client.get(place)
      if (pod === undefined || nodeOf(pod) !== '' || pod.metadata.deletionTimestamp !== undefined) return
      const node = pickNode(client, pod)
      if (node === undefined) return
      // A binding is no update: it moves neither generation nor managedFields.
      const bound = store.update(resourceOf('Pod'), boundTo(pod, node, toTime(now())), pod)
      const { namespace, name } = bound.metadata
      const message = `Successfully assigned ${namespace}/${name} to ${node}`
      record(bound, { reason: 'Scheduled', message })
    },
  }
}

function boundTo(pod: ApiObject, nodeName: string, time: string): ApiObject {
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: time }
  const status = { ...objectAt(pod, 'status'), conditions: [scheduled] }
  return toApiObject({ ...pod, spec: { ...objectAt(pod, 'spec'), nodeName }, status })
}

function pickNode(client: LocalClient, pod: ApiObject): string | undefined {
  const wanted = demandedNode(pod)
  const nodes = client.list('Node').map((node) => node.metadata.name ?? '')
  const eligible = wanted === undefined ? nodes : nodes.filter((name) => name === wanted)
  const pods = client.list('Pod')
  const load = (name: string) => pods.filter((each) => nodeOf(each) === name).length
  return eligible.toSorted((a, b) => load(a) - load(b))[0]
}

/** The node that the affinity of a DaemonSet's pod names. */
export function demandedNode(pod: ApiObject): string | undefined {
  const required = objectAt(
    pod,
    'spec',
    'affinity',
    'nodeAffinity',
    'requiredDuringSchedulingIgnoredDuringExecution',
  )
  const [term] = listAt(required, 'nodeSelectorTerms')
  const [field] = listAt(term, 'matchFields')
  if (textAt(field, 'key') !== 'metadata.name') return undefined
  return String(listAt(field, 'values')[0])
}
