// A, B, A again (behaviour.md 2d): nothing, unless pods were made while it was B; and label edits are no B.
import { expect, it } from 'vitest'
import { config, content, TEST_KEY, uidOf, workload } from '../../test/builders.ts'
import type { ObjectMeta } from '../types/object.ts'
import type { Follow, Observation } from '../types/plan.ts'
import { digestOf } from './content/digest.ts'
import { planRollout } from './plan.ts'

const WRITTEN = '2026-01-01T00:00:00Z'
const follow: Follow = {
  config: { kind: 'ConfigMap', namespace: 'shop', name: 'conf' },
  reason: 'Auto',
  keys: 'all',
  literal: true,
  container: 'app',
}

function version(resourceVersion: string, time: string): { readonly metadata: Partial<ObjectMeta> } {
  return {
    metadata: {
      resourceVersion,
      managedFields: [{ manager: 'x', operation: 'Update', time, fieldsV1: { 'f:data': {} } }],
    },
  }
}

/** The config had the recorded content at 50, changed at 60, and at 80 has that content again; the template changed at `since`. */
function observe({
  since,
  dataTime = WRITTEN,
  now,
}: {
  since: string
  dataTime?: string
  now: string
}): Observation {
  const before = config('ConfigMap', 'conf', version('50', WRITTEN))
  const web = workload({ annotations: { 'reloader.stakater.com/auto': 'true' } })
  const [present] = web.templates
  if (present === undefined) throw new Error('Cannot observe: the workload keeps no template')
  const recorded = {
    uid: uidOf('conf'),
    resourceVersion: '50',
    keys: 'all',
    digest: digestOf(content('ConfigMap', 'conf'), 'all'),
  } as const
  return {
    workload: {
      ...web,
      templates: [
        { ...present, hash: 'earlier', shown: '10' },
        { ...present, since, shown: since },
      ],
    },
    record: {
      workload: web.ref,
      uid: web.uid,
      since: WRITTEN,
      configs: { 'ConfigMap/conf': { state: 'present', ...recorded } },
    },
    configs: [
      {
        follow,
        observation: {
          state: 'present',
          config: config('ConfigMap', 'conf', version('80', dataTime)),
          content: content('ConfigMap', 'conf', version('80', dataTime)),
        },
        pending: { before, first: '60', last: '80', sinceMs: 0, notBeforeMs: 0 },
      },
    ],
    policy: { strategy: 'env-vars', reloadOnCreate: false, reloadOnDelete: false, adopt: 'heal' },
    bornUnseen: false,
    now,
    digestKeyId: TEST_KEY.id,
  }
}

const LATER = '2026-01-01T01:00:00Z'

it('rolls where the template changed while the content was another', () => {
  const plan = planRollout(observe({ since: '70', dataTime: LATER, now: LATER }))
  expect([plan.kind, plan.reason]).toEqual(['roll', 'ReadInBetween'])
})

it('rolls nothing where the template changed before or after that', () => {
  for (const since of ['55', '90'])
    expect(planRollout(observe({ since, dataTime: LATER, now: LATER })).kind).toBe('skip')
})

it('rolls nothing for label edits, because nobody wrote data', () => {
  expect(planRollout(observe({ since: '70', now: LATER })).kind).toBe('skip')
})

it('rolls where the data were written so lately that whole seconds cannot tell two writes apart', () => {
  expect(planRollout(observe({ since: '70', now: '2026-01-01T00:00:01Z' })).kind).toBe('roll')
})
