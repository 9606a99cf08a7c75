import { expect, test } from 'vitest'
import { workload } from '../../../test/builders.ts'
import { workloadStores } from '../../../test/fake/workload-stores.ts'
import { refKey } from '../../types/object.ts'
import type { Pause, Workload } from '../../types/workload.ts'
import { createWorkloadLookup } from './workload-lookup.ts'

const LEFT_PAUSED: Pause = { paused: true, pausedAt: '2026-03-01T12:00:00Z' }

/** What a look-up answers of a Deployment that the store shows. */
function answer(options: { readonly inScope: boolean; readonly isOurs?: boolean; readonly pause?: Pause }) {
  const shown: Workload = { ...workload(), ...(options.pause && { pause: options.pause }) }
  const workloads = workloadStores()
  workloads.Deployment.set(shown, 'watch')
  const workloadOf = createWorkloadLookup({
    workloads,
    scope: { includes: () => options.inScope },
    isOurs: () => options.isOurs === true,
  })
  return { shown, found: workloadOf(refKey(shown.ref)), workloadOf }
}

test('a workload in scope is as the store shows it', () => {
  const { shown, found } = answer({ inScope: true })
  expect(found).toBe(shown)
})

test('one that is not there, or of a kind that only a later version knows, is none', () => {
  const { workloadOf } = answer({ inScope: true })
  expect([workloadOf('Deployment/shop/unknown'), workloadOf('Robot/shop/web')]).toEqual([
    undefined,
    undefined,
  ])
})

test('one out of scope is none, unless a roll of ours left it paused: then it asks for nothing', () => {
  expect(answer({ inScope: false, isOurs: true }).found).toBeUndefined()
  expect(answer({ inScope: false, pause: LEFT_PAUSED }).found).toBeUndefined()
  const { found } = answer({ inScope: false, isOurs: true, pause: LEFT_PAUSED })
  expect([found?.pause, found?.settings.optedIn]).toEqual([LEFT_PAUSED, false])
})
