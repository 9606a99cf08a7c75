// One process of Reloader without its network: stores, pending changes and records in memory around the real functions of decide/.

import { digestContent } from '../../src/decide/content/digest.ts'
import { followsOf } from '../../src/decide/match.ts'
import { maySettle, needOf } from '../../src/decide/need.ts'
import { planRollout } from '../../src/decide/plan.ts'
import { baseOf, stampedKeysOf } from '../../src/decide/record.ts'
import { reduceConfig } from '../../src/decide/reduce-config.ts'
import { DEFAULT_ANNOTATION_NAMES } from '../../src/decide/settings/annotation-names.ts'
import { parseStamps } from '../../src/decide/stamps/stamp.ts'
import { stampChangeOf } from '../../src/decide/stamps/stamp-change.ts'
import { CONFIG_TYPES, type Config } from '../../src/types/config.ts'
import type {
  ConfigObservation,
  Follow,
  Observation,
  PendingChange,
  Plan,
  Policy,
} from '../../src/types/plan.ts'
import { type ConfigId, configId, type WorkloadRecord } from '../../src/types/record.ts'
import type { StampChange, Workload } from '../../src/types/workload.ts'
import { reduced, TEST_KEY } from '../builders.ts'
import {
  CONFIG_NAMES,
  CONFIGS,
  type ConfigName,
  type ConfigState,
  configJson,
  type Template,
  timeOf,
  type WorkloadState,
  type World,
  workloadJson,
} from './world.ts'

/** What outlives a process: the record store in the cluster. */
export interface Stored {
  record?: WorkloadRecord
  watchedUntil?: string
}

export interface ProcessOptions {
  readonly world: World
  readonly stored: Stored
  readonly policy: Policy
  readonly keyLevel: boolean
}

/** What the API server does with what it is asked. */
export interface Faults {
  readonly unreadable: ReadonlySet<ConfigName>
  readonly patchRefused: boolean
}

export interface Look {
  readonly plan: Plan
  /** The PATCH of a roll was answered: well, by a refusal, or there was nothing to send. */
  readonly patch?: 'applied' | 'refused' | 'unchanged'
}

export type Process = ReturnType<typeof startProcess>

const SETTLE_MS = 500

