import fc from 'fast-check'
import { expect, it } from 'vitest'
import { workload } from '../../test/builders.ts'
import { isObject, type Json, type JsonObject } from '../embedded/object/json.ts'
import { strategicMergePatch } from '../embedded/patch/strategic-merge-patch.ts'
import { structOf } from '../embedded/schema/schema.ts'
import type { StampChange } from '../types/workload.ts'
import { rolloutPatch } from './patch.ts'
import { stampTemplate, type TemplateManifest } from './stamp-template.ts'

const NAMES = ['STAKATER_A_CONFIGMAP', 'STAKATER_B_SECRET', 'MINE']
const env = fc.uniqueArray(
  fc.oneof(
    fc.record({ name: fc.constantFrom(...NAMES), value: fc.constantFrom('old', 'new') }),
    fc.record({
      name: fc.constantFrom(...NAMES),
      valueFrom: fc.constant({ fieldRef: { fieldPath: 'metadata.name' } }),
    }),
  ),
  { selector: ({ name }) => name, maxLength: 3 },
)
const container = (name: string) =>
  fc.record({ name: fc.constant(name), image: fc.constant('i'), env }, { requiredKeys: ['name'] })
const annotations = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'))

const templates: fc.Arbitrary<TemplateManifest> = fc.record({
  metadata: fc.record({ labels: fc.constant({ app: 'web' }), annotations }, { requiredKeys: [] }),
  spec: fc.record(
    {
      restartPolicy: fc.constant('Never'),
      containers: fc.tuple(container('app'), container('side')),
      initContainers: fc.tuple(container('setup')),
    },
    { requiredKeys: ['containers'] },
  ),
})

const name = fc.constantFrom(...NAMES)
const changes: fc.Arbitrary<StampChange> = fc.record({
  set: fc.uniqueArray(
    fc.record({ container: fc.constantFrom('app', 'side'), name, value: fc.constantFrom('old', 'new') }),
    { selector: (each) => `${each.container}/${each.name}`, maxLength: 3 },
  ),
  remove: fc.array(
    fc.record({ container: fc.constantFrom('app', 'side'), name, value: fc.constant('old') }),
    { maxLength: 2 },
  ),
  annotations: fc.dictionary(fc.constantFrom('a', 'c'), fc.option(fc.constant('3'))),
  recordFirst: fc.constant(false),
})

function json(value: unknown): JsonObject {
  const parsed: Json = JSON.parse(JSON.stringify(value))
  if (!isObject(parsed)) throw new Error('Cannot patch: not an object')
  return parsed
}

/** A variable is not set and taken out at once. */
function sound({ set, remove }: StampChange): boolean {
  return !remove.some((gone) =>
    set.some((each) => each.container === gone.container && each.name === gone.name),
  )
}

/** Without what is empty, and with a variable of a value alone: a patch that sets a value leaves `valueFrom` in place. */
function comparable({ metadata, spec }: TemplateManifest): unknown {
  const clean = (each: { readonly env?: readonly { readonly name: string }[] }) => ({
    ...each,
    env: [...(each.env ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1)),
  })
  return {
    labels: metadata?.labels ?? {},
    annotations: metadata?.annotations ?? {},
    containers: spec?.containers?.map(clean),
    initContainers: spec?.initContainers?.map(clean),
    restartPolicy: spec?.restartPolicy,
  }
}

/** Whether a variable to set reads its value from somewhere now, which no stamp does. */
function takesOver({ spec }: TemplateManifest, { set }: StampChange): boolean {
  const containers = spec?.containers ?? []
  return set.some((each) =>
    containers.some(
      ({ name: here, env: entries = [] }) =>
        here === each.container && entries.some((entry) => entry.name === each.name && 'valueFrom' in entry),
    ),
  )
}

it('makes of a template what the patch of a roll makes of it', () => {
  fc.assert(
    fc.property(templates, changes, (template, change) => {
      fc.pre(sound(change) && !takesOver(template, change))
      const patch = json(rolloutPatch(workload(), change))
      const patched: unknown = strategicMergePatch(
        json({ spec: { template } }),
        patch,
        structOf('Deployment'),
      )
      const { spec } = patched as { readonly spec: { readonly template: TemplateManifest } }
      expect(comparable(stampTemplate(template, change))).toEqual(comparable(spec.template))
    }),
  )
})

it('leaves no source beside the value of a variable', () => {
  const valueFrom = { fieldRef: { fieldPath: 'metadata.name' } }
  const template = { spec: { containers: [{ name: 'app', env: [{ name: 'A', valueFrom }, { name: 'B' }] }] } }
  const set = [{ container: 'app', name: 'A', value: 'v' }]
  const stamped = stampTemplate(template, { set, remove: [], annotations: {}, recordFirst: false })
  expect(stamped.spec?.containers?.[0]?.env).toEqual([{ name: 'A', value: 'v' }, { name: 'B' }])
})

it('leaves alone the template that it was given', () => {
  fc.assert(
    fc.property(templates, changes, (template, change) => {
      const before = JSON.stringify(template)
      stampTemplate(template, change)
      expect(JSON.stringify(template)).toBe(before)
    }),
  )
})
