import { describe, expect, it } from 'vitest'
import { deployment, reduced } from '../../../test/builders.ts'
import type { KubeObject } from '../../types/object.ts'
import { LAST_RELOADED_FROM, ROLLOUT_STRATEGY_ANNOTATION } from '../settings/annotation-names.ts'
import { borrowingOf, restartOf } from './argo-rollout.ts'

const AUTO = { 'reloader.stakater.com/auto': 'true' }
const RESTART = { [ROLLOUT_STRATEGY_ANNOTATION]: 'restart' }

function rollout(
  spec: unknown,
  {
    annotations = {},
    status = {},
  }: { readonly annotations?: Record<string, string>; readonly status?: unknown } = {},
): KubeObject {
  const { metadata } = deployment({ annotations })
  return Object.assign({ kind: 'Rollout', metadata }, { spec, status })
}

describe('the strategy of a Rollout', () => {
  it.each([
    ['restart', {}],
    ['Restart', undefined],
    ['rollout', undefined],
    ['', undefined],
  ])('is by the annotation %j', (value, expected) => {
    const annotations = { [ROLLOUT_STRATEGY_ANNOTATION]: value }
    expect(restartOf(rollout({}, { annotations }))).toEqual(expected)
  })

  it('tells of the restart that is there', () => {
    const object = rollout({ restartAt: '2026-01-01T00:00:00Z' }, { annotations: RESTART })
    expect(restartOf(object)).toEqual({ at: '2026-01-01T00:00:00Z' })
  })

  it('decides whether stamps are those of the Rollout or those of its pod template', () => {
    const templateAnnotations = { [LAST_RELOADED_FROM]: 'of the template' }
    const own = { ...AUTO, [LAST_RELOADED_FROM]: 'of the Rollout' }
    const stampsOf = (annotations: Record<string, string>) =>
      reduced(deployment({ annotations, templateAnnotations }), { kind: 'Rollout' }).stamps.annotation
    expect(stampsOf(own)).toBe('of the template')
    expect(stampsOf({ ...own, ...RESTART })).toBe('of the Rollout')
  })
})

describe('a workloadRef', () => {
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
  const done = { observedGeneration: '1', workloadObservedGeneration: '7', replicas: 2, updatedReplicas: 2 }

  it.each([
    ['of whose template all pods are', done, { rolledOutGeneration: 7 }],
    ['of whose template not all pods are yet', { ...done, updatedReplicas: 1 }, {}],
    ['under a spec that nobody has looked at yet', { ...done, observedGeneration: '0' }, {}],
    ['of which the status says nothing', {}, {}],
  ])('names an object %s', (_, status, generation) => {
    const annotations = { a: 'b' }
    expect(borrowingOf(rollout({ workloadRef }, { status }), annotations)).toEqual({
      ...workloadRef,
      annotations,
      ...generation,
    })
  })

  it.each([
    ['none', {}],
    ['null', { workloadRef: null }],
    ['one without a name', { workloadRef: { kind: 'Deployment' } }],
  ])('is none where there is %s', (_, spec) => {
    expect(borrowingOf(rollout(spec), {})).toBeUndefined()
  })
})

describe('a kind that may come without a pod template', () => {
  it.each([
    ['none', {}],
    ['null', { template: null }],
    ['no containers', { template: { spec: { containers: [] } } }],
  ])('asks for nothing with %s', (_, spec) => {
    const workload = reduced(rollout(spec, { annotations: AUTO }), { kind: 'DeploymentConfig' })
    expect(workload.settings.optedIn).toBe(false)
  })
})
