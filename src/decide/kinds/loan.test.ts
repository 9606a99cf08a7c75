import { describe, expect, it } from 'vitest'
import { deployment, reduced, type WorkloadShape } from '../../../test/builders.ts'
import { readsAll } from '../../../test/fake/workbench.ts'
import type { Workload } from '../../types/workload.ts'
import {
  LAST_RELOADED_FROM,
  DEFAULT_ANNOTATION_NAMES as NAMES,
  ROLLOUT_STRATEGY_ANNOTATION,
} from '../settings/annotation-names.ts'
import { askingOf, type BorrowOptions, borrow, lentOut } from './loan.ts'

const AUTO = { [NAMES.auto]: 'true' }
const WATCHED: BorrowOptions = {
  names: NAMES,
  autoReloadAll: false,
  previous: undefined,
  sighting: { source: 'watch', resourceVersion: '300' },
}

function lender(shape: WorkloadShape = {}, previous?: Workload): Workload {
  return reduced(deployment({ spec: readsAll('conf'), ...shape }), { lends: true, previous })
}

function borrower(annotations: Record<string, string> = AUTO, status: unknown = {}): Workload {
  const { metadata } = deployment({
    annotations,
    metadata: { name: 'canary', uid: 'canary-uid', resourceVersion: '200', annotations },
  })
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
  return reduced(Object.assign({ metadata }, { spec: { workloadRef }, status }), { kind: 'Rollout' })
}

function joined(own: Workload, from: Workload, options: Partial<BorrowOptions> = {}): Workload {
  const workload = borrow(own, from, { ...WATCHED, ...options })
  if (workload === undefined) throw new Error('Cannot borrow: there is nothing to lend')
  return workload
}

describe('a Rollout with a borrowed pod template', () => {
  it('is the Rollout, with what the template uses, and the Deployment as what is written', () => {
    expect(joined(borrower(), lender())).toMatchObject({
      ref: { kind: 'Rollout', name: 'canary' },
      uid: 'canary-uid',
      resourceVersion: '200',
      settings: { optedIn: true },
      references: [{ name: 'conf' }],
      firstContainer: 'app',
      lender: { ref: { kind: 'Deployment', name: 'web' }, uid: 'web-uid', resourceVersion: '100' },
    })
  })

  it.each<[string, Record<string, string>, WorkloadShape, boolean]>([
    ['the Rollout asks', AUTO, {}, true],
    ['the Deployment asks', {}, { annotations: AUTO }, true],
    ['its pod template asks', {}, { templateAnnotations: AUTO }, true],
    ['nobody asks', {}, {}, false],
    [
      'the Rollout says no to what the Deployment asks',
      { [NAMES.auto]: 'false' },
      { annotations: AUTO },
      false,
    ],
    [
      'the Rollout says yes to what the Deployment denies',
      AUTO,
      { annotations: { [NAMES.auto]: 'false' } },
      true,
    ],
  ])('is opted in where %s', (_, own, lenders, optedIn) => {
    expect(joined(borrower(own), lender(lenders)).settings.optedIn).toBe(optedIn)
  })

  it('says of its own strategy that there is no such one, and nothing of what the Deployment says of that', () => {
    const misspelt = { ...AUTO, [ROLLOUT_STRATEGY_ANNOTATION]: 'restat' }
    const entries = (own: Record<string, string>, lenders: Record<string, string>) =>
      joined(borrower(own), lender({ annotations: lenders })).settings.invalid.map(({ entry }) => entry)
    expect([entries(misspelt, {}), entries(AUTO, misspelt)]).toEqual([['restat'], []])
  })

  it('carries the stamps of that template, or with restarts its own', () => {
    const templateAnnotations = { [LAST_RELOADED_FROM]: 'template' }
    const own = { ...AUTO, [LAST_RELOADED_FROM]: 'own' }
    const stampOf = (annotations: Record<string, string>) =>
      joined(borrower(annotations), lender({ templateAnnotations })).stamps.annotation
    expect(stampOf(own)).toBe('template')
    expect(stampOf({ ...own, [ROLLOUT_STRATEGY_ANNOTATION]: 'restart' })).toBe('own')
  })

  it('is followed since the event that brought both together, and not since a later one', () => {
    const first = joined(borrower(), lender())
    const sighting = { source: 'watch', resourceVersion: '400' } as const
    expect(first.followedSince).toBe('300')
    expect(joined(borrower(), lender(), { previous: first, sighting }).followedSince).toBe('300')
    expect(
      joined(borrower(), lender(), { sighting: { source: 'list', resourceVersion: '300' } }),
    ).not.toHaveProperty('followedSince')
  })

  it('asks for what it asks since the event that changed that, on either', () => {
    const first = joined(borrower(), lender())
    const sighting = { source: 'watch', resourceVersion: '400' } as const
    const same = joined(borrower(), lender(), { previous: first, sighting })
    const excluding = lender({ annotations: { 'configmaps.exclude.reloader.stakater.com/reload': 'a' } })
    const other = joined(borrower(), excluding, { previous: first, sighting })
    expect([first, same, other].map((each) => each.settingsSince?.shown)).toEqual(['300', '300', '400'])
  })

  it('was written last when either was', () => {
    const written = (time: string) => ({ managedFields: [{ manager: 'm', operation: 'Update', time }] })
    const lent = lender({ metadata: written('2026-01-01T00:00:02Z') })
    const times = ['2026-01-01T00:00:01Z', '2026-01-01T00:00:03Z', undefined].map((time) => {
      const own = { ...borrower(), ...(time === undefined ? {} : { lastWriteTime: time }) }
      return joined(own, lent).lastWriteTime?.slice(-3)
    })
    expect(times).toEqual(['02Z', '03Z', '02Z'])
  })

  it('comes with the releases of both', () => {
    const metadata = { labels: { 'argocd.argoproj.io/instance': 'shop' } }
    expect(joined(borrower(), lender({ metadata })).releases).toEqual(['argocd:shop'])
  })

  it('is none where nothing of the Deployment was kept for lending', () => {
    expect(borrow(borrower(), reduced(deployment()), WATCHED)).toBeUndefined()
  })
})

