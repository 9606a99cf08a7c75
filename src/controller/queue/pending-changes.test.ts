import { describe, expect, it } from 'vitest'
import { config } from '../../../test/builders.ts'
import { type ConfigId, configId } from '../../types/record.ts'
import { type ConfigChange, createPendingChanges, type SettleWindows } from './pending-changes.ts'
import { createReleaseClock } from './release-clock.ts'

const WINDOWS: SettleWindows = { settleMs: 500, settleMaxMs: 5_000, releaseMs: 5_000, releaseMaxMs: 15_000 }
const CONF = configId('ConfigMap', 'conf')
const WEB = 'Deployment/shop/web'
const HELM = { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'shop' }
const RELEASES = ['helm:shop/shop']

function setUp(windows: Partial<SettleWindows> = {}) {
  const clock = createReleaseClock({ rememberMs: 15_000 })
  const pending = createPendingChanges({ ...WINDOWS, ...windows }, clock)
  const of = (options: { releases?: readonly string[]; settleMs?: number } = {}) =>
    pending.of(WEB, { releases: options.releases ?? [], settleMs: options.settleMs })
  return { clock, pending, of }
}

function change(resourceVersion: string, options: Partial<ConfigChange> = {}): ConfigChange {
  return {
    id: CONF,
    resourceVersion,
    after: config('ConfigMap', 'conf', { metadata: { resourceVersion } }),
    ...options,
  }
}

describe('the settle window', () => {
  it('begins with the first change and is extended by later ones', () => {
    const { pending, of } = setUp()
    pending.note(WEB, change('10'), 1_000)
    expect(of().get(CONF)?.notBeforeMs).toBe(1_500)
    pending.note(WEB, change('11'), 1_300)
    expect(of().get(CONF)?.notBeforeMs).toBe(1_800)
  })

  it('ends at the maximum, however often the config changes', () => {
    const { pending, of } = setUp()
    for (let nowMs = 0; nowMs <= 6_000; nowMs += 200) pending.note(WEB, change(String(10 + nowMs)), nowMs)
    expect(of().get(CONF)?.notBeforeMs).toBe(5_000)
  })

  it('is the one of the workload where that says one, even if it is longer than the maximum', () => {
    const { pending, of } = setUp()
    pending.note(WEB, change('10'), 0)
    expect(of({ settleMs: 0 }).get(CONF)?.notBeforeMs).toBe(0)
    expect(of({ settleMs: 20_000 }).get(CONF)?.notBeforeMs).toBe(20_000)
    pending.note(WEB, change('11'), 1_000)
    expect(of({ settleMs: 20_000 }).get(CONF)?.notBeforeMs).toBe(20_000)
  })

  it('is that of each config alone', () => {
    const { pending, of } = setUp()
    const other = configId('Secret', 'other')
    pending.note(WEB, change('10'), 0)
    pending.note(WEB, change('11', { id: other }), 400)
    expect([of().get(CONF)?.notBeforeMs, of().get(other)?.notBeforeMs]).toEqual([500, 900])
  })
})

describe('the release rule', () => {
  const inRelease = (resourceVersion: string) =>
    change(resourceVersion, {
      after: config('ConfigMap', 'conf', { annotations: HELM, metadata: { resourceVersion } }),
    })

  it('waits until nothing of the release has changed for a while', () => {
    const { clock, pending, of } = setUp()
    clock.touch(RELEASES, 0)
    pending.note(WEB, inRelease('10'), 0)
    expect(of({ releases: RELEASES }).get(CONF)?.notBeforeMs).toBe(5_000)
    clock.touch(RELEASES, 3_000)
    expect(of({ releases: RELEASES }).get(CONF)?.notBeforeMs).toBe(8_000)
  })

  it('waits no longer than its maximum after the first change', () => {
    const { clock, pending, of } = setUp()
    pending.note(WEB, inRelease('10'), 1_000)
    clock.touch(RELEASES, 14_000)
    expect(of({ releases: RELEASES }).get(CONF)?.notBeforeMs).toBe(16_000)
  })

  it('says nothing about a workload of another release, or of none', () => {
    const { clock, pending, of } = setUp()
    clock.touch(RELEASES, 0)
    pending.note(WEB, inRelease('10'), 0)
    expect(of().get(CONF)?.notBeforeMs).toBe(500)
    expect(of({ releases: ['helm:shop/other'] }).get(CONF)?.notBeforeMs).toBe(500)
  })

  it('goes by the release that a deleted config had', () => {
    const { clock, pending, of } = setUp()
    clock.touch(RELEASES, 0)
    const before = config('ConfigMap', 'conf', { annotations: HELM })
    pending.note(WEB, { id: CONF, resourceVersion: '12', before }, 0)
    expect(of({ releases: RELEASES }).get(CONF)?.notBeforeMs).toBe(5_000)
  })
})

