// Plays one act: looks before, lets it change something, waits until that has had its effect, looks again, and judges.
import { type JsonObject, textAt } from '../../embedded/object/json.ts'
import type { Act, Played, Stage } from './act.ts'
import { type EventLog, openEventLog } from './event-log.ts'
import type { Looks } from './looks.ts'
import { idOf, isReady, placeOf, WORKLOADS, workloadOf } from './news.ts'
import { podsText, problemsOf, type Survey, takeSurvey } from './survey.ts'
import { whyNot } from './why-not.ts'

export interface PlayOptions {
  readonly heading: string
  /** How everything stood when the act before was over, so that nothing goes unseen in between; default: asked for now. */
  readonly before?: Survey
}

export interface Judgement {
  /** What did not come out as it has to, one line each; none: the act held. */
  readonly problems: readonly string[]
  readonly after: Survey
}

/** Plays it, tells what comes of it, and judges. */
export async function playAct(stage: Stage, act: Act, options: PlayOptions): Promise<Judgement> {
  const { client, page, narrator, looks, signal, patienceMs, witness } = stage
  const before = options.before ?? (await takeSurvey(client))
  page.heading(options.heading)
  page.text(act.text)
  page.gap()
  narrator.begin()
  looks.clear()
  const written = openEventLog(witness)
  const played = { ...(await act.play(stage)), written }
  await witness.until(() => hasCome(stage, before, played), { patienceMs, signal })
  await played.undo?.()
  await narrator.told()
  signal.throwIfAborted()
  const after = await takeSurvey(client)
  const problems = [...problemsOf(before, after, played), ...unsaid(looks, played)]
  tellOutcome(stage, { before, played, problems })
  return { problems, after }
}

/** Everything that the act waits for is there to be seen; whether it is right is found out afterwards. */
function hasCome(stage: Stage, before: Survey, played: Staged): boolean {
  const replaced = Object.keys(played.rolls).every((id) => isReplaced(stage, before, id))
  return replaced && unsaid(stage.looks, played).length === 0
}

function isReplaced({ witness }: Stage, before: Survey, id: string): boolean {
  const old = before.get(id)?.pods ?? []
  const pods = witness.seen('Pod').filter((pod) => {
    const workload = workloadOf(pod)
    return workload !== undefined && idOf(workload) === id
  })
  const isNew = (pod: JsonObject) => !old.some(({ uid }) => uid === textAt(pod, 'metadata', 'uid'))
  return pods.length === old.length && pods.every((pod) => isNew(pod) && isReady(pod))
}

function unsaid(
  looks: Looks,
  { changed, leftAlone = [], reported = [], written }: Staged,
): readonly string[] {
  const heard = ({ id, reason }: { readonly id: string; readonly reason: string }) =>
    changed.some((config) => looks.reasonOf(id, config) === reason)
  return [
    ...leftAlone.filter((each) => !heard(each)).map(({ id, reason }) => `${id}: no word of ${reason}`),
    ...reported.filter((each) => !written(each)).map(({ id, reason }) => `${id}: no Event ${reason}`),
  ]
}

/** An act that was played, and the Events written since it began. */
interface Staged extends Played {
  readonly written: EventLog
}

interface Outcome {
  readonly before: Survey
  readonly played: Played
  readonly problems: readonly string[]
}

function tellOutcome(stage: Stage, { before, played, problems }: Outcome): void {
  const { page } = stage
  for (const problem of problems) page.verdict(false, problem)
  if (problems.length > 0) return
  const rolled = Object.keys(played.rolls).map((id) => before.get(id))
  for (const each of rolled) {
    if (each !== undefined)
      page.verdict(true, `${each.name} rolled once, ${podsText(each.pods.length)} replaced`)
  }
  if (rolled.length === 0) page.verdict(true, 'nothing rolled')
  for (const [why, names] of untouched(stage, played)) page.more(`${names.join(', ')}: ${why}`)
}

/** The workloads that had no reason to roll, by why. */
function untouched(stage: Stage, played: Played): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  const workloads = WORKLOADS.flatMap((kind) => stage.witness.seen(kind))
  for (const workload of workloads) {
    const place = placeOf(workload)
    if (idOf(place) in played.rolls) continue
    const why = whyLeftAlone(stage, workload, played)
    groups.set(why, [...(groups.get(why) ?? []), place.name].sort())
  }
  return groups
}

function whyLeftAlone({ looks }: Stage, workload: JsonObject, { changed }: Played): string {
  const reasons = changed.map(
    (config) => whyNot(workload, config) ?? said(looks.reasonOf(idOf(placeOf(workload)), config)),
  )
  const [first = ''] = reasons
  // Of two configs one may be in use, and that is the one to speak of.
  return reasons.find((each) => each.startsWith('used')) ?? first
}

/** The reason of the controller, with what it means. docs/reasons.md has them all. */
function said(reason: string | undefined): string {
  return reason === 'UpToDate' ? 'UpToDate, what it uses is as it was' : (reason ?? 'nothing was said')
}
