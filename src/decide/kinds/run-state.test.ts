import { expect, it } from 'vitest'
import { reduced } from '../../../test/builders.ts'
import type { KubeObject } from '../../types/object.ts'
import { isFinished, isOwnedJob, runStateOf } from './run-state.ts'

const META = { name: 'web', namespace: 'shop', uid: 'web-uid', resourceVersion: '100' }

function job(parts: object = {}): KubeObject {
  return { metadata: META, ...parts }
}

const condition = (type: string, status = 'True') => ({ status: { conditions: [{ type, status }] } })

it.each([
  ['at work', {}, false],
  ['suspended', condition('Suspended'), false],
  ['about to fail', condition('FailureTarget'), true],
  ['about to be complete', condition('SuccessCriteriaMet'), true],
  ['complete', condition('Complete'), true],
  ['failed', condition('Failed'), true],
  ['no longer failed', condition('Failed', 'False'), false],
])('a Job that is %s', (_, parts, finished) => {
  expect(runStateOf(job(parts), { kind: 'Job', source: 'list', previous: undefined })).toEqual({
    kind: 'Job',
    finished,
  })
})

it('nothing is said of other kinds', () => {
  expect(runStateOf(job(), { kind: 'Deployment', source: 'list', previous: undefined })).toBeUndefined()
})

it('a Job with a controller owner is no workload, and one with another owner is', () => {
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid: 'u' }
  const owned = (controller?: boolean) => ({
    metadata: {
      ...META,
      ownerReferences: [{ ...owner, ...(controller === undefined ? {} : { controller }) }],
    },
  })
  expect(isOwnedJob(owned(true), 'Job')).toBe(true)
  expect(isOwnedJob(owned(false), 'Job')).toBe(false)
  expect(isOwnedJob(owned(), 'Job')).toBe(false)
  expect(isOwnedJob(owned(true), 'Deployment')).toBe(false)
})

it('when a CronJob scheduled a Job is known from the watch event that shows it first', () => {
  const state = (version: string, status: object, source: 'list' | 'watch', before?: KubeObject) => {
    const object = { metadata: { ...META, resourceVersion: version }, spec: { suspend: false }, status }
    const previous =
      before === undefined ? undefined : reduced(before, { kind: 'CronJob', autoReloadAll: true })
    const run = runStateOf(object, { kind: 'CronJob', source, previous })
    return { object, run }
  }
  const time = '2026-01-01T00:01:00Z'
  const first = state('100', {}, 'watch')
  expect(first.run).toEqual({ kind: 'CronJob', suspended: false, forbidsOverlap: false, active: false })
  const status = { lastScheduleTime: time, active: [{}] }
  const second = state('101', status, 'watch', first.object)
  expect(second.run).toMatchObject({ active: true, lastScheduled: time, scheduledAt: '101' })
  expect(state('102', status, 'list', first.object).run).not.toHaveProperty('scheduledAt')
  expect(state('102', status, 'watch').run).not.toHaveProperty('scheduledAt')
})

it('later events leave that as it is', () => {
  const time = '2026-01-01T00:01:00Z'
  const at = (version: string, status: object) => ({
    metadata: { ...META, resourceVersion: version },
    status,
  })
  const options = { kind: 'CronJob', autoReloadAll: true } as const
  const idle = reduced(at('100', {}), options)
  const begun = reduced(at('101', { lastScheduleTime: time, active: [{}] }), { ...options, previous: idle })
  const done = reduced(at('109', { lastScheduleTime: time }), { ...options, previous: begun })
  expect(done.run).toMatchObject({ active: false, scheduledAt: '101' })
})

it('a Job whose pods have yet to end is still at work', () => {
  expect(isFinished(job(condition('SuccessCriteriaMet')))).toBe(false)
  expect(isFinished(job(condition('Complete')))).toBe(true)
})
