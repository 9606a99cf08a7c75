import { describe, expect, it } from 'vitest'
import { LISTED } from '../../../test/decision-case.ts'
import type { TemplateVersion, Workload } from '../../types/workload.ts'
import { templateChangedBetween, templateIsYounger } from './template-history.ts'

/** `x?5`: a list showed template x at 5. `x=5`: a watch showed that it was established at 5. `x>4`: lists, after 4. */
function history(...entries: readonly string[]): Workload {
  const templates = entries.map((entry): TemplateVersion => {
    const [hash = '', kind, version = ''] = [entry[0], entry[1], entry.slice(2)]
    if (kind === '?') return { hash, exact: false, shown: version }
    if (kind === '=') return { hash, exact: true, since: version, shown: version }
    return { hash, exact: false, since: version, shown: String(Number(version) + 1) }
  })
  return { ...LISTED, templates }
}

describe('a template is younger than a change at 20', () => {
  it.each<readonly [string, readonly string[], boolean]>([
    ['if a watch showed it later', ['x?5', 'y=25'], true],
    ['if a watch showed it later, by more digits', ['x?5', 'y=100'], true],
    ['if a list after 20 showed it, and one at 20 did not', ['x?5', 'y>20'], true],
    ['if a list after 25 showed it, and one at 25 did not', ['x?5', 'y>25'], true],
    ['if others came between', ['x?5', 'y=25', 'z=30'], true],
    ['not if a watch showed it with that version', ['x?5', 'y=20'], false],
    ['not if a watch showed it before', ['x?5', 'y=15'], false],
    ['not if the list without it was before', ['x?5', 'y>19'], false],
    ['not if a list showed it first', ['x?25'], false],
    ['not if nobody knows since when', ['x?5', 'y?25'], false],
    ['not if it came back: its old pods may live on', ['x?5', 'y=22', 'x=25'], false],
    ['not if it was there before the template that changed', ['y?5', 'x=18', 'y=25'], false],
    ['not if what is known begins later: it may have been there at 20', ['x?21', 'y=25'], false],
    ['not if it began to be seen later, and may have been there at 20', ['x=25'], false],
    ['not if nothing is known', [], false],
  ])('%s', (_when, templates, younger) => {
    expect(templateIsYounger(history(...templates), '20')).toBe(younger)
  })
})

describe('the template of a workload that a watch showed from its birth at 25', () => {
  it.each<readonly [string, readonly string[], boolean]>([
    ['is younger than a change at 20: nothing was there', ['x=25'], true],
    ['stays so when it changes', ['x=25', 'y=30'], true],
    ['is not when it came back', ['x=25', 'y=30', 'x=35'], false],
    ['is not when it was seen before that as another', ['w?5', 'x=22', 'w=25'], false],
  ])('%s', (_when, templates, younger) => {
    expect(templateIsYounger({ ...history(...templates), followedSince: '25' }, '20')).toBe(younger)
  })

  it('says nothing where it is borrowed from another object', () => {
    const lender = {
      ref: { kind: 'Deployment', namespace: 'shop', name: 'base' },
      uid: 'u',
      resourceVersion: '25',
    } as const
    expect(templateIsYounger({ ...history('x=25'), followedSince: '25', lender }, '20')).toBe(false)
  })

  it('says nothing of changes after it', () => {
    expect(templateIsYounger({ ...history('x=25'), followedSince: '25' }, '26')).toBe(false)
  })
})

describe('a template changed after 10 and not after 20', () => {
  it.each<readonly [string, readonly string[], boolean]>([
    ['at 15', ['x?5', 'y=15'], true],
    ['at 20', ['x?5', 'y=20'], true],
    ['at 15, and back at 25', ['x?5', 'y=15', 'x=25'], true],
    ['not at 10', ['x?5', 'y=10'], false],
    ['not at 21', ['x?5', 'y=21'], false],
    ['not where nobody knows when', ['x?5', 'y?15'], false],
  ])('%s', (_when, templates, changed) => {
    expect(templateChangedBetween(history(...templates), '10', '20')).toBe(changed)
  })
})
