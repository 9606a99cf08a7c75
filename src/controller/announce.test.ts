import { describe, expect, it, vi } from 'vitest'
import { workload } from '../../test/builders.ts'
import { apiError, SERVER_ERROR } from '../../test/fake/fake-client.ts'
import { AUTO, keyOf, readsAll } from '../../test/fake/workbench.ts'
import type { WorkloadEvent } from '../report/event-message.ts'
import { createLog, type LogLevel } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import type { ConfigOutcome, Plan } from '../types/plan.ts'
import { type AnnounceParts, createAnnounce } from './announce.ts'
import { createOutOfDate } from './out-of-date.ts'
import { ConfigUnreadable, type Reconciled, RollFailed, type RollPlan } from './result.ts'

const web = workload({ annotations: AUTO, spec: readsAll('conf') })
const record = { workload: web.ref, uid: web.uid, since: '', configs: {} }
const conf = { kind: 'ConfigMap', namespace: 'shop', name: 'conf' } as const
const follow = { config: conf, reason: 'Auto', keys: 'all', literal: true, container: 'app' } as const
const ROLL: RollPlan = {
  kind: 'roll',
  reason: 'DigestChanged',
  outcomes: [{ id: 'ConfigMap/conf', kind: 'roll', reason: 'DigestChanged' }],
  retry: false,
  record,
  stamps: [{ follow, uid: 'u1', change: { state: 'deleted' } }],
}

function setUp(parts: Partial<AnnounceParts> = {}, level: LogLevel = 'info') {
  const lines: string[] = []
  const writer = { write: (line: string) => lines.push(line), takeDropped: () => 0, flush: async () => {} }
  const metrics = createMetrics({ byNamespace: true, version: 'v', commit: 'c' })
  const events: WorkloadEvent[] = []
  const outOfDate = createOutOfDate()
  const announce = createAnnounce({
    log: createLog({ level, format: 'json', writer }),
    metrics,
    recorder: { record: (event) => events.push(event) },
    outOfDate,
    changedKeys: () => ['a.yaml'],
    webhookMode: false,
    dryRun: false,
    nowMs: () => 2_000,
    ...parts,
  })
  /** The value of one series, by the text before it. */
  const metric = async (series: string) => {
    const line = (await metrics.render()).split('\n').find((each) => each.startsWith(`${series} `))
    return Number(line?.slice(series.length))
  }
  return { announce, metric, events, outOfDate, said: () => lines.map((line) => JSON.parse(line)) }
}

function look(plan: Plan, rest: Partial<Reconciled> = {}): Reconciled {
  const pending = { first: '1', sinceMs: 1_500, notBeforeMs: 0 }
  const configs = [{ follow, observation: { state: 'absent', verified: true }, pending }] as const
  const policy = {
    strategy: 'env-vars',
    reloadOnCreate: false,
    reloadOnDelete: false,
    adopt: 'heal',
  } as const
  const observation = { workload: web, record, configs, policy, bornUnseen: false, now: '', digestKeyId: '' }
  return { workload: web, observation, plan, ...rest }
}

function planOf(kind: 'skip' | 'adopt', ...outcomes: readonly ConfigOutcome[]): Plan {
  const reason = outcomes[0]?.reason ?? 'UpToDate'
  return { kind, reason, outcomes, retry: false, record }
}

describe('a roll', () => {
  it('is told as a line, an Event, metrics and an alert, with one reason in all of them', async () => {
    const alert = vi.fn()
    const { announce, metric, events, said } = setUp({ alert })
    announce.planned(look(ROLL, { outcome: { state: 'applied' } }))
    expect(said()).toMatchObject([
      {
        msg: "Changes detected in 'conf' of type 'CONFIGMAP' in namespace 'shop'; updated 'web' of type 'Deployment' in namespace 'shop'",
        reason: 'DigestChanged',
        configs: 'ConfigMap/conf',
        keys: 'a.yaml',
      },
    ])
    expect(events).toMatchObject([{ reason: 'Reloaded' }])
    expect(JSON.stringify(events)).toContain('DigestChanged')
    expect(await metric('reloader_rolls_total{kind="Deployment",reason="DigestChanged"}')).toBe(1)
    expect(await metric('reloader_reload_executed_total{success="true"}')).toBe(1)
    expect(await metric('reloader_change_to_patch_seconds_sum')).toBe(0.5)
    expect(alert).toHaveBeenCalledExactlyOnceWith({ workload: web.ref, configs: [conf] })
  })

  it('of a CronJob names the Job that runs for it', () => {
    const { announce, events, said } = setUp()
    announce.planned(look(ROLL, { outcome: { state: 'applied', started: 'nightly-0a1b' } }))
    expect(said()).toMatchObject([{ job: 'nightly-0a1b' }])
    expect(JSON.stringify(events)).toContain("; DigestChanged; started Job 'nightly-0a1b'; changed keys: ")
  })

  it('that had happened already, or only would happen, is no roll', async () => {
    const { announce, metric, events, said } = setUp()
    announce.planned(look(ROLL, { outcome: { state: 'unchanged' } }))
    expect(said()).toEqual([])
    announce.planned(look(ROLL, { outcome: { state: 'dry-run' } }))
    expect(said()).toMatchObject([{ msg: `Would roll ${keyOf('web')} (dry run)`, configs: 'ConfigMap/conf' }])
    expect([events, await metric('reloader_reload_executed_total{success="true"}')]).toEqual([[], 0])
  })

  it('that failed is told with what the API server said', async () => {
    const { announce, metric, events, said } = setUp()
    announce.rollFailed(web, ROLL, SERVER_ERROR)
    expect(said()).toMatchObject([
      { level: 'error', msg: expect.stringContaining('failed with error the server answered 500') },
    ])
    expect(events).toMatchObject([{ reason: 'ReloadFail' }])
    expect(await metric('reloader_reload_executed_total{success="false"}')).toBe(1)
  })
})

