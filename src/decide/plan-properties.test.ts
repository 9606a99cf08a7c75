import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asNeeded, observations } from '../../test/model/observations.ts'
import type { Observation, Plan, Reason } from '../types/plan.ts'
import { type ConfigId, configId } from '../types/record.ts'
import type { StampChange, TemplateStamps } from '../types/workload.ts'
import { digestOf } from './content/digest.ts'
import { basesOf, planRollout } from './plan.ts'
import { stampChangeOf } from './stamps/stamp-change.ts'

const RUNS = 300

type Roll = Extract<Plan, { kind: 'roll' }>

function always(holds: (observation: Observation, plan: Plan) => void): void {
  fc.assert(
    fc.property(observations, (observation) => holds(observation, planRollout(observation))),
    { numRuns: RUNS },
  )
}

function idsOf({ configs }: Observation): readonly ConfigId[] {
  return configs.map(({ follow: { config } }) => configId(config.kind, config.name))
}

function changeOf(observation: Observation, { stamps }: Roll): StampChange | undefined {
  const { policy, record } = observation
  return stampChangeOf(observation, { stamps, strategy: policy.strategy, written: record })
}

/** The same cluster after the PATCH of a roll. */
function patched(observation: Observation, plan: Plan): Observation {
  const change = plan.kind === 'roll' ? changeOf(observation, plan) : undefined
  if (change === undefined) return observation
  const { workload } = observation
  return { ...observation, workload: { ...workload, stamps: withChange(workload.stamps, change) } }
}

function withChange({ variables }: TemplateStamps, { set, remove }: StampChange): TemplateStamps {
  const replaced = [...set, ...remove].map(({ name }) => name)
  return { variables: [...variables.filter(({ name }) => !replaced.includes(name)), ...set] }
}

/** The same cluster after the record was written. */
function remembered(observation: Observation, { record }: Plan): Observation {
  return record === undefined ? observation : { ...observation, record }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}

function shuffled<T>(values: readonly T[], order: readonly number[]): readonly T[] {
  const keyed = values.map((value, at) => [order[at] ?? 0, value] as const)
  return keyed.sort(([a], [b]) => a - b).map(([, value]) => value)
}

describe('a plan', () => {
  it('is the same for the same observation, which it leaves as it was', () => {
    always((observation, plan) => {
      expect(planRollout(deepFreeze(observation))).toEqual(plan)
    })
  })

  it('is made of whatever is observed, however little it fits together', () => {
    const property = fc.property(observations, observations, fc.string(), (one, other, text) => {
      const { record, ...rest } = one
      const odd: Observation = {
        ...rest,
        configs: other.configs.map((observed) => ({
          ...observed,
          pending: { first: text, last: text, sinceMs: Number.NaN, notBeforeMs: Number.NaN },
        })),
        ...(record === undefined ? {} : { record: { ...record, since: text, patterns: text } }),
        now: text,
        digestKeyId: text,
      }
      expect(planRollout(odd).outcomes.length).toBeGreaterThanOrEqual(
        one.workload.settings.optedIn ? odd.configs.length : 0,
      )
    })
    fc.assert(property, { numRuns: RUNS })
  })

  it('is the same in whatever order configs, stamps and records come', () => {
    const order = fc.array(fc.nat(), { minLength: 8, maxLength: 8 })
    const property = fc.property(observations, order, (observation, order) => {
      const { workload, record, configs } = observation
      const { variables } = workload.stamps
      const other: Observation = {
        ...observation,
        workload: { ...workload, stamps: { variables: shuffled(variables, order) } },
        configs: shuffled(configs, order),
        ...(record === undefined
          ? {}
          : {
              record: {
                ...record,
                configs: Object.fromEntries(shuffled(Object.entries(record.configs), order)),
              },
            }),
      }
      expect(planRollout(other)).toEqual(planRollout(observation))
    })
    fc.assert(property, { numRuns: RUNS })
  })

  it('that was carried out and recorded leaves nothing to write', () => {
    always((observation, plan) => {
      const after = asNeeded(remembered(patched(observation, plan), plan))
      expect(['skip', 'hold', 'wait']).toContain(planRollout(after).kind)
    })
  })

  it('that was carried out and not recorded repeats no roll, and forgets none', () => {
    always((observation, plan) => {
      if (plan.kind !== 'roll') return
      const after = asNeeded(patched(observation, plan))
      const again = planRollout(after)
      // What was read under a lower version than recorded has a stamp that counts for nothing, but stands already.
      if (again.kind === 'roll') expect(changeOf(after, again)).toBeUndefined()
      for (const { id, kind } of plan.outcomes) {
        if (kind !== 'roll') continue
        const { uid: _whichever, ...expected } = { uid: '', ...plan.record.configs[id] }
        expect(again.record?.configs[id]).toMatchObject(expected)
      }
    })
  })

  it('rolls for a config only if its content is not that of its record, or for a reason that is no such difference', () => {
    const others: readonly Reason[] = [
      'Created',
      'Deleted',
      'ReadInBetween',
      'ChangedWhileAdopting',
      'BornUnseen',
      'IncumbentStampStale',
    ]
    always((observation, plan) => {
      const bases = basesOf(observation)
      for (const [at, id] of idsOf(observation).entries()) {
        const outcome = plan.outcomes.find((each) => each.id === id)
        const observed = observation.configs[at]
        if (outcome?.kind !== 'roll' || observed === undefined || others.includes(outcome.reason)) continue
        const { record } = bases(observed)
        const seen = observed.observation
        if (record?.state !== 'present' || seen.state !== 'present' || seen.content === undefined)
          throw new Error('it rolls for nothing that was read and recorded')
        expect(digestOf(seen.content, record.keys)).not.toBe(record.digest)
      }
    })
  })

  it('never rolls for a config that is followed again', () => {
    always((observation, plan) => {
      for (const [at, id] of idsOf(observation).entries()) {
        const observed = observation.configs[at]
        const outcome = plan.outcomes.find((each) => each.id === id)
        if (observed === undefined || basesOf(observation)(observed).record?.state !== 'unfollowed') continue
        expect(outcome?.kind).not.toBe('roll')
      }
    })
  })

  it('has exactly one outcome for each config that is followed or recorded, sorted, and stamps for what it rolls', () => {
    always((observation, plan) => {
      if (plan.reason === 'NotOptedIn') return
      const ids = plan.outcomes.map(({ id }) => id)
      const recorded = Object.keys(observation.record?.configs ?? {})
      expect(ids).toEqual([...new Set([...idsOf(observation), ...recorded])].sort())
      const rolls = plan.outcomes.flatMap(({ id, kind }) => (kind === 'roll' ? id : []))
      const stamped =
        plan.kind === 'roll'
          ? plan.stamps.map(({ follow: { config } }) => configId(config.kind, config.name))
          : []
      expect(stamped).toEqual(rolls)
    })
  })

  it('keeps what it knows of a config that must wait', () => {
    always((observation, plan) => {
      const bases = basesOf(observation)
      for (const [at, id] of idsOf(observation).entries()) {
        const observed = observation.configs[at]
        const kind = plan.outcomes.find((each) => each.id === id)?.kind
        if (observed === undefined || (kind !== 'wait' && kind !== 'hold')) continue
        const { record } = bases(observed)
        if (record !== undefined) expect(plan.record?.configs[id]).toEqual(record)
        expect(kind === 'wait' ? plan.retry : plan.lookAgainAtMs !== undefined).toBe(true)
      }
    })
  })
})