describe('the template history of a borrower', () => {
  const changed = (from: Workload) =>
    lender({ spec: readsAll('new'), metadata: { resourceVersion: '110', generation: 2 } }, from)

  it('goes on with what the Deployment tells of its templates', () => {
    const before = lender()
    const first = joined(borrower(), before)
    const { templates } = joined(borrower(), changed(before), { previous: first })
    expect(templates).toMatchObject([{ exact: true }, { since: '110', exact: true }])
  })

  it('counts another Deployment as a template that came with the event', () => {
    const first = joined(borrower(), lender())
    const other = lender({ spec: readsAll('new'), metadata: { name: 'other', uid: 'other-uid' } })
    const sighting = { source: 'watch', resourceVersion: '500' } as const
    expect(joined(borrower(), other, { previous: first, sighting }).templates.at(-1)).toMatchObject({
      since: '500',
      exact: true,
    })
  })

  it('ends the life of earlier templates when the Rollout says that its pods are of this one', () => {
    const before = lender()
    const after = changed(before)
    const first = joined(borrower(), before)
    const status = (workloadObservedGeneration: string) => ({
      observedGeneration: '1',
      workloadObservedGeneration,
    })
    const earliest = (generation: string) =>
      joined(borrower(AUTO, status(generation)), after, { previous: first }).templates[0]?.hash
    expect(earliest('1')).toBe(first.templates[0]?.hash)
    expect(earliest('2')).toBe('')
  })

  it('is not ended by a Deployment without pods', () => {
    const scaledDown = { status: { observedGeneration: 2 } }
    const before = lender({ annotations: AUTO })
    const after = lender(
      { annotations: AUTO, spec: readsAll('new'), metadata: { generation: 2 }, ...scaledDown },
      before,
    )
    const first = joined(borrower(), before)
    const { templates } = joined(borrower(), after, { previous: first })
    expect(templates[0]?.hash).toBe(first.templates[0]?.hash)
  })
})

describe('a Deployment that lends', () => {
  it('asks for nothing itself', () => {
    const { settings, references, templates } = lentOut(lender({ annotations: AUTO }))
    expect([settings.optedIn, references, templates]).toEqual([false, [], []])
  })

  it('keeps of its annotations what asks for anything', () => {
    const excludes = {
      'secrets.exclude.reloader.stakater.com/reload': 'a',
      'secretproviderclass.reloader.stakater.com/auto': 'true',
    }
    const note = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
    expect(askingOf({ ...AUTO, ...excludes, ...note }, NAMES)).toEqual({ ...AUTO, ...excludes })
  })
})
