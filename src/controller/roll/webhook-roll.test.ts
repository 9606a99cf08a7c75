import { describe, expect, test } from 'vitest'
import { workload } from '../../../test/builders.ts'
import { PostError } from '../../report/post-error.ts'
import type { WebhookCall } from '../../report/webhook.ts'
import type { Observation, Reason, StampEntry } from '../../types/plan.ts'
import type { WorkloadRecord } from '../../types/record.ts'
import type { RollPlan } from '../result.ts'
import { createWebhookRoll, observeForWebhook, type WebhookRollParts } from './webhook-roll.ts'

const signal = new AbortController().signal

function observationOf(name: string): Observation {
  const subject = workload({ metadata: { name } })
  const app = { state: 'present', uid: 'app-uid', resourceVersion: '1', keys: 'all', digest: 'd' } as const
  const record: WorkloadRecord = {
    workload: subject.ref,
    uid: subject.uid,
    since: '',
    configs: { 'ConfigMap/app': app },
  }
  return {
    workload: subject,
    record,
    configs: [],
    policy: { strategy: 'env-vars', reloadOnCreate: false, reloadOnDelete: false, adopt: 'heal' },
    bornUnseen: false,
    now: '2026-01-01T00:00:00Z',
    digestKeyId: '00000000',
  }
}

/** What a roll brings of the ConfigMap of that name: a version of it, or its deletion. */
function stamp(name: string, version: string | 'deleted', uid = `${name}-uid`): StampEntry {
  const config = { kind: 'ConfigMap', namespace: 'shop', name } as const
  const follow = { config, reason: 'Auto', keys: 'all', literal: true, container: 'app' } as const
  const present = { state: 'present', resourceVersion: version, digest: 'd', dataTime: '' } as const
  return { follow, uid, change: version === 'deleted' ? { state: 'deleted' } : present }
}

function planOf(stamps: readonly StampEntry[], reasons: readonly Reason[] = []): RollPlan {
  const outcomes = stamps.map(({ follow }, i) => {
    const id = `ConfigMap/${follow.config.name}` as const
    return { id, kind: 'roll', reason: reasons[i] ?? 'DigestChanged' } as const
  })
  const { record } = observationOf('web')
  if (record === undefined) throw new Error('no record')
  return { kind: 'roll', reason: 'DigestChanged', outcomes, retry: false, record, stamps }
}

/** A roll with a receiver that the test plays, on a clock that the test sets. */
function setUp(parts: Partial<WebhookRollParts> = {}) {
  const calls: WebhookCall[] = []
  const clock = { ms: 0 }
  const receiver = { take: async (_call: WebhookCall) => {} }
  const rollBy = createWebhookRoll({
    webhook: async (call) => {
      calls.push(call)
      await receiver.take(call)
    },
    changedKeys: (_config, record) => (record === undefined ? [] : ['a']),
    dryRun: false,
    nowMs: () => clock.ms,
    ...parts,
  })
  const roll = (follower: string, ...stamps: readonly StampEntry[]) =>
    rollBy(observationOf(follower), planOf(stamps), signal)
  const told = () =>
    calls.map(({ config, resourceVersion }) => `${config.name}@${resourceVersion ?? 'deleted'}`)
  return { calls, clock, receiver, roll, rollBy, told }
}

describe('what is told', () => {
  test('is each config of the roll, with its own reason and the names of its keys', async () => {
    const { calls, rollBy } = setUp()
    const plan = planOf([stamp('app', '7'), stamp('other', 'deleted')], ['DigestChanged', 'Deleted'])
    expect(await rollBy(observationOf('web'), plan, signal)).toEqual({ state: 'told' })
    expect(calls).toEqual([
      {
        config: { kind: 'ConfigMap', namespace: 'shop', name: 'app' },
        uid: 'app-uid',
        resourceVersion: '7',
        reason: 'DigestChanged',
        changedKeys: ['a'],
      },
      {
        config: { kind: 'ConfigMap', namespace: 'shop', name: 'other' },
        uid: 'other-uid',
        resourceVersion: undefined,
        reason: 'Deleted',
        changedKeys: [],
      },
    ])
  })

  test('is nothing in a dry run', async () => {
    const { roll, told } = setUp({ dryRun: true })
    expect(await roll('web', stamp('app', '7'))).toEqual({ state: 'dry-run' })
    expect(told()).toEqual([])
  })
})

