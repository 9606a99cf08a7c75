import { expect, test } from 'vitest'
import { workload } from '../../../test/builders.ts'
import type { Reconciled, RollOutcome } from '../../controller/result.ts'
import { createMetrics } from '../../telemetry/metrics.ts'
import type { Plan, Reason } from '../../types/plan.ts'
import { createLookMetrics } from './look-metrics.ts'

const web = workload({})
const KEY = 'Deployment/shop/web'

function setUp() {
  const metrics = createMetrics({ byNamespace: false, version: 'v', commit: 'c' })
  /** The samples of a metric, as `labels value`. */
  const samples = async (name: string) =>
    (await metrics.render())
      .split('\n')
      .flatMap((line) => (line.startsWith(`${name}{`) ? line.slice(name.length) : []))
      .sort()
  return { looks: createLookMetrics(metrics), samples }
}

function look(kind: Plan['kind'], reason: Reason, state?: 'applied' | 'unchanged'): Reconciled {
  const record = { workload: web.ref, uid: web.uid, since: '', configs: {} }
  const base = { reason, outcomes: [], retry: false, record }
  const plan: Plan = kind === 'roll' ? { ...base, kind, stamps: [] } : { ...base, kind }
  const policy = {
    strategy: 'env-vars',
    reloadOnCreate: false,
    reloadOnDelete: false,
    adopt: 'heal',
  } as const
  const observation = { workload: web, configs: [], policy, bornUnseen: false, now: '', digestKeyId: '' }
  const outcome: RollOutcome | undefined = state && { state }
  return { workload: web, observation, plan, ...(outcome && { outcome }) }
}

test('a look counts once, as what it did', async () => {
  const { looks, samples } = setUp()
  const plans = [
    look('roll', 'DigestChanged', 'applied'),
    look('adopt', 'FirstObservation'),
    look('record', 'Absent'),
    look('skip', 'UpToDate'),
    look('hold', 'Settling'),
  ]
  for (const each of plans) {
    looks.planned(each)
    looks.done(KEY, { durationMs: 5 })
  }
  looks.planned(look('wait', 'Unreadable'))
  looks.done(KEY, { durationMs: 5, error: new Error('unreadable') })
  // The workload was gone, or somebody else wrote it in between: nothing was decided.
  looks.done(KEY, { durationMs: 5 })
  expect(await samples('reloader_reconcile_total')).toEqual([
    '{result="error"} 1',
    '{result="skipped"} 3',
    '{result="success"} 3',
  ])
  expect(await samples('reloader_reconcile_duration_seconds_count')).toEqual([
    '{result="error"} 1',
    '{result="skipped"} 3',
    '{result="success"} 3',
  ])
  expect(await samples('reloader_workloads_scanned_total')).toEqual(['{kind="Deployment"} 6'])
})

test('an error after something was done is an error, and the next look begins anew', async () => {
  const { looks, samples } = setUp()
  looks.planned(look('record', 'Absent'))
  looks.done(KEY, { durationMs: 5, error: new Error('another config is unreadable') })
  looks.done(KEY, { durationMs: 5 })
  expect(await samples('reloader_reconcile_total')).toEqual(['{result="error"} 1', '{result="skipped"} 1'])
})

test('what had nothing to do is counted in the words of the incumbent, every plan in ours', async () => {
  const { looks, samples } = setUp()
  for (const reason of [
    'NotOptedIn',
    'NothingFollowed',
    'OutOfScope',
    'UpToDate',
    'KeptWhileAbsent',
  ] as const)
    looks.planned(look('skip', reason))
  looks.planned(look('roll', 'DigestChanged', 'unchanged'))
  expect(await samples('reloader_skipped_total')).toEqual([
    '{reason="ignored_or_not_selected"} 3',
    '{reason="no_data_change"} 2',
    '{reason="strategy_not_updated"} 1',
  ])
  expect(await samples('reloader_plans_total')).toEqual([
    '{plan="roll",reason="DigestChanged"} 1',
    '{plan="skip",reason="KeptWhileAbsent"} 1',
    '{plan="skip",reason="NotOptedIn"} 1',
    '{plan="skip",reason="NothingFollowed"} 1',
    '{plan="skip",reason="OutOfScope"} 1',
    '{plan="skip",reason="UpToDate"} 1',
  ])
})
