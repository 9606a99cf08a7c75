// StatefulSets: pods with ordinals, made and removed one after the other unless the policy is Parallel, updated from the
// highest ordinal down. The steps are those of pkg/controller/statefulset of 1.36; claims are named but not made.
import type { ApiObject } from '../../object/api-object.ts'
import { numberAt, textAt, valueAt } from '../../object/json.ts'
import { type Controller, controllerOf, placeOf, type SyncAgain } from '../control-loop.ts'
import { scaled } from '../deployment/rolling-arithmetic.ts'
import { ownedBy, replicasOf } from '../owned-objects.ts'
import type { PodControllerOptions } from '../pods/own-pods.ts'
import { isFinished } from '../pods/pod.ts'
import { STATEFUL_SET_HASH } from '../revision-controller.ts'
import { removeRevisions, syncRevisions, templateOf } from '../revisions.ts'
import {
  availableIn,
  isHealthy,
  isTerminating,
  ordinalOf,
  type Revision,
  revisionNameOf,
  statefulPod,
} from './stateful-pod.ts'
import type { StatefulRollout } from './stateful-rollout.ts'
import { writeStatefulSetStatus } from './stateful-set-status.ts'

type Options = Omit<PodControllerOptions, 'random'>

/** The controller of StatefulSets. */
export function createStatefulSetController(options: Options): Controller {
  const { client } = options
  return {
    kinds: ['StatefulSet', 'Pod'],
    placeOf: (changed) =>
      changed.kind === 'StatefulSet' ? placeOf(changed) : controllerOf(changed, 'StatefulSet'),
    sync(place, again) {
      const set = client.get(place)
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return
      syncSet(options, set, again)
    },
  }
}

function syncSet(options: Options, set: ApiObject, again: SyncAgain): void {
  const { client, now } = options
  const { update, others } = syncRevisions(client, set, STATEFUL_SET_HASH)
  const named = textAt(set, 'status', 'currentRevision')
  const current = others.find((each) => each.metadata.name === named) ?? update
  const revisions = { current: revisionOf(current), update: revisionOf(update) }
  const before = { set, pods: ownedBy(client, set, 'Pod'), ...revisions }
  step(options, before)
  const after = { ...before, pods: ownedBy(client, set, 'Pod') }
  writeStatefulSetStatus(client, after, now())
  const waits = after.pods.map((pod) => availableIn(set, pod, now()) ?? 0).filter((wait) => wait > 0)
  if (waits.length > 0) again(Math.min(...waits))
  const inUse = new Set([revisions.current.name, ...after.pods.map(revisionNameOf)])
  removeRevisions(client, set, { others, inUse })
}

function revisionOf(revision: ApiObject): Revision {
  return { name: revision.metadata.name ?? '', template: templateOf(revision) }
}

/** What can be done now: pods that are missing, then pods that are too many, then pods that run another revision. */
function step(options: Options, rollout: StatefulRollout): void {
  if (!fill(options, rollout)) return
  if (!condemn(options, rollout)) return
  if (textAt(rollout.set, 'spec', 'updateStrategy', 'type') !== 'OnDelete') update(options, rollout)
}

function isOrdered({ set }: StatefulRollout): boolean {
  return textAt(set, 'spec', 'podManagementPolicy') !== 'Parallel'
}

function firstOrdinal(set: ApiObject): number {
  return numberAt(set, 'spec', 'ordinals', 'start') ?? 0
}

/** True once every ordinal has its pod; in order, only when the one before it is available. */
function fill(options: Options, rollout: StatefulRollout): boolean {
  const { set, pods } = rollout
  const ordered = isOrdered(rollout)
  const first = firstOrdinal(set)
  for (let ordinal = first; ordinal < first + replicasOf(set); ordinal += 1) {
    const pod = pods.find((each) => ordinalOf(set, each) === ordinal)
    if (pod === undefined) create(options, rollout, ordinal)
    else if (isFinished(pod)) remove(options, set, pod)
    else if (availableIn(set, pod, options.now()) === 0 && !isTerminating(pod)) continue
    if (ordered) return false
  }
  return true
}

function create(
  { client, record }: Options,
  { set, current, update }: StatefulRollout,
  ordinal: number,
): void {
  const partition = numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0
  const revision = ordinal - firstOrdinal(set) < partition ? current : update
  const pod = client.create(statefulPod(set, ordinal, revision))
  record(set, { reason: 'SuccessfulCreate', message: saying('create', pod, set) })
}

function remove({ client, record }: Options, set: ApiObject, pod: ApiObject): void {
  client.remove(placeOf(pod))
  record(set, { reason: 'SuccessfulDelete', message: saying('delete', pod, set) })
}

function saying(verb: string, pod: ApiObject, set: ApiObject): string {
  return `${verb} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`
}

/** True once no pod is beyond the number of replicas; in order, the highest goes first and the others wait for it. */
function condemn(options: Options, rollout: StatefulRollout): boolean {
  const { set, pods } = rollout
  const first = firstOrdinal(set)
  const condemned = pods
    .filter((pod) => ordinalOf(set, pod) < first || ordinalOf(set, pod) >= first + replicasOf(set))
    .toSorted((a, b) => ordinalOf(set, b) - ordinalOf(set, a))
  for (const pod of condemned) {
    if (!isTerminating(pod)) remove(options, set, pod)
    if (isOrdered(rollout)) return false
  }
  return true
}

/** From the highest ordinal down to the partition, as many at a time as may be unavailable. */
function update(options: Options, { set, pods, update }: StatefulRollout): void {
  const limit = valueAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable') ?? 1
  const partition = numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0
  const ready = (pod: ApiObject) => isHealthy(pod) && availableIn(set, pod, options.now()) === 0
  let budget =
    Math.max(1, scaled(limit, replicasOf(set), Math.ceil)) - pods.filter((pod) => !ready(pod)).length
  const behind = pods
    .filter((pod) => revisionNameOf(pod) !== update.name && !isTerminating(pod))
    .filter((pod) => ordinalOf(set, pod) >= firstOrdinal(set) + partition)
    .toSorted((a, b) => ordinalOf(set, b) - ordinalOf(set, a))
  for (const pod of behind) {
    if (ready(pod) && budget <= 0) return
    if (ready(pod)) budget -= 1
    remove(options, set, pod)
  }
}
