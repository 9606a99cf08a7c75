// behaviour.md 4, row Job: what is made again of a Job as a real API server shows it is valid there, and is the same Job.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Job, rerunManifest } from '../../../src/rollout/job-manifest.ts'
import { eventually } from '../harness/eventually.ts'
import { configMapNamed, envFrom } from '../harness/fixtures.ts'
import { jobSpec } from '../harness/jobs.ts'
import type { NewObject, StoredObject } from '../harness/json.ts'
import { pathOf } from '../harness/kinds.ts'
import { ApiFailure } from '../harness/test-api.ts'
import { useWorld } from '../harness/world.ts'

const world = useWorld()
const NO_CHANGE = { set: [], remove: [], annotations: {}, recordFirst: false }
const STAMP = { ...NO_CHANGE, set: [{ container: 'app', name: 'STAKATER_APP_CONFIGMAP', value: 'v' }] }
const seconds = fc.integer({ min: 1, max: 1_000 })

const INDEXED = {
  completionMode: fc.constant('Indexed'),
  completions: fc.integer({ min: 1, max: 5 }),
  backoffLimitPerIndex: fc.integer({ min: 0, max: 3 }),
  maxFailedIndexes: fc.constant(1),
  successPolicy: fc.constant({ rules: [{ succeededCount: 1 }] }),
}
const ANY = {
  suspend: fc.boolean(),
  ttlSecondsAfterFinished: seconds,
  activeDeadlineSeconds: seconds,
  backoffLimit: fc.integer({ min: 0, max: 6 }),
  podReplacementPolicy: fc.constantFrom('TerminatingOrFailed', 'Failed'),
  managedBy: fc.constant('example.com/other'),
}
const specs = fc.oneof(
  fc.record({ ...ANY, completions: fc.integer({ min: 1, max: 5 }) }, { requiredKeys: [] }),
  fc.record(
    { ...ANY, ...INDEXED },
    { requiredKeys: ['completionMode', 'completions', 'backoffLimitPerIndex'] },
  ),
)

interface Shape {
  readonly spec: Record<string, unknown>
  readonly labels: Record<string, string> | undefined
  readonly templateLabels: Record<string, string> | undefined
  readonly manualSelector: boolean
  readonly owned: boolean
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  spec: specs,
  labels: fc.option(fc.constant({ team: 'a' }), { nil: undefined }),
  templateLabels: fc.option(fc.constant({ app: 'batch' }), { nil: undefined }),
  manualSelector: fc.boolean(),
  owned: fc.boolean(),
})

/** A Job of that shape; the ConfigMap `owner` owns it without controlling it. */
function jobOf(name: string, owner: StoredObject, shape: Shape): NewObject {
  const { template, ...spec } = jobSpec(name, { uses: [envFrom(configMapNamed('app'))], spec: shape.spec })
  const labels = shape.manualSelector ? { app: name, ...shape.templateLabels } : shape.templateLabels
  const { metadata: _, ...rest } = template
  const { uid } = owner.metadata
  const references = [{ apiVersion: 'v1', kind: 'ConfigMap', name: owner.metadata.name, uid }]
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      annotations: { note: 'kept' },
      ...(shape.labels === undefined ? {} : { labels: shape.labels }),
      ...(shape.owned ? { ownerReferences: references } : {}),
    },
    spec: {
      ...spec,
      ...(shape.manualSelector ? { manualSelector: true, selector: { matchLabels: labels } } : {}),
      template: { ...(labels === undefined ? {} : { metadata: { labels } }), ...rest },
    },
  }
}

test('a Job of any shape is valid when it is made again, and nothing of it is lost', async () => {
  const ns = await world.namespace()
  const owner = await (await ns.configMap('owner', {})).get()
  let count = 0
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      count += 1
      const name = `batch-${count}`
      const path = pathOf('Job', { namespace: ns.name, name })
      const show = async () => (await world.api.call('GET', path)) as unknown as Job
      await ns.create(jobOf(name, owner, shape))
      const first = await show()
      const manifest = rerunManifest(first, STAMP)
      const create = (query = '') =>
        world.api.call('POST', `${pathOf('Job', { namespace: ns.name })}${query}`, { body: manifest })
      await expect(create('?dryRun=All')).rejects.toMatchObject({ code: 409 })
      await world.api.call('DELETE', `${path}?propagationPolicy=Background`)
      await eventually(() =>
        create().catch((error: unknown) => {
          if (!(error instanceof ApiFailure) || error.code !== 409) throw error
          return undefined
        }),
      )
      const second = await show()
      expect(second.metadata.uid).not.toBe(first.metadata.uid)
      expect(rerunManifest(second, NO_CHANGE)).toEqual(manifest)
    }),
    { numRuns: 30 },
  )
})