describe('a pending change', () => {
  it('tells what was there before the first change, and the versions of the first and the last', () => {
    const { pending, of } = setUp()
    const before = config('ConfigMap', 'conf')
    pending.note(WEB, change('60', { before }), 10)
    pending.note(WEB, change('61', { before: config('ConfigMap', 'conf', { metadata: { uid: 'x' } }) }), 20)
    expect(of().get(CONF)).toEqual({ before, first: '60', last: '61', sinceMs: 10, notBeforeMs: 520 })
  })

  it('has nothing before it where the config was created', () => {
    const { pending, of } = setUp()
    pending.note(WEB, change('60'), 10)
    expect(of().get(CONF)).toEqual({ first: '60', last: '60', sinceMs: 10, notBeforeMs: 510 })
  })

  it('has no last version where no watch showed the deletion, and any later look settles it', () => {
    const { pending, of } = setUp()
    const before = config('ConfigMap', 'conf')
    pending.note(WEB, { id: CONF, resourceVersion: undefined, before }, 10)
    expect(of().get(CONF)).toEqual({ before, first: '50', sinceMs: 10, notBeforeMs: 510 })
    pending.settle(WEB, CONF, '40')
    expect(of().has(CONF)).toBe(false)
  })

  it('is settled by a look at its last version or a later one, and by no earlier look', () => {
    const { pending, of } = setUp()
    pending.note(WEB, change('9'), 0)
    pending.note(WEB, change('11'), 0)
    pending.settle(WEB, CONF, '10')
    expect(of().has(CONF)).toBe(true)
    pending.settle(WEB, CONF, '11')
    expect(of().has(CONF)).toBe(false)
    expect(pending.size).toBe(0)
  })

  it('begins anew, with a whole window, when an earlier version was decided about', () => {
    const { pending, of } = setUp()
    const before = config('ConfigMap', 'conf')
    for (let nowMs = 0; nowMs <= 6_000; nowMs += 200)
      pending.note(WEB, change(String(100 + nowMs), { before }), nowMs)
    pending.settle(WEB, CONF, '5900')
    expect(of().get(CONF)).toEqual({ first: '5900', last: '6100', sinceMs: 6_000, notBeforeMs: 6_500 })
    pending.note(WEB, change('6200'), 6_400)
    expect(of().get(CONF)?.notBeforeMs).toBe(6_900)
  })

  it('is settled whatever its version when the config is gone or followed no more', () => {
    const { pending, of } = setUp()
    pending.note(WEB, change('11'), 0)
    pending.settle(WEB, 'Secret/other' satisfies ConfigId, undefined)
    expect(of().has(CONF)).toBe(true)
    pending.settle(WEB, CONF, undefined)
    expect(of().has(CONF)).toBe(false)
  })

  it('is no delay while its workload asks for it to wait, and is one again when it waits for something else', () => {
    const { pending } = setUp()
    pending.note(WEB, change('11'), 20)
    pending.excuse(WEB, new Set([CONF]))
    expect([pending.size, pending.oldestMs()]).toEqual([1, undefined])
    pending.note(WEB, change('11', { id: 'Secret/other' }), 30)
    expect(pending.oldestMs()).toBe(30)
    pending.excuse(WEB, new Set())
    expect(pending.oldestMs()).toBe(20)
  })

  it('is forgotten with its workload, and with no other', () => {
    const { pending } = setUp()
    pending.note(WEB, change('11'), 20)
    pending.note('Deployment/shop/api', change('11'), 30)
    expect([pending.size, pending.oldestMs()]).toEqual([2, 20])
    pending.forget(WEB)
    expect([pending.size, pending.oldestMs(), pending.idsOf(WEB)]).toEqual([1, 30, []])
    pending.forget('Deployment/shop/api')
    expect(pending.oldestMs()).toBeUndefined()
  })
})