describe('one call', () => {
  test('is shared by all followers that come while it is under way or later', async () => {
    const { receiver, roll, told } = setUp()
    let release = () => {}
    receiver.take = () =>
      new Promise((resolve) => {
        release = resolve
      })
    const rolls = ['a', 'b', 'c'].map((follower) => roll(follower, stamp('app', '7')))
    await new Promise(setImmediate)
    release()
    expect(await Promise.all(rolls)).toEqual(Array(3).fill({ state: 'told' }))
    await roll('late', stamp('app', '7'))
    expect(told()).toEqual(['app@7'])
  })

  test('covers earlier versions of the object, and neither later ones nor another object', async () => {
    const { roll, told } = setUp()
    await roll('a', stamp('app', '10'))
    await roll('b', stamp('app', '9'))
    await roll('a', stamp('app', '11'))
    await roll('a', stamp('app', 'deleted'))
    await roll('b', stamp('app', '11'))
    await roll('a', stamp('app', '12', 'another-uid'))
    expect(told()).toEqual(['app@10', 'app@11', 'app@deleted', 'app@12'])
  })

  test('of a config follows the one before it, so that the receiver hears of versions in order', async () => {
    const { receiver, roll, told } = setUp()
    const taken: string[] = []
    let release = () => {}
    receiver.take = async ({ resourceVersion = '' }) => {
      if (resourceVersion === '7')
        await new Promise<void>((resolve) => {
          release = resolve
        })
      taken.push(resourceVersion)
    }
    const rolls = [roll('a', stamp('app', '7')), roll('b', stamp('app', '8')), roll('c', stamp('other', '9'))]
    await rolls[2]
    expect(told()).toEqual(['app@7', 'other@9'])
    release()
    await Promise.all(rolls)
    expect(taken).toEqual(['9', '7', '8'])
  })
})

describe('a call that is not taken', () => {
  test('fails every follower that asks, and is made again only after a wait that doubles', async () => {
    const { clock, receiver, roll, told } = setUp()
    receiver.take = async () => {
      throw new Error('no')
    }
    const callsWithin = async (untilMs: number) => {
      const before = told().length
      for (; clock.ms < untilMs; clock.ms += 250) {
        await expect(roll('a', stamp('app', '7'))).rejects.toThrow('no')
        await expect(roll('b', stamp('app', '7'))).rejects.toThrow('no')
      }
      return told().length - before
    }
    expect([await callsWithin(1_000), await callsWithin(3_000), await callsWithin(7_000)]).toEqual([1, 1, 1])
    receiver.take = async () => {}
    expect(await roll('a', stamp('app', '7'))).toEqual({ state: 'told' })
    expect(await roll('b', stamp('app', '7'))).toEqual({ state: 'told' })
    expect(told()).toHaveLength(4)
  })

  test('is made again no sooner than the receiver asks for', async () => {
    const { clock, receiver, roll, told } = setUp()
    receiver.take = async () => {
      throw new PostError(new URL('http://hook.test'), { status: 429, retryAfter: '30' })
    }
    for (; clock.ms <= 30_000; clock.ms += 5_000)
      await expect(roll('a', stamp('app', '7'))).rejects.toThrow('it answered 429')
    expect(told()).toEqual(['app@7', 'app@7'])
  })

  test('holds up no other config of the same workload, which is told once', async () => {
    const { clock, receiver, roll, told } = setUp()
    receiver.take = async ({ config }) => {
      if (config.name === 'app') throw new Error('no')
    }
    for (let times = 0; times < 3; times += 1) {
      await expect(roll('a', stamp('app', '7'), stamp('other', '8'))).rejects.toThrow('no')
      clock.ms += 10_000
    }
    expect(told()).toEqual(['app@7', 'other@8', 'app@7', 'app@7'])
  })

  test('does not put off a later version, which is a change of its own', async () => {
    const { receiver, roll, told } = setUp()
    receiver.take = async ({ resourceVersion }) => {
      if (resourceVersion === '7') throw new Error('no')
    }
    await expect(roll('a', stamp('app', '7'))).rejects.toThrow('no')
    expect(await roll('a', stamp('app', '8'))).toEqual({ state: 'told' })
    expect(told()).toEqual(['app@7', 'app@8'])
  })
})

test('what new pods have read already is told all the same: the history of the template is not looked at', async () => {
  const observed = observationOf('web')
  const templates = [{ hash: 'x', since: '9', exact: true, shown: '9' }]
  const observe = observeForWebhook(async () => ({
    ...observed,
    workload: { ...observed.workload, templates },
  }))
  const { workload: subject } = await observe(observed.workload, { thorough: false, signal })
  expect(subject.templates).toEqual([])
  expect(subject.ref).toEqual(observed.workload.ref)
})