/** Lists everything and watches from now on. */
export function startProcess({ world, stored, policy, keyLevel }: ProcessOptions) {
  const configs = new Map<ConfigName, Config>()
  const pending = new Map<ConfigName, PendingChange>()
  let workload: Workload | undefined
  let record = stored.record
  let dirty = false
  let bornUnseen = false
  let nowMs = 0

  for (const name of CONFIG_NAMES) storeConfig(name, world.config(name))
  takeWorkload(world.workload(), 'list')
  const { watchedUntil } = stored
  if (workload?.settings.optedIn && watchedUntil !== undefined) {
    bornUnseen = workload.creationTimestamp > watchedUntil && recordOf(workload) === undefined
  }

  function storeConfig(name: ConfigName, state: ConfigState | undefined): void {
    if (state?.inScope !== true) {
      configs.delete(name)
      return
    }
    const options = { type: CONFIGS[name], names: DEFAULT_ANNOTATION_NAMES, previous: configs.get(name) }
    configs.set(name, reduceConfig(configJson(name, state), options))
  }

  function takeWorkload(state: WorkloadState | undefined, source: 'list' | 'watch'): void {
    workload = state && reduced(workloadJson(state), { source, previous: workload })
    if (workload?.settings.optedIn !== true) bornUnseen = false
    if (workload === undefined || record?.uid !== workload.uid) pending.clear()
  }

  function recordOf({ uid }: Workload): WorkloadRecord | undefined {
    return record?.uid === uid ? record : undefined
  }

  function note(name: ConfigName, before: Config | undefined): void {
    const after = configs.get(name)
    if (before === undefined && after === undefined) return
    const version = after?.resourceVersion ?? String(world.now())
    const known = pending.get(name)
    const first = known ?? { first: version, sinceMs: nowMs, ...(before === undefined ? {} : { before }) }
    pending.set(name, { ...first, last: version, notBeforeMs: nowMs + SETTLE_MS })
  }

  function isSettling(name: ConfigName): boolean {
    return (pending.get(name)?.notBeforeMs ?? 0) > nowMs
  }

  function see(
    subject: Workload,
    follow: Follow,
    options: Faults & { thorough: boolean },
  ): ConfigObservation {
    const name = follow.config.name as ConfigName
    const config = configs.get(name)
    const known = recordOf(subject)
    const base = baseOf(known?.configs[idOf(follow)], parseStamps(subject.stamps), {
      presentUid: config?.uid,
      stampedKeys: stampedKeysOf(subject, follow),
    })
    const need = needOf(follow, { config, base, policy, digestKeyId: TEST_KEY.id })
    if (need === 'nothing') {
      return config === undefined ? { state: 'absent', verified: false } : { state: 'present', config }
    }
    if (!options.thorough && isSettling(name) && maySettle(known, base, policy))
      return config === undefined ? { state: 'settling' } : { state: 'settling', config }
    return read(name, config, options)
  }

  function read(name: ConfigName, config: Config | undefined, { unreadable }: Faults): ConfigObservation {
    if (unreadable.has(name)) return { state: 'unreadable', problem: 'no', ...(config && { config }) }
    const state = world.config(name)
    if (state === undefined) return { state: 'absent', verified: true }
    if (config === undefined) return { state: 'outOfScope' }
    const content = digestContent(configJson(name, state), { type: CONFIGS[name], key: TEST_KEY })
    return { state: 'present', config, content }
  }

  function observe(subject: Workload, options: Faults & { thorough: boolean }): Observation {
    const known = recordOf(subject)
    const follows = followsOf(subject, {
      configs: {
        get: ({ name }) => configs.get(name as ConfigName),
        list: (type) => [...configs.values()].filter(({ ref }) => ref.kind === type),
      },
      types: CONFIG_TYPES,
      keyLevel,
      recorded: Object.keys(known?.configs ?? {}) as ConfigId[],
    })
    return {
      workload: subject,
      ...(known === undefined ? {} : { record: known }),
      configs: follows.map((follow) => {
        const change = pending.get(follow.config.name as ConfigName)
        const observation = see(subject, follow, options)
        return change === undefined ? { follow, observation } : { follow, observation, pending: change }
      }),
      policy,
      bornUnseen,
      now: timeOf(world.now()),
      digestKeyId: TEST_KEY.id,
    }
  }

  function roll(observation: Observation, plan: Extract<Plan, { kind: 'roll' }>, faults: Faults) {
    const { strategy } = policy
    const written = stored.record?.uid === observation.workload.uid ? stored.record : undefined
    const change = stampChangeOf(observation, { stamps: plan.stamps, strategy, written })
    if (change === undefined) return 'unchanged'
    if (faults.patchRefused) return 'refused'
    const template = world.workload()?.template
    if (template !== undefined) world.editWorkload({ template: stamped(template, change) })
    return 'applied'
  }

  function remember(plan: Plan): void {
    const open = new Set(
      plan.outcomes.flatMap(({ id, kind }) => (kind === 'hold' || kind === 'wait' ? id : [])),
    )
    for (const name of pending.keys()) if (!open.has(configId(CONFIGS[name], name))) pending.delete(name)
    if (plan.record === undefined) return
    record = plan.record
    dirty ||= plan.kind === 'adopt' || plan.kind === 'record' || plan.kind === 'roll'
    bornUnseen &&= Object.values(record.configs).some(({ state }) => state === 'unread')
  }

  return {
    /** The end of a watch event; nothing reaches a process that was stopped. */
    configChanged(name: ConfigName, after: ConfigState | undefined): void {
      const before = configs.get(name)
      storeConfig(name, after)
      note(name, before)
    },
    workloadChanged: (after: WorkloadState | undefined) => takeWorkload(after, 'watch'),
    /** All settle windows pass. */
    wait(): void {
      nowMs += 60_000
    },
    /** Configs that changed so lately that they start no roll yet. */
    settling(): readonly ConfigName[] {
      const subject = workload
      if (subject === undefined) return []
      const known = recordOf(subject)
      return CONFIG_NAMES.filter((name) => {
        const base = baseOf(known?.configs[configId(CONFIGS[name], name)], parseStamps(subject.stamps), {
          presentUid: configs.get(name)?.uid,
          stampedKeys: [],
        })
        return isSettling(name) && maySettle(known, base, policy)
      })
    },
    /** One reconcile; `crash` is called between the PATCH of a roll and the memory of it. */
    look(faults: Faults, crash?: () => boolean): Look | undefined {
      if (workload === undefined) return undefined
      let observation = observe(workload, { ...faults, thorough: false })
      let plan = planRollout(observation)
      if (plan.kind === 'roll' && plan.lookAgainAtMs !== undefined) {
        observation = observe(workload, { ...faults, thorough: true })
        plan = planRollout(observation)
      }
      const patch = plan.kind === 'roll' ? roll(observation, plan, faults) : undefined
      const crashed = patch === 'applied' && crash?.() === true
      if (patch !== 'refused' && !crashed) remember(plan)
      return patch === undefined ? { plan } : { plan, patch }
    },
    /** Writes down what is remembered. */
    flush(): void {
      if (dirty && record !== undefined) stored.record = record
      if (workload?.settings.optedIn !== true || recordOf(workload) !== undefined) {
        stored.watchedUntil = timeOf(world.now())
      }
      dirty = false
    },
  }
}

function idOf({ config }: Follow): ConfigId {
  return configId(config.kind, config.name)
}

/** The template as the API server would have it after the PATCH. */
function stamped(template: Template, { set, remove, annotations }: StampChange): Template {
  const variables = { ...template.variables }
  for (const { name } of remove) delete variables[name]
  for (const { name, value } of set) variables[name] = value
  const kept = Object.entries({ ...template.annotations, ...annotations }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  )
  return { ...template, variables, annotations: Object.fromEntries(kept) }
}
