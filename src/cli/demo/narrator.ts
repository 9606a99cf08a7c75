// Tells what the witness sees, in time order: changes, the workloads that roll and by which reference, the pods replaced.
import type { JsonObject } from '../../embedded/object/json.ts'
import { textAt } from '../../embedded/object/json.ts'
import type { ConfigType } from '../../types/config.ts'
import type { ClusterClient, Place } from './cluster-client.ts'
import { type Change, CONFIGS, idOf, type News } from './news.ts'
import type { Page } from './page.ts'
import { type Contents, contentsOf, differences, secretNames } from './pod-contents.ts'
import { type ChangedConfig, referenceTo } from './why-not.ts'

export interface Narrator {
  hear(news: News): void
  /** Tells from now on, and forgets what went before. Until the first call it only takes notes. */
  begin(): void
  /** Resolves when everything heard was told. */
  told(): Promise<void>
}

export interface NarratorOptions {
  readonly page: Page
  readonly client: Pick<ClusterClient, 'askPod'>
  /** Objects of a kind as they were last seen. */
  readonly seen: (kind: string) => readonly JsonObject[]
}

/** The pods of one workload that have not found the one they replace, or are replaced by. */
interface Unpaired {
  readonly came: JsonObject[]
  readonly gone: JsonObject[]
}

/** A narrator that has told nothing yet. */
export function createNarrator({ page, client, seen }: NarratorOptions): Narrator {
  const { paint } = page
  const contents = new Map<string, Promise<Contents>>()
  const unpaired = new Map<string, Unpaired>()
  let changed: ChangedConfig[] = []
  let speaking = false
  let telling = Promise.resolve()

  /** In order, however long one takes to find out what to say. */
  function tell(say: () => void | Promise<void>): void {
    if (!speaking) return
    telling = telling.then(say)
  }

  function hearConfig(place: Place, changes: readonly Change[]): void {
    const config = changedConfig(place)
    if (config !== undefined) changed.push(config)
    tell(() => page.happened(`${nameOf(place, paint)}  ${changes.map(changeText).join(', ')}`))
  }

  function hearTemplate(place: Place): void {
    unpaired.delete(idOf(place))
    const workload = seen(place.kind).find((each) => textAt(each, 'metadata', 'name') === place.name)
    const reasons = changed.flatMap((config) => {
      const via = workload === undefined ? undefined : referenceTo(workload, config)
      return via === undefined || config.namespace !== place.namespace
        ? []
        : [`${config.kind} ${config.name} by ${via}`]
    })
    const unique = [...new Set(reasons)]
    tell(() => {
      page.happened(`${nameOf(place, paint)}  ${paint('strong', 'rolls')}`)
      for (const reason of unique) page.more(`reads ${reason}`, 'faint')
    })
  }

  function hearPod(about: 'ready' | 'gone', pod: JsonObject, workload: Place): void {
    if (about === 'ready')
      contents.set(
        uidOf(pod),
        contentsOf(client, pod).catch(() => ({})),
      )
    // What goes before it was ready served nobody, and is replaced by nobody.
    if (!speaking || !contents.has(uidOf(pod))) return
    const waiting = unpaired.get(idOf(workload)) ?? { came: [], gone: [] }
    unpaired.set(idOf(workload), waiting)
    const other = (about === 'ready' ? waiting.gone : waiting.came).shift()
    if (other === undefined) (about === 'ready' ? waiting.came : waiting.gone).push(pod)
    else tell(() => tellReplaced(workload, about === 'ready' ? other : pod, about === 'ready' ? pod : other))
  }

  async function tellReplaced(workload: Place, old: JsonObject, present: JsonObject): Promise<void> {
    const [before, after] = await Promise.all([contents.get(uidOf(old)), contents.get(uidOf(present))])
    contents.delete(uidOf(old))
    const isSecret = secretNames(present, seen('Secret'))
    const found = differences(before ?? {}, after ?? {}, isSecret)
    const pods = podNames(workload, old, present)
    page.happened([paint('name', workload.name), pods, found.join(', ')].join('  ').trimEnd())
  }

  return {
    hear(news) {
      switch (news.about) {
        case 'config':
          return hearConfig(news.place, news.changes)
        case 'annotations':
          return tell(() =>
            page.happened(`${nameOf(news.place, paint)}  ${news.changes.map(changeText).join(', ')}`),
          )
        case 'template':
          return hearTemplate(news.place)
        case 'event':
          return tell(() => page.more(eventText(news), 'faint'))
        case 'ready':
        case 'gone':
          return hearPod(news.about, news.pod, news.workload)
      }
    },
    begin() {
      speaking = true
      changed = []
      unpaired.clear()
    },
    told: () => telling,
  }
}

const DOMAIN = 'reloader.stakater.com/'

function changedConfig({ kind, ...place }: Place): ChangedConfig | undefined {
  const type: ConfigType | undefined = CONFIGS.find((each) => each === kind)
  return type === undefined ? undefined : { ...place, kind: type }
}

function nameOf({ kind, namespace = '', name }: Place, paint: Page['paint']): string {
  return `${kind} ${paint('name', namespace === 'default' ? name : `${namespace}/${name}`)}`
}

function changeText({ from, to, secret, ...change }: Change): string {
  const name = change.name.replace(DOMAIN, '…/')
  if (secret || tooLong(from) || tooLong(to)) return `${name} changed`
  return `${name} ${valueText(from)} → ${valueText(to)}`
}

function tooLong(value: string | undefined): boolean {
  return value !== undefined && (value.length > 40 || value.includes('\n'))
}

function valueText(value: string | undefined): string {
  return value === undefined ? '(none)' : JSON.stringify(value)
}

/** The incumbent's sentence comes first in the message, ours after it. */
function eventText({ place, reason, message }: Extract<News, { about: 'event' }>): string {
  const [first = '', ...ours] = message.split('; ')
  return `Event ${reason} on ${place.name}: ${ours.length === 0 ? first : ours.join('; ')}`
}

/** A pod of a StatefulSet takes the name of the one before. */
function podNames({ kind }: Place, old: JsonObject, present: JsonObject): string {
  const [before, after] = [old, present].map((pod) => textAt(pod, 'metadata', 'name').replace(/^.*-/, ''))
  return kind === 'StatefulSet' ? `pod ${after} again` : `pod ${before} → ${after}`
}

function uidOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'uid')
}
