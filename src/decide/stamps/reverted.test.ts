import { describe, expect, it } from 'vitest'
import { LISTED } from '../../../test/decision-case.ts'
import type { Workload } from '../../types/workload.ts'
import { reverterOf } from './reverted.ts'

const STAMP = `conf-uid.42.a.0123abcd-${'A'.repeat(43)}`
const OTHER = `cred-uid.43.a.0123abcd-${'A'.repeat(43)}`

/** The workload with these stamps in its template, last written by `manager`. */
function written(stamps: readonly string[], manager?: string, change: Partial<Workload> = {}): Workload {
  const variables = stamps.map((value, index) => ({
    container: 'app',
    name: `STAKATER_${index}_CONFIGMAP`,
    value,
  }))
  const { lastManager: _none, ...subject } = LISTED
  return {
    ...subject,
    stamps: { variables },
    ...(manager === undefined ? {} : { lastManager: manager }),
    ...change,
  }
}

const before = written([STAMP, OTHER], 'Reloader')

describe('our stamps were reverted', () => {
  it.each<readonly [string, Workload, string]>([
    ['by who took one of them out', written([OTHER], 'argocd'), 'argocd'],
    ['by who took all of them out', written([], 'argocd'), 'argocd'],
    ['by who put an older one back', written([STAMP.replace('42', '41'), OTHER], 'flux'), 'flux'],
    ['by somebody, where nothing names the manager', written([]), 'unknown'],
  ])('%s', (_who, after, manager) => {
    expect(reverterOf(before, after)).toBe(manager)
  })
})

describe('our stamps were not reverted', () => {
  const another = [{ hash: 'another', exact: false, shown: '5' }]
  it.each<readonly [string, Workload]>([
    ['where all of them stand', written([STAMP, OTHER], 'argocd')],
    ['where they stand elsewhere', written([OTHER, STAMP], 'argocd')],
    ['where one more stands', written([STAMP, OTHER, OTHER.replace('43', '44')], 'argocd')],
    ['where we took them out ourselves', written([], 'Reloader')],
    [
      'where the template changed too: that is a rollout of its own',
      written([], 'helm', { templates: another }),
    ],
    ['where a roll restarts it: that has happened', written([], 'argocd', { restart: {} })],
    [
      'where it borrows its template from another object now',
      written([], 'argocd', { lender: { ref: LISTED.ref, uid: 'another', resourceVersion: '1' } }),
    ],
    ['where it is another object of the same name', written([], 'helm', { uid: 'another' })],
  ])('%s', (_where, after) => {
    expect(reverterOf(before, after)).toBeUndefined()
  })
})
