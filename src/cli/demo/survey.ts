// How every workload stands, asked of the API server and of the pods themselves, and what that says of an act: pure.
import { type JsonObject, listAt, textAt } from '../../embedded/object/json.ts'
import type { ClusterClient } from './cluster-client.ts'
import { idOf, placeOf, WORKLOADS, workloadOf } from './news.ts'
import { type Contents, contentsOf } from './pod-contents.ts'

export interface PodSurvey {
  readonly uid: string
  readonly runs: Contents
}

export interface WorkloadSurvey {
  readonly name: string
  /** The uids of its ReplicaSets or ControllerRevisions: one more for each rollout. */
  readonly revisions: ReadonlySet<string>
  readonly pods: readonly PodSurvey[]
}

/** Every workload by id, `Deployment/default/web`. */
export type Survey = ReadonlyMap<string, WorkloadSurvey>

/** What has to come out of an act. */
export interface Expectation {
  /** The workloads that roll, once each, and what each pod of them has to run then. None of the others may move. */
  readonly rolls: Readonly<Record<string, Contents>>
}

/** Asks for everything anew: what a watch showed does not count. */
export async function takeSurvey(client: ClusterClient): Promise<Survey> {
  const kinds = [...WORKLOADS, 'ReplicaSet', 'ControllerRevision', 'Pod']
  const found = new Map<string, readonly JsonObject[]>()
  for (const kind of kinds) found.set(kind, await client.list(kind))
  const of = (kind: string) => found.get(kind) ?? []
  const surveys = WORKLOADS.flatMap((kind) =>
    of(kind).map(async (workload): Promise<[string, WorkloadSurvey]> => {
      const place = placeOf({ ...workload, kind })
      const id = idOf(place)
      const mine = of('Pod').filter((pod) => idOfWorkload(pod) === id)
      const pods = await Promise.all(mine.map((pod) => surveyPod(client, pod)))
      const revisions = [...of('ReplicaSet'), ...of('ControllerRevision')].filter((each) =>
        listAt(each, 'metadata', 'ownerReferences').some(
          (owner) => textAt(owner, 'uid') === textAt(workload, 'metadata', 'uid'),
        ),
      )
      return [id, { name: place.name, revisions: new Set(revisions.map(uidOf)), pods }]
    }),
  )
  return new Map(await Promise.all(surveys))
}

function idOfWorkload(pod: JsonObject): string | undefined {
  const workload = workloadOf(pod)
  return workload === undefined ? undefined : idOf(workload)
}

/** A pod that does not answer runs nothing. */
async function surveyPod(client: ClusterClient, pod: JsonObject): Promise<PodSurvey> {
  const runs = await contentsOf(client, pod).catch((): Contents => ({}))
  return { uid: uidOf(pod), runs }
}

function uidOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'uid')
}

/** Everything that is not as expected, one line each; none: the act held. */
export function problemsOf(before: Survey, after: Survey, { rolls }: Expectation): readonly string[] {
  const missing = Object.keys(rolls).filter((id) => !before.has(id))
  return [
    ...missing.map((id) => `${id} is not there`),
    ...[...before].flatMap(([id, was]) => {
      const is = after.get(id)
      if (is === undefined) return [`${was.name} is gone`]
      const wanted = rolls[id]
      return wanted === undefined ? moved(was, is) : rolledWrong(was, is, wanted)
    }),
  ]
}

/** What a workload did that nothing was to happen to. */
function moved(was: WorkloadSurvey, is: WorkloadSurvey): readonly string[] {
  const rolls = newOnes(was.revisions, is.revisions)
  const replaced = newPods(was, is).length
  return [
    ...(rolls > 0 ? [`${is.name} was not to roll, and did ${times(rolls)}`] : []),
    ...(rolls === 0 && replaced > 0 ? [`${is.name} lost ${replaced} of its pods`] : []),
  ]
}

function rolledWrong(was: WorkloadSurvey, is: WorkloadSurvey, wanted: Contents): readonly string[] {
  const rolls = newOnes(was.revisions, is.revisions)
  const old = is.pods.length - newPods(was, is).length
  const stale = is.pods.filter(({ runs }) =>
    Object.entries(wanted).some(([name, value]) => runs[name] !== value),
  ).length
  return [
    ...(rolls === 1 ? [] : [`${is.name} was to roll once, and did ${times(rolls)}`]),
    ...(old === 0 ? [] : [`${is.name} still has ${old} of its old pods`]),
    ...(is.pods.length === was.pods.length && is.pods.length > 0
      ? []
      : [`${is.name} has ${podsText(is.pods.length)}`]),
    ...(stale === 0
      ? []
      : [`${is.name} has ${podsText(stale)} without the present ${Object.keys(wanted).join(', ')}`]),
  ]
}

function newOnes(was: ReadonlySet<string>, is: ReadonlySet<string>): number {
  return [...is].filter((uid) => !was.has(uid)).length
}

function newPods(was: WorkloadSurvey, is: WorkloadSurvey): readonly PodSurvey[] {
  return is.pods.filter(({ uid }) => !was.pods.some((each) => each.uid === uid))
}

function times(count: number): string {
  return count === 0 ? 'not at all' : count === 1 ? 'once' : `${count} times`
}

/** `1 pod`, `3 pods`. */
export function podsText(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`
}
