import { describe, expect, it } from 'vitest'
import { deployment, reduced, type WorkloadShape } from '../../test/builders.ts'
import { isRelevantChange } from './workload-change.ts'

const AUTO = { 'reloader.stakater.com/auto': 'true' }

/** Whether the second version is worth another look. */
function relevant(before: WorkloadShape, after: WorkloadShape): boolean {
  const previous = reduced(deployment(before))
  return isRelevantChange(previous, reduced(deployment(after), { previous }))
}

describe('a change of a workload', () => {
  it('is relevant when its pod template changed', () => {
    const spec = { containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'conf' } }] }] }
    expect(relevant({ annotations: AUTO }, { annotations: AUTO, metadata: { generation: 2 }, spec })).toBe(
      true,
    )
  })

  it('is not relevant when it was scaled, or only a roll changed its template', () => {
    const metadata = { generation: 2, resourceVersion: '101' }
    expect(relevant({ annotations: AUTO }, { annotations: AUTO, metadata })).toBe(false)
    const env = [{ name: 'STAKATER_CONF_CONFIGMAP', value: 'a'.repeat(40) }]
    const spec = { containers: [{ name: 'app', env }] }
    expect(relevant({ annotations: AUTO }, { annotations: AUTO, metadata, spec })).toBe(false)
  })

  it('is relevant when its annotations ask for something else, though the generation stays', () => {
    const named = { ...AUTO, 'configmap.reloader.stakater.com/reload': 'conf' }
    expect(relevant({ annotations: AUTO }, { annotations: named })).toBe(true)
    expect(relevant({}, { annotations: AUTO })).toBe(true)
    expect(relevant({ annotations: AUTO }, {})).toBe(true)
  })

  it('is relevant when it joins a release', () => {
    const labels = { 'helm.toolkit.fluxcd.io/name': 'shop', 'helm.toolkit.fluxcd.io/namespace': 'flux' }
    expect(relevant({ annotations: AUTO }, { annotations: AUTO, metadata: { labels } })).toBe(true)
  })

  it('is relevant when a CronJob has no Job at work any more, or a Job is done', () => {
    const conditions = [{ type: 'Complete', status: 'True' }]
    for (const [kind, before, after] of [
      ['CronJob', { active: [{}] }, {}],
      ['Job', {}, { conditions }],
    ] as const) {
      const [old, now] = [before, after].map((status) => deployment({ annotations: AUTO, status }))
      if (old === undefined || now === undefined) throw new Error('Cannot compare: two versions are needed')
      const previous = reduced(old, { kind })
      expect(isRelevantChange(previous, reduced(now, { kind, previous }))).toBe(true)
    }
  })

  it('is not relevant when only the status or an unrelated annotation changed', () => {
    const metadata = { resourceVersion: '101' }
    expect(relevant({ annotations: AUTO }, { annotations: AUTO, metadata, status: { replicas: 3 } })).toBe(
      false,
    )
    expect(relevant({ annotations: AUTO }, { annotations: { ...AUTO, other: 'x' }, metadata })).toBe(false)
  })
})
