import { expect, test, vi } from 'vitest'
import { type WorkloadShape, workload } from '../../test/builders.ts'
import type { ReloadStrategy } from '../types/settings.ts'
import { createDriftWarning } from './drift-warning.ts'
import type { Reconciled } from './result.ts'

const TRACKED = { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' }
const AUTO = { 'reloader.stakater.com/auto': 'true' }
const ANNOTATIONS = { 'reloader.stakater.com/reload-strategy': 'annotations' }

function look(annotations: WorkloadShape['annotations'], strategy: ReloadStrategy = 'env-vars'): Reconciled {
  const web = workload({ annotations: { ...AUTO, ...annotations } })
  const outcomes = [{ id: 'ConfigMap/conf', kind: 'skip', reason: 'UpToDate' }] as const
  const policy = { strategy, reloadOnCreate: false, reloadOnDelete: false, adopt: 'heal' } as const
  const rest = { configs: [], bornUnseen: false, now: '', digestKeyId: '' }
  return {
    workload: web,
    observation: { ...rest, workload: web, policy },
    plan: { kind: 'skip', reason: 'UpToDate', retry: false, outcomes },
  }
}

test('a workload that Argo CD tracks under the env-vars strategy is warned of once, with the mend', () => {
  const warn = vi.fn()
  const tell = createDriftWarning({ log: { warn } })
  tell(look(TRACKED))
  tell(look(TRACKED))
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/shop\/web.*annotations.*docs\/gitops\.md/)]])
})

test.each<[string, Reconciled]>([
  ['Argo CD does not track it', look({})],
  ['the strategy is annotations', look(TRACKED, 'annotations')],
  ['the strategy of the workload is annotations', look({ ...TRACKED, ...ANNOTATIONS })],
  [
    'it follows nothing',
    { ...look(TRACKED), plan: { kind: 'skip', reason: 'NothingFollowed', retry: false, outcomes: [] } },
  ],
])('nothing is said where %s', (_, seen) => {
  const warn = vi.fn()
  createDriftWarning({ log: { warn } })(seen)
  expect(warn).not.toHaveBeenCalled()
})
