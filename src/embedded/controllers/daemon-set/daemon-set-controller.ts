// DaemonSets: one pod on every node, replaced node by node within maxUnavailable, or beside the old one within maxSurge.
// The steps are those of pkg/controller/daemon of 1.36; no node is tainted or unsuitable.
import type { ApiObject } from '../../object/api-object.ts'
import { numberAt, textAt, valueAt } from '../../object/json.ts'
import { type Controller, controllerOf, placeOf, type SyncAgain } from '../control-loop.ts'
import { scaled } from '../deployment/rolling-arithmetic.ts'
import { ownedBy, withoutZeros } from '../owned-objects.ts'
import { createPod, deletePod, type PodControllerOptions } from '../pods/own-pods.ts'
import { availableInMs, isFinished, isReady } from '../pods/pod.ts'
import { DAEMON_SET_HASH } from '../revision-controller.ts'
import { removeRevisions, syncRevisions } from '../revisions.ts'
import { daemonPod, targetNode } from './daemon-pod.ts'

/** The controller of DaemonSets. */
export function createDaemonSetController(options: PodControllerOptions): Controller {
  const { client } = options
  return {
    kinds: ['DaemonSet', 'Pod', 'Node'],
    placeOf(changed) {
      if (changed.kind === 'Node') return client.list('DaemonSet').map(placeOf)
      return changed.kind === 'DaemonSet' ? placeOf(changed) : controllerOf(changed, 'DaemonSet')
    },
    sync(place, again) {
      const set = client.get(place)
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return
      syncSet(options, set, again)
    },
  }
}

/** The pods of a DaemonSet on one node. */
interface NodePods {
  readonly node: string
  readonly old: readonly ApiObject[]
  readonly updated: readonly ApiObject[]
}

interface DaemonRollout {
  readonly options: PodControllerOptions
  readonly set: ApiObject
  readonly hash: string
  readonly nodes: readonly NodePods[]
}

function syncSet(options: PodControllerOptions, set: ApiObject, again: SyncAgain): void {
  const { client } = options
  const { update, others } = syncRevisions(client, set, DAEMON_SET_HASH)
  const hash = update.metadata.labels?.[DAEMON_SET_HASH] ?? ''
  const look = (): DaemonRollout => ({ options, set, hash, nodes: podsByNode(options, set, hash) })
  fillNodes(look())
  if (textAt(set, 'spec', 'updateStrategy', 'type') === 'RollingUpdate') replacePods(look())
  const after = look()
  writeStatus(after)
  const pods = after.nodes.flatMap(({ old, updated }) => [...old, ...updated])
  const waits = pods.map((pod) => waitOf(after, pod) ?? 0).filter((wait) => wait > 0)
  if (waits.length > 0) again(Math.min(...waits))
  const hashes = new Set(pods.map(({ metadata }) => metadata.labels?.[DAEMON_SET_HASH]))
  const inUse = others.filter(({ metadata }) => hashes.has(metadata.labels?.[DAEMON_SET_HASH]))
  removeRevisions(client, set, { others, inUse: new Set(inUse.map(({ metadata }) => metadata.name ?? '')) })
}

function podsByNode({ client }: PodControllerOptions, set: ApiObject, hash: string): readonly NodePods[] {
  const pods = ownedBy(client, set, 'Pod')
  return client.list('Node').map(({ metadata: { name: node = '' } }) => {
    const here = pods.filter((pod) => targetNode(pod) === node)
    const isUpdated = ({ metadata }: ApiObject) => metadata.labels?.[DAEMON_SET_HASH] === hash
    return { node, updated: here.filter(isUpdated), old: here.filter((pod) => !isUpdated(pod)) }
  })
}

function waitOf({ options, set }: DaemonRollout, pod: ApiObject): number | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return undefined
  return availableInMs(pod, numberAt(set, 'spec', 'minReadySeconds') ?? 0, options.now())
}

