import { expect, test } from 'vitest'
import { deployment, reduced } from '../../../test/builders.ts'
import type { Workload } from '../../types/workload.ts'
import { leftPaused, pauseStepOf, pausesRolls } from './pause.ts'

const PERIOD = 'deployment.reloader.stakater.com/pause-period'
const PAUSED_AT = 'deployment.reloader.stakater.com/paused-at'
const AUTO = { 'reloader.stakater.com/auto': 'true' }
const NOW = '2026-03-01T12:00:00Z'

interface Case {
  readonly paused?: boolean
  readonly annotations: Readonly<Record<string, string>>
}

function workload({ paused, annotations }: Case): Workload {
  const object = deployment({ annotations })
  return reduced({
    ...object,
    spec: { ...object.spec, ...(paused === undefined ? {} : { paused }) },
  } as never)
}

test.each<[string, Case, object]>([
  ['asks for no pause', { annotations: AUTO }, { kind: 'none' }],
  ['asks for one and is not paused', { annotations: { ...AUTO, [PERIOD]: '5m' } }, { kind: 'none' }],
  ['was paused by somebody', { paused: true, annotations: { ...AUTO, [PERIOD]: '5m' } }, { kind: 'none' }],
  [
    'is in its pause',
    { paused: true, annotations: { ...AUTO, [PERIOD]: '5m', [PAUSED_AT]: '2026-03-01T11:59:00Z' } },
    { kind: 'wait', ms: 240_000 },
  ],
  [
    'was paused by the incumbent in another time zone',
    { paused: true, annotations: { ...AUTO, [PERIOD]: '5m', [PAUSED_AT]: '2026-03-01T13:59:00+02:00' } },
    { kind: 'wait', ms: 240_000 },
  ],
  [
    'was paused by a clock that is ahead',
    { paused: true, annotations: { ...AUTO, [PERIOD]: '5m', [PAUSED_AT]: '2026-03-01T15:00:00Z' } },
    { kind: 'wait', ms: 300_000 },
  ],
  [
    'has been paused long enough',
    { paused: true, annotations: { ...AUTO, [PERIOD]: '5m', [PAUSED_AT]: '2026-03-01T11:55:00Z' } },
    { kind: 'resume', because: 'its pause is over' },
  ],
  [
    'no longer asks for it',
    { paused: true, annotations: { ...AUTO, [PAUSED_AT]: '2026-03-01T11:59:00Z' } },
    { kind: 'resume', because: 'it asks for no pause any more' },
  ],
  [
    'asks for it in a way that nobody can read',
    { paused: true, annotations: { ...AUTO, [PERIOD]: 'soon', [PAUSED_AT]: '2026-03-01T11:59:00Z' } },
    { kind: 'resume', because: 'it asks for no pause any more' },
  ],
  [
    'was opted out',
    { paused: true, annotations: { [PERIOD]: '5m', [PAUSED_AT]: '2026-03-01T11:59:00Z' } },
    { kind: 'resume', because: 'it is no longer opted in, or its namespace is not in scope' },
  ],
  [
    'says a time that is none',
    { paused: true, annotations: { ...AUTO, [PERIOD]: '5m', [PAUSED_AT]: 'noon' } },
    { kind: 'resume', because: 'the time of its pause cannot be read' },
  ],
  [
    'was resumed by somebody',
    { paused: false, annotations: { ...AUTO, [PERIOD]: '5m', [PAUSED_AT]: '2026-03-01T11:59:00Z' } },
    { kind: 'tidy' },
  ],
])('a Deployment that %s', (_, shape, step) => {
  expect(pauseStepOf(workload(shape), NOW)).toEqual(step)
})

test.each<[string, Case, boolean]>([
  ['asks for it', { annotations: { ...AUTO, [PERIOD]: '5m' } }, true],
  ['asks for none', { annotations: AUTO }, false],
  ['asks for zero', { annotations: { ...AUTO, [PERIOD]: '0s' } }, false],
  ['is paused already, by whomever', { paused: true, annotations: { ...AUTO, [PERIOD]: '5m' } }, false],
])('a roll begins a pause of a Deployment that %s: %#', (_, shape, expected) => {
  expect(pausesRolls(workload(shape))).toBe(expected)
})

test('out of scope, a pause that a roll began is over, and nobody else is looked at', () => {
  const asks = { ...AUTO, [PERIOD]: '5m' }
  const ours = leftPaused(workload({ paused: true, annotations: { ...asks, [PAUSED_AT]: NOW } }))
  expect(ours && pauseStepOf(ours, NOW)).toMatchObject({ kind: 'resume' })
  expect(leftPaused(workload({ paused: true, annotations: asks }))).toBeUndefined()
  expect(leftPaused(workload({ annotations: asks }))).toBeUndefined()
})
