// What must become of the Deployment, said from behaviour.md section 2 alone, with full knowledge of the cluster: what every config
// held at every moment, what the pods read, and what was watched. It knows nothing of digests, records or plans.
import { type Content, copyOf, type Keys, type Ledger, sameData, type Taken, withStamps } from './ledger.ts'
import { createSight, type Sight } from './sight.ts'
import {
  CONFIG_NAMES,
  type ConfigName,
  type ConfigState,
  type Data,
  type WorkloadState,
  type World,
} from './world.ts'

/** `must`: the pods lack a change. `may`: the page rolls for want of proof. `no`: a roll would be without cause. */
export type Verdict = 'must' | 'may' | 'no'

export interface Rules {
  readonly reloadOnCreate: boolean
  readonly reloadOnDelete: boolean
  readonly keyLevel: boolean
}

/** What becomes of one config, and what is then taken into account. */
type Judgement = readonly [verdict: Verdict, next: Taken | undefined]

export type Page = ReturnType<typeof createPage>

/** Reads along in `world`. */
export function createPage(world: World, rules: Rules) {
  const contents = new Map<string, Data>()
  /** Configs (uids) that were ignored or out of scope at some time. */
  const hidden = new Set<string>()
  /** Configs that were deleted while they were. */
  const goneUnseen = new Set<ConfigName>()
  const lastInScope = new Map<ConfigName, boolean>()
  let ledger: Ledger | undefined
  let written: Ledger | undefined
  let watchedUntil: number | undefined
  let sight: Sight | undefined
  let bornUnseen = false
  let asked = false

  /** Configs that the workload follows, with the keys that count. */
  function followed(workload: WorkloadState): readonly (readonly [ConfigName, Keys])[] {
    return CONFIG_NAMES.flatMap((name) => {
      const keys = isIgnored(name) ? undefined : keysOf(workload, name)
      return keys === undefined ? [] : [[name, keys]]
    })
  }

  function isIgnored(name: ConfigName): boolean {
    const config = world.config(name)
    return config?.inScope === true && config.ignored
  }

  function keysOf({ asks, template }: WorkloadState, name: ConfigName): Keys | undefined {
    const use = template.uses[name]
    if (asks === 'list') return 'all'
    if (asks === 'auto') return use === 'none' ? undefined : use === 'a' && rules.keyLevel ? 'a' : 'all'
    // An expression matches what is there, what was there, and what the template waits for.
    const known = ledger?.taken.has(name) || ledger?.unseen.has(name) || world.config(name)?.inScope
    return asks === 'regex' && (known || use !== 'none') ? 'all' : undefined
  }

  function takenOf(name: ConfigName, { template }: WorkloadState): Taken | undefined {
    const config = world.config(name)
    return withStamps(ledger?.taken.get(name), template, {
      name,
      presentUid: config?.inScope ? config.uid : undefined,
      contentAt: (uid, version) => contents.get(`${uid}.${version}`) ?? {},
    })
  }

  function judge(name: ConfigName, keys: Keys, workload: WorkloadState): Judgement {
    const config = world.config(name)
    const taken = takenOf(name, workload)
    if (config === undefined) return judgeAbsent(name, taken)
    if (!config.inScope) return ['no', taken]
    const { uid, version, data } = config
    return [judgePresent(name, taken, { config, workload }), { state: 'content', uid, version, data, keys }]
  }

  function judgeAbsent(name: ConfigName, taken: Taken | undefined): Judgement {
    // What could not be seen when the ledger was begun may have gone unseen too.
    if (taken === undefined && ledger?.unseen.has(name)) return ['no', undefined]
    if (taken?.state !== 'content') return ['no', taken?.state === 'absent' ? taken : { state: 'absent' }]
    if (!rules.reloadOnDelete) return ['no', taken]
    // When it was deleted out of our sight, nobody can tell whether that was before the template changed.
    const verdict = goneUnseen.has(name) ? 'may' : unlessFresh(name, sight?.deletion(name))
    return [verdict, { state: 'absent', uid: taken.uid }]
  }

  interface Present {
    readonly config: ConfigState
    readonly workload: WorkloadState
  }

  function judgePresent(name: ConfigName, taken: Taken | undefined, present: Present): Verdict {
    const { version, uid } = present.config
    switch (taken?.state) {
      case 'content':
        return judgeKnown(name, taken, present.config)
      case 'absent':
        return rules.reloadOnCreate ? unlessFresh(name, version) : followedAnew(name, present.config)
      case 'unfollowed':
        return rules.reloadOnCreate && taken.uid !== uid ? 'may' : followedAnew(name, present.config)
      default:
        return judgeUnknown(name, present)
    }
  }

  function judgeKnown(name: ConfigName, taken: Content, { uid, version, data }: ConfigState): Verdict {
    if (taken.uid === uid && taken.version === version) return 'no'
    if (taken.keys === 'unknown') return 'may'
    if (!sameData(taken.data, data, taken.keys)) return unlessFresh(name, version, taken.keys)
    // A, B, A again: nothing, unless pods were made while it was B.
    const first = sight?.firstChange(name)
    if (first === undefined || !sight?.templateChangedWithin(first, version)) return 'no'
    // Deleted and created again with the same content is nothing, whoever looked for it meanwhile.
    const read = isStale(name, taken.keys) && readsOf(name) !== undefined
    return read && !sight.isOverrun() ? 'must' : 'may'
  }

  function judgeUnknown(name: ConfigName, present: Present): Verdict {
    if (ledger === undefined) return firstLook(name, present)
    const verdict = newlyFollowed(name, present)
    if (!ledger.unseen.has(name)) return verdict
    // It may have been deleted and created again before anybody could read it.
    return verdict === 'no' ? firstLook(name, present) : 'may'
  }

  /** 2a, 2b. */
  function firstLook(name: ConfigName, { config, workload }: Present): Verdict {
    // Whether it was missing when the workload was first looked at is a matter of moments.
    if (rules.reloadOnCreate && sight?.cameAfterAsking(name)) return 'may'
    const writtenSince = config.written > workload.created && config.written > config.created
    const counts = sight?.changedAfterAsking(name, config) || (bornUnseen && writtenSince)
    return counts ? unlessFresh(name, config.version) : 'no'
  }

  function newlyFollowed(name: ConfigName, { config, workload }: Present): Verdict {
    const since = workload.asks === 'regex' && ledger?.expressions ? ledger.expressionsSince : undefined
    if (!rules.reloadOnCreate || since === undefined || config.created < since)
      return followedAnew(name, config)
    const untold = hidden.has(config.uid) || config.created === since
    return untold ? 'may' : unlessFresh(name, config.version)
  }

  /** 2a of a config that is followed anew: what changed since it can be is rolled for, and a label may look like data. */
  function followedAnew(name: ConfigName, { version, written }: ConfigState): Verdict {
    const since = sight?.followableSince(name)
    if (since === undefined || version <= since) return 'no'
    return written > since ? unlessFresh(name, version) : 'may'
  }

  /** A change up to `version` asks for a roll, unless the pods read it already: and then it is none if that was watched. */
  function unlessFresh(name: ConfigName, version: number | undefined, keys: Keys = 'all'): Verdict {
    if (sight?.isOverrun()) return 'may'
    const younger = version !== undefined && sight?.templateIsYounger(version) === true
    if (!isStale(name, keys)) return younger ? 'no' : 'may'
    // Pods of a template that went before we watched, and came back: it looks new, and the page takes it for new.
    const unwatched = (world.presentPods()?.born ?? 0) <= (sight?.templatesFrom() ?? 0)
    return younger && unwatched ? 'may' : 'must'
  }

  function isStale(name: ConfigName, keys: Keys): boolean {
    return !sameData(readsOf(name), world.config(name)?.data, keys)
  }

  function readsOf(name: ConfigName): Data | undefined {
    return world.presentPods()?.reads.get(name)
  }

  function nextLedger(workload: WorkloadState, configs: ReadonlySet<ConfigName>): Ledger | undefined {
    const follows = new Map(workload.asks === 'none' ? [] : followed(workload))
    if (follows.size === 0 && workload.asks === 'none' && ledger === undefined) return undefined
    const next: Ledger = {
      workload: workload.uid,
      taken: new Map(),
      unseen: new Set(),
      ...expressionsOf(workload),
    }
    for (const name of CONFIG_NAMES) {
      const keys = follows.get(name)
      const taken = keys === undefined ? leave(name, workload) : takeOf(name, keys, { workload, configs })
      if (taken !== undefined) next.taken.set(name, taken)
      else if (keys !== undefined && isUnseen(name, configs.has(name))) next.unseen.add(name)
    }
    return next
  }

  function takeOf(
    name: ConfigName,
    keys: Keys,
    { workload, configs }: { readonly workload: WorkloadState; readonly configs: ReadonlySet<ConfigName> },
  ): Taken | undefined {
    if (!configs.has(name)) return takenOf(name, workload)
    const [, next] = judge(name, keys, workload)
    // Whatever the pods read, all that differs from now on is what changes from now on.
    if (next?.state === 'content' && next.version === world.config(name)?.version)
      world.absolve(name, next.data)
    return next
  }

  /** It is known to be there, and no more. */
  function isUnseen(name: ConfigName, asked: boolean): boolean {
    if (ledger !== undefined) return ledger.unseen.has(name)
    const config = world.config(name)
    return config !== undefined && (asked || config.inScope)
  }

  /** Following it again adopts. Where nothing is known but what a stamp says, that goes on being said. */
  function leave(name: ConfigName, workload: WorkloadState): Taken | undefined {
    const known = ledger?.taken.get(name)
    // Of a workload that asks for nothing, not even the stamps are kept.
    const taken = workload.asks === 'none' ? known : known && takenOf(name, workload)
    if (taken?.state !== 'content') return taken?.state === 'unfollowed' ? taken : undefined
    return { state: 'unfollowed', uid: taken.uid, version: taken.version }
  }

  function expressionsOf({ asks }: WorkloadState): Pick<Ledger, 'expressions' | 'expressionsSince'> {
    const expressions = asks === 'regex'
    const since = ledger?.expressions === expressions ? ledger.expressionsSince : world.now()
    return { expressions, expressionsSince: since }
  }

  return {
    configChanged(name: ConfigName, after: ConfigState | undefined): void {
      if (after === undefined) {
        if (!lastInScope.get(name)) goneUnseen.add(name)
      } else {
        contents.set(`${after.uid}.${after.version}`, after.data)
        if (after.ignored || !after.inScope) hidden.add(after.uid)
        goneUnseen.delete(name)
        lastInScope.set(name, after.inScope)
      }
      sight?.configChanged(name, after)
    },
    workloadChanged(after: WorkloadState | undefined): void {
      const asks = after !== undefined && after.asks !== 'none'
      const born = after?.created === after?.version
      const begins = asks && (!asked || born)
      asked = asks
      // What its pods read before it asked for rolls is nobody's concern.
      if (begins) for (const name of CONFIG_NAMES) world.absolve(name, world.config(name)?.data)
      if (!asks || born) bornUnseen = false
      if (after !== undefined && ledger?.workload !== after.uid) ledger = undefined
      sight?.workloadChanged(after, begins)
    },
    /** A process begins to watch. */
    start(): void {
      const workload = world.workload()
      sight = createSight(world)
      ledger = written !== undefined && written.workload === workload?.uid ? copyOf(written) : undefined
      const asks = workload !== undefined && workload.asks !== 'none'
      bornUnseen =
        asks && ledger === undefined && watchedUntil !== undefined && workload.created > watchedUntil
    },
    stop(): void {
      sight = undefined
    },
    /** What is taken into account was written down. */
    flush(): void {
      if (ledger !== undefined) written = copyOf(ledger)
      const asks = world.workload()?.asks ?? 'none'
      if (asks === 'none' || ledger !== undefined) watchedUntil = world.now()
    },
    /** Somebody deleted what was written. */
    forget(): void {
      written = undefined
      watchedUntil = undefined
    },
    /** What a look at these configs has to do. */
    verdict(configs: ReadonlySet<ConfigName>): Verdict {
      const workload = world.workload()
      if (workload === undefined || workload.asks === 'none') return 'no'
      const verdicts = followed(workload).flatMap(([name, keys]) =>
        configs.has(name) ? judge(name, keys, workload)[0] : [],
      )
      return verdicts.includes('must') ? 'must' : verdicts.includes('may') ? 'may' : 'no'
    },
    /** A look was had at these configs, and whatever it had to do was done. */
    looked(configs: ReadonlySet<ConfigName>): void {
      const workload = world.workload()
      if (workload === undefined) return
      ledger = nextLedger(workload, configs)
      for (const name of CONFIG_NAMES) {
        // An absence that asks for nothing has nothing to settle.
        const gone = world.config(name)?.inScope !== true && !rules.reloadOnDelete
        if (configs.has(name) || gone) sight?.settle(name)
      }
    },
    hasLedger: () => ledger !== undefined,
  }
}
