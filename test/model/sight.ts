// What one process can know of the cluster because it watched it: from its first lists on, and nothing of what came before.
import { MAX_TEMPLATE_VERSIONS } from '../../src/types/workload.ts'
import {
  type Asks,
  CONFIG_NAMES,
  type ConfigName,
  type ConfigState,
  type Template,
  type WorkloadState,
  type World,
} from './world.ts'

interface Seen {
  readonly text: string
  /** The version of the workload that showed it first. */
  readonly shown: number
  /** When it was established, if a watch event showed it. */
  readonly since?: number
}

export type Sight = ReturnType<typeof createSight>

/** Lists everything that is there now. */
export function createSight(world: World) {
  /** The version under which each config in scope was first shown. */
  const shown = new Map<ConfigName, { readonly uid: string; readonly version: number }>()
  const deleted = new Map<ConfigName, number>()
  /** Configs that changed and were not looked at since: the first change. */
  const changed = new Map<ConfigName, number>()
  /** The version under which each config in scope was first shown as ignored as it is now, or as not ignored. */
  const flagged = new Map<ConfigName, Pick<ConfigState, 'uid' | 'ignored' | 'version'>>()
  let templates: Seen[] = []
  let asksSince: number | undefined
  let settings: { readonly asks: Asks; readonly since: number } | undefined

  for (const name of CONFIG_NAMES) show(name, world.config(name))
  const listed = world.workload()
  if (listed !== undefined && listed.asks !== 'none') {
    templates.push({ text: bareText(listed.template), shown: listed.version })
    settings = { asks: listed.asks, since: listed.version }
  }

  function show(name: ConfigName, state: ConfigState | undefined): void {
    if (state?.inScope !== true) {
      shown.delete(name)
      flagged.delete(name)
      return
    }
    if (shown.get(name)?.uid !== state.uid) shown.set(name, state)
    const flags = flagged.get(name)
    if (flags?.uid !== state.uid || flags.ignored !== state.ignored) flagged.set(name, state)
  }

  return {
    configChanged(name: ConfigName, after: ConfigState | undefined): void {
      const wasShown = shown.has(name)
      show(name, after)
      if (!wasShown && !shown.has(name)) return
      if (!changed.has(name)) changed.set(name, world.now())
      if (after === undefined) deleted.set(name, world.now())
    },
    /** `begins`: with this version it began to ask for rolls. */
    workloadChanged(after: WorkloadState | undefined, begins: boolean): void {
      if (after === undefined || after.asks === 'none') {
        templates = []
        asksSince = undefined
        settings = undefined
        return
      }
      if (begins || settings?.asks !== after.asks) settings = { asks: after.asks, since: after.version }
      const born = after.created === after.version
      if (born) templates = []
      if (begins) asksSince = after.version
      const [text, version] = [bareText(after.template), after.version]
      // A template that has no pods left cannot come back with them.
      if (after.rolledOut)
        templates = templates.map((seen) => (seen.text === text ? seen : { ...seen, text: '' }))
      if (templates.at(-1)?.text === text) return
      const known = born || !begins
      templates.push(known ? { text, shown: version, since: version } : { text, shown: version })
    },
    /** The changes of these configs were looked at. */
    settle(name: ConfigName): void {
      changed.delete(name)
    },
    firstChange: (name: ConfigName) => changed.get(name),
    deletion: (name: ConfigName) => deleted.get(name),
    /** It changed after it had been shown and the workload asked for rolls. */
    changedAfterAsking(name: ConfigName, { version }: ConfigState): boolean {
      const first = shown.get(name)?.version
      return asksSince !== undefined && first !== undefined && version > Math.max(first, asksSince)
    },
    /** The version from which on it can be followed as it is now. */
    followableSince(name: ConfigName): number | undefined {
      const [flags, template] = [flagged.get(name)?.version, templates.at(-1)?.shown]
      if (flags === undefined || template === undefined || settings === undefined) return undefined
      return Math.max(flags, template, settings.since)
    },
    /** It came into sight after the workload began to ask for rolls. */
    cameAfterAsking(name: ConfigName): boolean {
      const first = shown.get(name)?.version
      return asksSince !== undefined && first !== undefined && first > asksSince
    },
    /** The template is known to be younger, and differs from the one that was there at `version` and from all since. */
    templateIsYounger(version: number): boolean {
      const [present, ...earlier] = [...templates].reverse()
      const differs =
        earlier.some((seen) => seen.shown <= version) && earlier.every(({ text }) => text !== present?.text)
      return present?.since !== undefined && present.since > version && differs
    },
    templateChangedWithin: (first: number, last: number) =>
      templates.some(({ since }) => since !== undefined && since > first && since <= last),
    /** More templates than anybody remembers: of such a workload nothing is told for certain. */
    isOverrun: () => templates.length > MAX_TEMPLATE_VERSIONS,
    /** From when on the templates are known. */
    templatesFrom: () => templates[0]?.shown ?? 0,
  }
}

/** The template as its author wrote it. */
function bareText({ image, uses }: Template): string {
  return JSON.stringify([image, uses])
}