describe('a workload that has not got its roll', () => {
  it('is out of date from the first failure until a later look, and forgotten when it is gone', () => {
    let nowMs = 10
    const { announce, outOfDate } = setUp({ nowMs: () => nowMs })
    announce.rollFailed(web, ROLL, SERVER_ERROR)
    nowMs = 20
    announce.rollFailed(web, ROLL, SERVER_ERROR)
    expect([outOfDate.size, outOfDate.oldestMs()]).toEqual([1, 10])
    announce.planned(look(ROLL, { outcome: { state: 'applied' } }))
    expect(outOfDate.size).toBe(0)
    announce.rollFailed(web, ROLL, SERVER_ERROR)
    announce.forget(keyOf('web'))
    expect(outOfDate.size).toBe(0)
  })

  it('stays out of date in a dry run, which remembers what it would have rolled', () => {
    const { announce, outOfDate } = setUp({ dryRun: true })
    announce.planned(look(ROLL, { outcome: { state: 'dry-run' } }))
    announce.planned(look(planOf('skip')))
    expect([outOfDate.size, outOfDate.oldestMs()]).toEqual([1, undefined])
  })
})

describe('a failed look', () => {
  it('is told now and again while a config stays unreadable, and not at all after a roll that was told', () => {
    const { announce, said } = setUp()
    const unreadable = new ConfigUnreadable({
      id: 'ConfigMap/conf',
      kind: 'wait',
      reason: 'Unreadable',
      detail: 'forbidden',
    })
    for (let failures = 1; failures <= 25; failures += 1) announce.failed(keyOf('web'), unreadable, failures)
    announce.failed(keyOf('web'), new RollFailed('no'), 1)
    const line = `${keyOf('web')} is tried again: Cannot read ConfigMap/conf: forbidden`
    expect(said().map(({ msg, failures }) => [msg, failures])).toEqual([
      [line, 1],
      [line, 12],
      [line, 24],
    ])
  })

  it('for any other reason is told each time', async () => {
    const { announce, metric, said } = setUp()
    for (const failures of [1, 2]) announce.failed(keyOf('web'), apiError(500), failures)
    expect(said()).toHaveLength(2)
    expect(await metric('reloader_errors_total{type="handler_error"}')).toBe(2)
  })
})

describe('invalid annotations', () => {
  const wrong = workload({ annotations: { ...AUTO, 'reloader.stakater.com/settle': 'soon' } })

  it('are told once until they change, or the workload is another', () => {
    const { announce, events, said } = setUp()
    const again = () => announce.planned(look(planOf('skip'), { workload: wrong }))
    again()
    again()
    expect([said().length, events.map(({ reason }) => reason)]).toEqual([1, ['InvalidAnnotation']])
    announce.planned(look(planOf('skip')))
    again()
    expect(said()).toHaveLength(2)
    announce.forget(keyOf('web'))
    again()
    expect(said()).toHaveLength(3)
  })

  it('are no warning in a dry run, whose report names them', () => {
    const { announce, said } = setUp({ dryRun: true })
    announce.planned(look(planOf('skip'), { workload: wrong }))
    expect(said()).toMatchObject([{ level: 'info', entry: 'soon' }])
  })
})

describe('other outcomes', () => {
  it('are counted by their reason, and adoptions config by config', async () => {
    const { announce, metric, said } = setUp()
    announce.planned(
      look(
        planOf(
          'adopt',
          { id: 'ConfigMap/conf', kind: 'adopt', reason: 'FirstObservation' },
          { id: 'Secret/s', kind: 'adopt', reason: 'UnknownDigestKey' },
        ),
      ),
    )
    expect(await metric('reloader_adoptions_total{reason="FirstObservation"}')).toBe(1)
    expect(said()).toMatchObject([{ level: 'warning', reason: 'UnknownDigestKey' }])
  })

  it('of a dry run say nothing of a digest key that it does not have', () => {
    const { announce, said } = setUp({ dryRun: true })
    const outcome = { id: 'Secret/s', kind: 'adopt', reason: 'UnknownDigestKey' } as const
    announce.planned(
      look({ kind: 'adopt', reason: 'UnknownDigestKey', retry: false, record, outcomes: [outcome] }),
    )
    expect(said()).toEqual([])
  })

  it('are named config by config for who asks for it', () => {
    const { announce, said } = setUp({}, 'debug')
    announce.planned(look({ ...ROLL, kind: 'hold', reason: 'Settling' }))
    expect(said()).toMatchObject([{ plan: 'hold', outcomes: 'ConfigMap/conf=roll:DigestChanged' }])
  })

  it('of stamps taken out by somebody else name who it was', async () => {
    const { announce, metric, events, said } = setUp()
    announce.reverted(web, 'argocd')
    expect(said()).toMatchObject([{ level: 'warning', manager: 'argocd' }])
    expect(events).toMatchObject([{ reason: 'RollReverted', message: expect.stringContaining('argocd') }])
    expect(await metric('reloader_rolls_reverted_total{kind="Deployment"}')).toBe(1)
  })
})