function isAvailable(rollout: DaemonRollout, pod: ApiObject): boolean {
  return waitOf(rollout, pod) === 0
}

/** A node without a pod gets one; one that has ended makes room. */
function fillNodes(rollout: DaemonRollout): void {
  const { options, set, nodes } = rollout
  for (const { node, old, updated } of nodes) {
    const here = [...old, ...updated]
    if (here.length === 0) addPod(rollout, node)
    for (const pod of here) if (isFinished(pod) && !isGoing(pod)) deletePod(options, set, pod)
  }
}

function addPod({ options, set, hash }: DaemonRollout, node: string): void {
  createPod(options, set, daemonPod(set, { node, hash, random: options.random }))
}

function isGoing({ metadata }: ApiObject): boolean {
  return metadata.deletionTimestamp !== undefined
}

function replacePods(rollout: DaemonRollout): void {
  const { set, nodes } = rollout
  const limit = (key: string) =>
    scaled(valueAt(set, 'spec', 'updateStrategy', 'rollingUpdate', key), nodes.length, Math.ceil)
  const [maxSurge, maxUnavailable] = [limit('maxSurge'), limit('maxUnavailable')]
  if (maxSurge > 0) surge(rollout, maxSurge)
  else giveWay(rollout, Math.max(1, maxUnavailable))
}

/** Old pods go: those that are of no use at once, the others as long as enough nodes are served. */
function giveWay(rollout: DaemonRollout, maxUnavailable: number): void {
  const { options, set, nodes } = rollout
  const present = nodes.map(({ old, updated }) => [...old, ...updated])
  const unserved = present.filter((pods) => !pods.some((pod) => isAvailable(rollout, pod))).length
  const behind = nodes
    .flatMap(({ old, updated }) => (updated.length === 0 ? old : []))
    .filter((pod) => !isGoing(pod))
  const useless = behind.filter((pod) => !isAvailable(rollout, pod))
  const useful = behind.filter((pod) => isAvailable(rollout, pod))
  const spared = useful.slice(0, Math.max(0, maxUnavailable - unserved))
  for (const pod of [...useless, ...spared]) deletePod(options, set, pod)
}

/** New pods come beside the old ones, which go when the new ones are available. */
function surge(rollout: DaemonRollout, maxSurge: number): void {
  const { options, set, nodes } = rollout
  for (const { old, updated } of nodes)
    if (updated.some((pod) => isAvailable(rollout, pod)))
      for (const pod of old) if (!isGoing(pod)) deletePod(options, set, pod)
  const coming = nodes.filter(
    ({ old, updated }) =>
      old.length > 0 && updated.length > 0 && !updated.some((pod) => isAvailable(rollout, pod)),
  )
  const behind = nodes.filter(({ old, updated }) => old.length > 0 && updated.length === 0)
  const useless = behind.filter(({ old }) => !old.some((pod) => isAvailable(rollout, pod)))
  const useful = behind.filter((each) => !useless.includes(each))
  const spared = useful.slice(0, Math.max(0, maxSurge - coming.length))
  for (const { node } of [...useless, ...spared]) addPod(rollout, node)
}

function writeStatus(rollout: DaemonRollout): void {
  const { options, set, nodes } = rollout
  const served = (test: (pod: ApiObject) => boolean) =>
    nodes.filter(({ old, updated }) => [...old, ...updated].some(test)).length
  const available = served((pod) => isAvailable(rollout, pod))
  const status = {
    currentNumberScheduled: served(() => true),
    numberMisscheduled: 0,
    desiredNumberScheduled: nodes.length,
    numberReady: served((pod) => isReady(pod) && !isGoing(pod)),
    ...withoutZeros({
      observedGeneration: set.metadata.generation ?? 0,
      updatedNumberScheduled: nodes.filter(({ updated }) => updated.length > 0).length,
      numberAvailable: available,
      numberUnavailable: nodes.length - available,
    }),
  }
  options.client.update({ ...set, status }, 'status')
}
